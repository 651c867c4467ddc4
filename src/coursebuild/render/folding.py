"""Long outputs: the first lines at once, the rest at a click or by scrolling.

All of it stays laid out, in a box with a scroll bar that a style sheet opens: so the search of
every browser finds it, it prints whole, and no script is needed.
"""

from __future__ import annotations

LINES = 20  # of text
ROWS = 15  # of a table


def text(box: str, lines: int) -> str:
    """box: HTML of a text of so many lines."""
    return _fold(box, "text", lines, LINES, "lines")


def table(box: str, rows: int) -> str:
    """box: HTML of a table with so many rows below its head."""
    return _fold(box, "table", rows, ROWS, "rows")


def _fold(box: str, kind: str, size: int, most: int, unit: str) -> str:
    if size <= most + 2:  # a fold that hides two lines takes as much room as they
        return box
    return (
        f'<div class="nb-fold nb-fold-{kind}">{box}<details class="nb-more"><summary>'
        f'<span class="nb-when-shut">Show all {size} {unit}</span>'
        f'<span class="nb-when-open">Show the first {most} {unit}</span></summary></details></div>'
    )
