"""The search index: what pages load of it is a few bytes, the rest waits for a reader who searches.

docs/assets/search.js is the other half.
"""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

from material.plugins.search.plugin import SearchIndex, SearchPlugin
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page

from .assets import digest
from .conversions import Conversions
from .inputs import code, plain

KIND = "search"
INDEX = "search/search_index.json"  # what Material fetches with every page
SECTIONS = "search/sections.json"  # what search.js fetches
CODE = re.compile(r"<pre>(.*?)</pre>", re.DOTALL)
TAG = re.compile(r"<[^>]+>")
NAME = re.compile(r"\b[^\W\d]\w+")


class Index(SearchIndex):  # type: ignore[misc]
    """Material's index, which takes a page apart only where the page is another."""

    def __init__(self, conversions: Conversions, **config: Any) -> None:
        super().__init__(**config)
        self.conversions = conversions

    def add_entry_from_context(self, page: Page) -> None:
        about = [page.meta.get(name) for name in ("title", "search", "tags")]
        key = digest(code(), page.url, str(page.title), plain(about), page.content or "")
        entries = self.conversions.find(KIND, page.file.src_uri, key)
        if entries is None:
            before = len(self.entries)
            super().add_entry_from_context(page)
            if not page.meta.get("search", {}).get("sections", True):
                # Found by its beginning: the index that each reader loads is not for its details.
                whole = [entry for entry in self.entries[before:] if "#" not in entry["location"]]
                self.entries[before:] = whole
            self.conversions.keep(KIND, page.file.src_uri, key, self.entries[before:])
        else:
            self.entries += entries


def remember(config: MkDocsConfig, conversions: Conversions) -> None:
    """Have the search plugin, where the course has it, keep what it makes of a page."""
    for plugin in config.plugins.values():
        if isinstance(plugin, SearchPlugin) and plugin.config.enabled:
            plugin.search_index = Index(conversions, **plugin.config)


def defer(site: Path) -> None:
    """Split the index that MkDocs wrote. Where there is none, do nothing."""
    try:
        index = json.loads((site / INDEX).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return
    sections = [{**section, "text": thin(section["text"])} for section in index["docs"]]
    _write(site / SECTIONS, sections)
    _write(site / INDEX, {**index, "docs": []})


def thin(text: str) -> str:
    """A section's text with its code as a list of names, each of them once: a quarter less."""
    known: set[str] = set()

    def names(match: re.Match[str]) -> str:
        found = dict.fromkeys(NAME.findall(html.unescape(TAG.sub("", match[1]))))
        new = [name for name in found if name not in known]
        known.update(new)
        return f"<code>{' '.join(new)}</code>" if new else ""

    return CODE.sub(names, text)


def _write(path: Path, value: object) -> None:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    path.write_text(text, encoding="utf-8")
