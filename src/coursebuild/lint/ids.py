"""Cells have names that people can read: errors, tests and mkdocs.yml call them by these."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .fault import Found, Subject

DRAWN = re.compile(r"^(?=.*\d)([0-9a-f]{8}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$")


def named_cells(subject: Subject) -> Iterator[Found]:
    """No id is one that Jupyter drew at random for a new cell."""
    for cell in subject.notebook.cells:
        if DRAWN.match(cell.id):
            yield Found(cell.id, 0, "its id is no word", "name it; course lint --fix does, too")


def name_cells(subject: Subject) -> None:
    """Name such cells after the one above: `halves` is followed by `halves-2`."""
    taken = {cell.id for cell in subject.notebook.cells}
    above = "cell"
    for cell in subject.notebook.cells:
        if DRAWN.match(cell.id):
            stem, number = re.sub(r"-\d+$", "", above), 2
            while f"{stem}-{number}" in taken:
                number += 1
            cell.id = f"{stem}-{number}"
            taken.add(cell.id)
        above = cell.id
