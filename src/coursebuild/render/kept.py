"""A page as an earlier build made it, put back where all that it came from is the same.

MkDocs then neither reads nor converts the page. What it learns from a page while converting (the
anchors, the links to those of others) is put back with it, so that dead links are still found.
A page that warned is not kept: it shall warn in each build.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from typing import Any

from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import AnchorLink, get_toc

from .assets import Assets, digest
from .conversions import Conversions

KIND = "page"
Kept = dict[str, Any]


class _Heard(logging.Handler):
    """Counts what MkDocs says of a page."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.count = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.count += 1


class KeptPages:
    """around: digest of what all pages depend on; current: what was kept of the page in hand."""

    def __init__(self, conversions: Conversions, assets: Assets, files: Files, around: str) -> None:
        self.conversions, self.assets, self.files, self.around = conversions, assets, files, around
        self.current: Kept | None = None
        self._heard, self._key = _Heard(), ""
        self._log = logging.getLogger("mkdocs")

    def restore(self, page: Page, sources: Iterable[str]) -> Kept | None:
        """Put a page back, if it is as it was; what was kept of it. sources: all it is made from.

        None begins a page that `keep` ends.
        """
        title = vars(page).get("title")  # as the navigation has it
        self._key = digest(self.around, page.url, str(title), *sources)
        kept: Kept | None = self.conversions.find(KIND, page.file.src_uri, self._key)
        if kept is None or not all(self.assets.again(url) for url in kept["assets"]):
            self.current = None
            self.assets.used.clear()
            self._heard.count = 0
            self._log.addHandler(self._heard)
            return None
        page.markdown, page.content, page.meta = kept["markdown"], kept["content"], {**kept["meta"]}
        page.toc, page._title_from_render = get_toc(kept["toc"]), kept["title"]
        page.present_anchor_ids = set(kept["anchors"])
        page.links_to_anchors = {self._file(uri): links for uri, links in kept["links"].items()}
        vars(page)["read_source"] = vars(page)["render"] = _done
        self.current = kept
        return kept

    def keep(self, page: Page, content: str, **more: Any) -> None:
        """Keep a page that was made. more: what else there is to know of it, as plain data."""
        self.done()
        if self._heard.count:
            return
        kept = {
            "content": content,
            "markdown": page.markdown,
            "meta": page.meta,
            "toc": [token(item) for item in page.toc],
            "title": page._title_from_render,
            "anchors": sorted(page.present_anchor_ids or ()),
            "links": {to.src_uri: links for to, links in (page.links_to_anchors or {}).items()},
            "assets": list(dict.fromkeys(self.assets.used)),
            **more,
        }
        try:
            copy = json.loads(json.dumps(kept))
        except TypeError:  # a date in the page's front matter
            return
        if copy == kept:
            self.conversions.keep(KIND, page.file.src_uri, self._key, copy)

    def done(self) -> None:
        """Listen no more."""
        self._log.removeHandler(self._heard)

    def _file(self, uri: str) -> File:
        found = self.files.get_file_from_path(uri)
        assert found is not None  # `around` has the names of all files
        return found


def _done(*_: object) -> None:
    """In the place of what has been done already."""


def token(item: AnchorLink) -> dict[str, Any]:
    """An entry of a page's contents, as plain data."""
    children = [token(child) for child in item.children]
    return {"name": item.title, "id": item.id, "level": item.level, "children": children}
