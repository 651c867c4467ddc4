"""Markdown that stands in outputs, claims and docstrings: each text is converted once, and kept."""

from __future__ import annotations

from markdown import Markdown
from mkdocs.config.defaults import MkDocsConfig

from .assets import digest
from .conversions import Conversions
from .inputs import code, plain

KIND, NAME = "snippets", "all"
MANY = 10_000  # texts: beyond it, those that no build of today needs are forgotten


class Snippets:
    """Markdown → HTML with the site's extensions, for text that is no page."""

    def __init__(self, config: MkDocsConfig, conversions: Conversions) -> None:
        # without toc and footnotes: their ids would collide with the page's own
        names = [name for name in config.markdown_extensions if name not in ("toc", "footnotes")]
        self._extensions, self._options = names, config.mdx_configs or {}
        self._key = digest(code(), plain(names), plain(self._options))
        self._conversions, self._markdown = conversions, None
        self._known: dict[str, str] = conversions.find(KIND, NAME, self._key) or {}
        self._used: dict[str, str] = {}

    _markdown: Markdown | None

    def __call__(self, text: str) -> str:
        if text not in self._used:
            known = self._known.get(text)
            self._used[text] = self._convert(text) if known is None else known
        return self._used[text]

    def keep(self) -> None:
        """At the end of a build: keep what it has converted, and what earlier ones have."""
        if self._used.keys() <= self._known.keys():
            return
        old = self._known if len(self._known) < MANY else {}
        self._conversions.keep(KIND, NAME, self._key, {**old, **self._used})

    def _convert(self, text: str) -> str:
        if self._markdown is None:
            self._markdown = Markdown(extensions=self._extensions, extension_configs=self._options)
        self._markdown.reset()
        return str(self._markdown.convert(text))
