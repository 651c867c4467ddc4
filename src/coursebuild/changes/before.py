"""A lesson as it was before the change: its stored outputs, and the run that they came from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import nbformat
from nbformat import NotebookNode

from ..cache import Cache, Result
from ..compare import compare_cell
from ..course import Course
from ..errors import CourseError
from ..git import base_of, shown
from ..lesson import Lesson, code_cells, parse_notebook

Outputs = dict[str, list[Any]]  # of each cell, by its id


@dataclass(frozen=True)
class Before:
    """commit: where the stored outputs are from; "" for the file as it lies here.

    result: the newest run that says what is stored, with its pictures; None where none is kept.
    """

    notebook: NotebookNode
    commit: str = ""
    result: Result | None = None


def before(course: Course, lesson: Lesson) -> Before:
    """The lesson where the branch left main; as it lies here where git knows no such place."""
    try:
        base = base_of(course)
        if text := shown(course, f"lessons/{lesson.path.name}", base):
            return Before(parse_notebook(text, lesson.name), base)
    except CourseError:
        pass  # no repository, no main branch, or the lesson was broken then
    return Before(lesson.read())


def run_of_then(cache: Cache, lesson: Lesson, was: NotebookNode, now: Any) -> Result | None:
    """The newest run in the cache that says what was stored. now: provenance of today's run."""
    others = (result for result in cache.results(lesson) if result.provenance != now)
    return next((result for result in others if agrees(result, was)), None)


def agrees(result: Result, stored: NotebookNode) -> bool:
    """Whether a run says what is stored, cell by cell; a cell without outputs is not asked."""
    return all(
        cell.id in outputs and not compare_cell(cell, came(cell, outputs[cell.id]))[0]
        for outputs in [outputs_of(result)]
        for cell in code_cells(stored)
        if cell.outputs
    )


def outputs_of(result: Result) -> Outputs:
    """What each cell of a run put out, by the cell's id. A cell without code never ran."""
    ran = (outputs for source, outputs in _sources(result) if source.strip())
    return {cell["id"]: outputs for cell, outputs in zip(_cells(result), ran, strict=False)}


def came(cell: NotebookNode, outputs: list[Any]) -> NotebookNode:
    """The cell as if it had just run."""
    new: NotebookNode = nbformat.from_dict({**cell, "outputs": outputs, "execution_count": 1})
    return new


def _sources(result: Result) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    return zip(result.sources, result.outputs, strict=True)


def _cells(result: Result) -> list[dict[str, Any]]:
    return list(result.provenance.get("cells", []))
