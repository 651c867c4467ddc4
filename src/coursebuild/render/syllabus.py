"""The syllabus: how long each lesson takes, and a graph of what each needs, with its text.

Both are made from the table `path` at the head of docs/syllabus.md and from the executed lessons.
"""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mkdocs.structure.pages import Page

from . import provenance
from .documents import LessonFile, title
from .problem import PageError
from .status import Ran, times

GRAPH = "<!-- downhill:graph -->"
TIME = re.compile(r"<!-- downhill:time (?P<lesson>\w+) -->")
WHERE = "docs/syllabus.md, path"
WIDTH, HEIGHT, GAP, MARGIN = 168, 66, 44, 8  # of a box, between boxes, around all; in SVG units
LINE = 19  # letters of a title that fit into a box


@dataclass(frozen=True)
class Stop:
    """A lesson on the path. times: device → running time as text; url: from the syllabus."""

    name: str
    title: str
    url: str
    minutes: int
    times: Mapping[str, str]

    @property
    def number(self) -> int:
        return int(self.name.split("_", 1)[0])


def stops(
    page: Page,
    lessons: Mapping[str, list[LessonFile]],
    runs: Callable[[LessonFile], list[Ran]],
) -> dict[str, Stop]:
    """The lessons, in order, as seen from a page."""
    found = {}
    for name, (file, *_) in lessons.items():
        found[name] = Stop(
            name,
            title(file.notebook, name),
            file.url_relative_to(page.file),
            provenance.reading_minutes(file.notebook),
            times(file.notebook, runs(file)),
        )
    return found


def fill(
    content: str,
    page: Page,
    lessons: Mapping[str, list[LessonFile]],
    runs: Callable[[LessonFile], list[Ran]],
) -> str:
    """HTML of a page with its places filled, where it has any."""
    if GRAPH not in content and not TIME.search(content):
        return content
    return places(content, page.meta.get("path"), stops(page, lessons, runs))


def places(content: str, path: Any, known: Mapping[str, Stop]) -> str:
    """path: lesson → lesson that it needs → what of it."""

    def time(match: re.Match[str]) -> str:
        if match["lesson"] not in known:
            raise _unknown(match["lesson"])
        return f'<p class="lesson-time">{_time(known[match["lesson"]])}</p>'

    content = TIME.sub(time, content)
    if GRAPH in content:
        needs = _needs(path, known)
        content = content.replace(GRAPH, _figure(needs, known) + _text(needs, known))
    return content


def _unknown(name: str) -> PageError:
    return PageError(
        f"there is no lesson “{name}”", WHERE, "name a file of lessons/, without .ipynb"
    )


def _needs(path: Any, stops: Mapping[str, Stop]) -> dict[str, dict[str, str]]:
    """Lesson → what it needs of which. A lesson that the table leaves out needs nothing."""
    table = {str(name): dict(needs or {}) for name, needs in dict(path or {}).items()}
    for name in (*table, *(other for needs in table.values() for other in needs)):
        if name not in stops:
            raise _unknown(name)
    return {name: table.get(name, {}) for name in stops}


def _time(stop: Stop) -> str:
    runs = " · ".join(f"{html.escape(k)} {html.escape(v)}" for k, v in stop.times.items())
    return f"Reading {stop.minutes} min" + (f" · running {runs}" if runs else "")


def _text(needs: Mapping[str, Mapping[str, str]], stops: Mapping[str, Stop]) -> str:
    """What the graph shows, in words, and what exactly each lesson needs of another."""

    def link(name: str, words: str) -> str:
        return f'<a href="{stops[name].url}">{html.escape(words)}</a>'

    items = []
    for name, wanted in needs.items():
        parts = [
            f"{link(n, f'lesson {stops[n].number}')} ({html.escape(w)})" for n, w in wanted.items()
        ]
        before = " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
        own = link(name, f"{stops[name].number} {stops[name].title}")
        items.append(f"<li>{own} needs {before or 'no other lesson'}.</li>")
    return f'<ul class="path-text">{"".join(items)}</ul>'


