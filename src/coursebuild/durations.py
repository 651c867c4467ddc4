"""How long each lesson took: for the time left and what to begin with, never a reason to fail."""

from __future__ import annotations

import json
from collections.abc import Mapping

from nbformat import NotebookNode

from .course import Course
from .execute import Outcome
from .files import write_atomic
from .lesson import Lesson, code_cells

Seconds = dict[str, float]  # id of a cell → seconds


class Durations:
    """Seconds per cell of the last run of each lesson, in one profile."""

    def __init__(self, course: Course, profile: str) -> None:
        self.path = course.cache / f"seconds.{profile}.json"
        try:
            found = json.loads(self.path.read_text("utf-8"))
        except (OSError, ValueError):
            found = {}
        self.known: dict[str, Seconds] = found if isinstance(found, dict) else {}

    def of(self, lesson: Lesson) -> Seconds:
        return self.known.get(lesson.name, {})

    def expected(self, notebooks: Mapping[Lesson, NotebookNode]) -> dict[Lesson, float]:
        """Seconds that each lesson will take, as far as can be known."""
        known = {lesson: sum(self.of(lesson).values()) for lesson in notebooks if self.of(lesson)}
        return estimate(notebooks, known)

    def keep(self, lesson: Lesson, outcome: Outcome) -> None:
        if outcome.failure is None:
            self.known[lesson.name] = {cell["id"]: cell["seconds"] for cell in outcome.cells}
            write_atomic(self.path, json.dumps(self.known))


def estimate(
    notebooks: Mapping[Lesson, NotebookNode], known: Mapping[Lesson, float]
) -> dict[Lesson, float]:
    """Seconds of all lessons, from those of which they are known.

    One that was never run counts by its lines of code, at the pace of those that were; where
    none was, the lines alone still give an order.
    """
    lines = {
        lesson: 1 + sum(cell.source.count("\n") + 1 for cell in code_cells(notebook))
        for lesson, notebook in notebooks.items()
    }
    pace = sum(known.values()) / sum(lines[lesson] for lesson in known) if known else 1.0
    return {lesson: known.get(lesson, lines[lesson] * pace) for lesson in notebooks}
