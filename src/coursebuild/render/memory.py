"""What one process remembers of its last build: a live preview makes only what an edit changes.

A page's last step, the theme's templates, is skipped for a page whose content, place in the
navigation and templates are as they were. Nothing of it is kept on disk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment, Template
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure import StructureItem
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.theme import Theme

from .assets import digest
from .conversions import Known
from .inputs import plain
from .kept import token
from .notebooks import Notebooks

OWN = {"card", "demos", "maths", "progress", "terms"}  # of a page's meta, which no other page shows


@dataclass
class Memory:
    """pages: address → what it was made from, and the page as the templates left it."""

    notebooks: Notebooks = field(default_factory=Notebooks)
    conversions: Known = field(default_factory=dict)
    pages: dict[str, tuple[str, str]] = field(default_factory=dict)
    environment: Environment | None = None
    made_for: str = ""  # what the environment was made for

    def join(self, theme: Theme) -> None:
        """Have the theme give the templates of the last build, where its folders are the same."""
        vars(theme)["get_env"] = lambda: self._environment(theme)

    def begin(self, env: Environment, config: MkDocsConfig, nav: Navigation) -> None:
        """Have the templates of this build remember the pages that they make."""
        vars(env).update(memory=self, around=_around(config, nav))
        env.template_class = Remembering

    def _environment(self, theme: Theme) -> Environment:
        names = [path.as_posix() for path in _own(theme)]
        now = digest(*theme.dirs, *names, plain(dict(theme)), plain(sorted(theme.static_templates)))
        if self.environment is None or self.made_for != now:
            env = Theme.get_env(theme)
            env.auto_reload = True  # a template may be edited between two builds
            env.template_class = Remembering  # and none that is no page has a memory yet
            vars(env)["list_templates"] = _listed(env.list_templates)
            self.environment, self.made_for = env, now
        return self.environment


class Remembering(Template):
    """A template that does not make a page again that is as it was."""

    def render(self, *args: Any, **kwargs: Any) -> str:
        page = args[0].get("page") if args else None
        memory: Memory | None = getattr(self.environment, "memory", None)
        if memory is None or not isinstance(page, Page):
            return super().render(*args, **kwargs)
        around: str = self.environment.around  # type: ignore[attr-defined]
        key = digest(around, str(self.name), _page(page))
        was, made = memory.pages.get(page.url, ("", ""))
        if was != key:
            made = super().render(*args, **kwargs)
            memory.pages[page.url] = key, made
        return made


def _listed(find: Callable[..., list[str]]) -> Callable[..., list[str]]:
    """Material brings some 14,000 icons as templates: they are listed once for each who asks."""
    known: dict[str, list[str]] = {}

    def listed(extensions: Any = None, filter_func: Any = None) -> list[str]:
        who = plain([extensions, filter_func])
        if who not in known:
            known[who] = find(extensions, filter_func)
        return known[who]

    return listed


def _around(config: MkDocsConfig, nav: Navigation) -> str:
    """Digest of what each page shows of the others, of mkdocs.yml, and of our templates."""
    own = [path.read_text(encoding="utf-8") for path in _own(config.theme)]
    options = {k: v for k, v in config.items() if k not in ("plugins", "theme", "hooks", "nav")}
    plugins = {name: dict(plugin.config) for name, plugin in config.plugins.items()}
    theme = [dict(config.theme), list(config.theme.dirs)]
    return digest(*own, plain(options), plain(plugins), plain(theme), plain(list(_items(nav))))


def _own(theme: Theme) -> Iterator[Path]:
    """The templates that somebody may edit: those that pip has not put there."""
    for folder in map(Path, theme.dirs):
        if "site-packages" not in folder.parts:
            yield from sorted(path for path in folder.rglob("*") if path.is_file())


def _items(items: Iterable[StructureItem]) -> Iterator[list[Any]]:
    """The navigation as data: what its templates can show of a page that is not the current one."""
    for item in items:
        meta = {k: v for k, v in item.meta.items() if k not in OWN} if hasattr(item, "meta") else {}
        yield [type(item).__name__, item.title, getattr(item, "url", None), meta]
        yield from _items(getattr(item, "children", None) or ())


def _page(page: Page) -> str:
    toc = [token(item) for item in page.toc]
    about = [page.url, str(page.title), page.meta, toc, page.canonical_url, page.edit_url]
    return digest(plain([*about, str(page.update_date)]), page.content or "")
