"""Tables in outputs, cell beside cell: those of HTML, and those of Markdown."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .difference import Change
from .sides import pairs
from .tolerance import Tolerance, text_misses

MARKDOWN_ROW = re.compile(r"^\s*\|.*\|\s*$")
MARKDOWN_RULE = re.compile(r"^\s*\|(?:\s*:?-+:?\s*\|)+\s*$")

Grid = list[list[str]]


@dataclass(frozen=True)
class CellPair:
    """A table's cell on both sides; None where a side lacks its row or column."""

    stored: str | None
    came: str | None
    misses: tuple[str, ...] = ()

    @property
    def agrees(self) -> bool:
        return self.stored is not None and self.came is not None and not self.misses


@dataclass(frozen=True)
class Pair:
    """A table as it was and as it came; the first row is its head."""

    rows: tuple[tuple[CellPair, ...], ...]

    @property
    def changed(self) -> list[int]:
        """Numbers of the rows that differ, the head left out."""
        return [i for i, row in enumerate(self.rows) if i and not all(c.agrees for c in row)]


def compared(change: Change) -> tuple[list[Pair], Change] | None:
    """Tables of both sides beside each other, and the change without them; None without a table."""
    if change.what not in ("text/html", "text/markdown"):
        return None
    split = _html if change.what == "text/html" else _markdown
    (before, rest), (after, new_rest) = split(change.stored), split(change.came)
    if not before or len(before) != len(after):
        return None
    allowed = change.allowed or Tolerance()
    found = [beside(one, other, allowed) for one, other in zip(before, after, strict=True)]
    differs = bool(text_misses(rest, new_rest, allowed))
    text = Change(change.what, rest if differs else "", new_rest if differs else "", (), allowed)
    return found, text


def beside(stored: Grid, came: Grid, allowed: Tolerance) -> Pair:
    """Columns belong together by their heads, rows by their first cell."""
    columns = pairs(stored[0], came[0])
    keys = [row[0] if row else "" for row in stored], [row[0] if row else "" for row in came]
    return Pair(
        tuple(
            tuple(
                _cell(_at(stored, i, column), _at(came, j, other), allowed)
                for column, other in columns
            )
            for i, j in pairs(*keys)
        )
    )


def _cell(stored: str | None, came: str | None, allowed: Tolerance) -> CellPair:
    if stored is None or came is None:
        return CellPair(stored, came)
    return CellPair(stored, came, tuple(text_misses(stored, came, allowed)))


def _at(grid: Grid, row: int | None, column: int | None) -> str | None:
    if row is None or column is None or column >= len(grid[row]):
        return None
    return grid[row][column]


def _html(text: str) -> tuple[list[Grid], str]:
    import lxml.html  # late: a check without a difference needs none

    if "<table" not in text:
        return [], text
    root = lxml.html.fragment_fromstring(text, create_parent="div")
    grids = []
    for table in list(root.iter("table")):
        grid = [
            [" ".join(cell.text_content().split()) for cell in row.iter("th", "td")]
            for row in table.iter("tr")
        ]
        if grid := [row for row in grid if row]:
            grids.append(grid)
        table.drop_tree()
    return grids, root.text_content().strip()


def _markdown(text: str) -> tuple[list[Grid], str]:
    grids: list[Grid] = []
    rest: list[str] = []
    inside = False
    for line in text.split("\n"):
        if not MARKDOWN_ROW.match(line):
            inside = False
            rest.append(line)
            continue
        if not inside:
            grids.append([])
            inside = True
        if not MARKDOWN_RULE.match(line):
            grids[-1].append([cell.strip() for cell in line.strip().strip("|").split("|")])
    return [grid for grid in grids if grid], "\n".join(rest)
