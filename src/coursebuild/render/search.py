"""The search index: what pages load of it is a few bytes, the rest waits for a reader who searches.

docs/assets/search.js is the other half.
"""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

INDEX = "search/search_index.json"  # what Material fetches with every page
SECTIONS = "search/sections.json"  # what search.js fetches
CODE = re.compile(r"<pre>(.*?)</pre>", re.DOTALL)
TAG = re.compile(r"<[^>]+>")
NAME = re.compile(r"\b[^\W\d]\w+")


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
