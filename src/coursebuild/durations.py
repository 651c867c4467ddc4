"""How long each lesson took: for the time left and what to begin with, never a reason to fail."""

from __future__ import annotations

import json
from collections.abc import Mapping

from nbformat import NotebookNode

from .course import Course
from .files import write_atomic
from .job import Outcome
from .lesson import Lesson, code_cells
from .proof import Proofs

Seconds = dict[str, float]  # id of a cell → seconds


class Durations:
    """Seconds per cell of the last run of each lesson, in one profile."""

    def __init__(self, course: Course, profile: str) -> None:
        self.course = course
        self.path = course.cache / f"seconds.{profile}.json"
        try:
            found = json.loads(self.path.read_text("utf-8"))
        except (OSError, ValueError):
            found = {}
        self.known: dict[str, Seconds] = found if isinstance(found, dict) else {}

    def of(self, lesson: Lesson) -> Seconds:
        return self.known.get(lesson.name, {})

    def expected(self, notebooks: Mapping[Lesson, NotebookNode]) -> dict[Lesson, float]:
        """Seconds that each lesson will take, as far as can be known.

        In a fresh clone that is what stands with the proofs in the repository.
        """
        proofs = Proofs(self.course)
        proven = {lesson: proof.seconds for lesson in notebooks if (proof := proofs.of(lesson))}
        known = {lesson: sum(self.of(lesson).values()) for lesson in notebooks}
        return estimate(estimate(lines(notebooks), proven), known)

    def keep(self, lesson: Lesson, outcome: Outcome) -> None:
        if outcome.failure is None:
            self.known[lesson.name] = {cell["id"]: cell["seconds"] for cell in outcome.cells}
            write_atomic(self.path, json.dumps(self.known))


def lines(notebooks: Mapping[Lesson, NotebookNode]) -> dict[Lesson, float]:
    """Lines of code: where nothing else is known, they still give an order."""
    return {
        lesson: 1.0 + sum(cell.source.count("\n") + 1 for cell in code_cells(notebook))
        for lesson, notebook in notebooks.items()
    }


def estimate(
    weights: Mapping[Lesson, float], seconds: Mapping[Lesson, float]
) -> dict[Lesson, float]:
    """Seconds of all lessons, from those of which they are known (and not 0).

    The others count by their weight, at the pace of those.
    """
    known = {lesson: spent for lesson, spent in seconds.items() if spent}
    pace = sum(known.values()) / sum(weights[lesson] for lesson in known) if known else 1.0
    return {lesson: known.get(lesson, weight * pace) for lesson, weight in weights.items()}