def _rows(needs: Mapping[str, Mapping[str, str]]) -> list[list[str]]:
    """Lessons in rows, each below all that it needs."""
    row: dict[str, int] = {}

    def place(name: str, above: tuple[str, ...] = ()) -> int:
        if name in above:
            raise PageError(f"lesson {name} needs itself", WHERE, "take one of the needs out")
        if name not in row:
            row[name] = 1 + max((place(n, (*above, name)) for n in needs[name]), default=-1)
        return row[name]

    for name in needs:
        place(name)
    return [[n for n in needs if row[n] == k] for k in range(max(row.values(), default=-1) + 1)]


def _arrows(needs: Mapping[str, Mapping[str, str]]) -> list[tuple[str, str]]:
    """From what is needed to what needs it, without those that follow from others."""

    def reach(name: str) -> set[str]:
        return set(needs[name]).union(*(reach(n) for n in needs[name]))

    return [
        (before, name)
        for name in needs
        for before in needs[name]
        if not any(before in reach(other) for other in needs[name] if other != before)
    ]


def _figure(needs: Mapping[str, Mapping[str, str]], stops: Mapping[str, Stop]) -> str:
    rows = _rows(needs)
    widest = max((len(row) for row in rows), default=1)
    total = widest * (WIDTH + GAP / 2) - GAP / 2 + 2 * MARGIN
    tall = len(rows) * (HEIGHT + GAP) - GAP + 2 * MARGIN
    corners: dict[str, tuple[float, float]] = {}
    for k, row in enumerate(rows):
        left = (total - len(row) * (WIDTH + GAP / 2) + GAP / 2) / 2
        for j, name in enumerate(row):
            corners[name] = (left + j * (WIDTH + GAP / 2), MARGIN + k * (HEIGHT + GAP))
    arrows = "".join(_arrow(corners[a], corners[b]) for a, b in _arrows(needs))
    boxes = "".join(_box(stops[name], *corners[name]) for name in needs)
    words = "; ".join(
        f"from lesson {stops[a].number} to lesson {stops[b].number}" for a, b in _arrows(needs)
    )
    return (
        f'<figure class="path"><svg role="group" aria-labelledby="path-title" '
        f'aria-describedby="path-desc" viewBox="0 0 {total:g} {tall:g}" width="{total:g}" '
        f'height="{tall:g}"><title id="path-title">The lessons and what leads to what</title>'
        f'<desc id="path-desc">Arrows lead {words}. The list below says the same.</desc>'
        f'<defs><marker id="path-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" '
        f'markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>'
        f"{arrows}{boxes}</svg></figure>"
    )


def _arrow(a: tuple[float, float], b: tuple[float, float]) -> str:
    x, y = a[0] + WIDTH / 2, a[1] + HEIGHT
    u, v = b[0] + WIDTH / 2, b[1] - 2
    half = (y + v) / 2
    return f'<path class="path-arrow" d="M{x:g} {y:g}C{x:g} {half:g} {u:g} {half:g} {u:g} {v:g}"/>'


def _box(stop: Stop, x: float, y: float) -> str:
    lines = textwrap.wrap(f"{stop.number} {stop.title}", LINE)[:2]
    middle, first = x + WIDTH / 2, y + (28 if len(lines) == 1 else 20)
    words = "".join(
        f'<tspan x="{middle:g}" y="{first + 17 * k:g}">{html.escape(line)}</tspan>'
        for k, line in enumerate(lines)
    )
    below = first + 17 * len(lines) + 2
    return (
        f'<a href="{stop.url}"><rect x="{x:g}" y="{y:g}" width="{WIDTH}" height="{HEIGHT}" rx="6"/>'
        f'<text class="path-name">{words}</text>'
        f'<text class="path-time" x="{middle:g}" y="{below:g}">{stop.minutes} min</text></a>'
    )
