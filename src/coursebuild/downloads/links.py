"""Links to the downloads, in pages that are already built: a link is there where its file is.

A page marks the place with <!-- downhill:NAME --><!-- /downhill -->; NAME is `downloads`, for the
list of all, or `pdf LESSON`. A new build empties the places, as it removes the files.
"""

from __future__ import annotations

import html
import re
from functools import partial
from pathlib import Path

from ..files import write_atomic
from ..render import offline

FOLDER = "downloads"
ZIP = "downhill-course.zip"
WHOLE = "downhill-course.pdf"
PLACE = re.compile(r"<!-- downhill:(?P<what>downloads|pdf \w+) -->.*?<!-- /downhill -->", re.DOTALL)
NONE = (
    "<p>This build has none: <code>make zip</code> and <code>make pdf</code> make them, "
    "on the machine where the course is built.</p>"
)


def place(what: str) -> str:
    """An empty place."""
    return f"<!-- downhill:{what} --><!-- /downhill -->"


def fill(site: Path) -> None:
    """Bring all places up to date with the files, and then the list of what can be saved."""
    for page in site.rglob("index.html"):
        old = page.read_text(encoding="utf-8")
        root = "../" * len(page.parent.relative_to(site).parts)
        new = PLACE.sub(partial(_filled, site, root), old)
        if new != old:
            write_atomic(page, new)
    offline.write(site)


def emptied(page: str, note: str) -> str:
    """A page without links to downloads. note: HTML in the place of the list."""

    def replace(match: re.Match[str]) -> str:
        return note if match["what"] == "downloads" else ""

    return PLACE.sub(replace, page)


def size(path: Path) -> str:
    return f"{path.stat().st_size / 1e6:.1f} MB"


def _filled(site: Path, root: str, match: re.Match[str]) -> str:
    what = match["what"]
    kind, _, lesson = what.partition(" ")
    content = _list(site, root) if kind == "downloads" else _pdf(site, root, lesson)
    return f"<!-- downhill:{what} -->{content}<!-- /downhill -->"


def _pdf(site: Path, root: str, lesson: str) -> str:
    path = site / FOLDER / f"{lesson}.pdf"
    link = f"{root}{FOLDER}/{path.name}"
    return f'<li><a href="{link}">PDF ({size(path)})</a></li>' if path.is_file() else ""


def _list(site: Path, root: str) -> str:
    folder = site / FOLDER
    items = []
    known = (
        (ZIP, "The course as a zip", "unpack it, then open index.html; it needs no network"),
        (WHOLE, "The course as a PDF", "all pages, with an outline"),
    )
    for name, title, words in known:
        if (folder / name).is_file():
            items.append(_item(root, folder / name, title, words))
    lessons = {path: path.stem.partition("_") for path in folder.glob("[0-9][0-9]*_*.pdf")}
    for path, (number, _, topic) in sorted(lessons.items(), key=lambda item: int(item[1][0])):
        items.append(_item(root, path, f"Lesson {int(number)} as a PDF", topic.replace("_", " ")))
    return f"<ul>{''.join(items)}</ul>" if items else NONE


def _item(root: str, path: Path, title: str, words: str) -> str:
    link = f'<a href="{root}{FOLDER}/{html.escape(path.name)}">{title}</a>'
    return f"<li>{link} ({size(path)}): {html.escape(words)}.</li>"
