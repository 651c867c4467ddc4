"""The MIME bundles by which a lesson's kernel speaks to the site."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode

from ..lesson import code_cells

CLAIM = "application/vnd.downhill.claim+json"
FIGURE = "application/vnd.downhill.figure+json"
DEMO = "application/vnd.downhill.demo+json"
EXERCISE = "application/vnd.downhill.exercise+json"
VIDEO = "video/mp4"
DARK = "image/vnd.downhill.dark+png"  # the twin of image/png on a dark page; old runs have none


@dataclass(frozen=True)
class Bundle:
    """One bundle of a lesson, with the anchor that its page gives it."""

    cell: str
    anchor: str
    value: dict[str, Any]
    data: dict[str, Any]


def one_scheme(notebook: NotebookNode) -> NotebookNode:
    """The notebook without the twins for dark pages, which no notebook viewer shows."""
    for cell in code_cells(notebook):
        for output in cell.outputs:
            output.get("data", {}).pop(DARK, None)
    return notebook


def find(notebook: NotebookNode, kind: str) -> Iterator[Bundle]:
    """All bundles of a kind, in the order of the page."""
    short = kind.removeprefix("application/vnd.downhill.").removesuffix("+json")
    for cell in code_cells(notebook):
        number = 0
        for output in cell.outputs:
            if kind in output.get("data", {}):
                number += 1
                name = f"{short}-{cell.id}" if number == 1 else f"{short}-{cell.id}-{number}"
                yield Bundle(cell.id, name, output.data[kind], output.data)
