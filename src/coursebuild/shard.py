"""The lessons of one shard: every machine cuts the same course into the same parts."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from . import history
from .course import Course
from .durations import estimate, lines
from .errors import CourseError
from .lesson import Lesson
from .proof import Proofs


@dataclass(frozen=True)
class Shard:
    """Part `number` of `count`, counted from 1."""

    number: int
    count: int

    @classmethod
    def parse(cls, text: str) -> Shard:
        """From "2/5". Raises CourseError."""
        found = re.fullmatch(r"(\d+)/(\d+)", text)
        if not found or not 1 <= int(found[1]) <= int(found[2]):
            raise CourseError(
                f"“{text}” is no shard", "--shard", "write the second of five as --shard 2/5"
            )
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"


def cut(expected: Mapping[Lesson, float], count: int) -> list[list[Lesson]]:
    """`count` parts: the longest lesson first, each to the part with the least to do so far.

    No part takes more than 4/3 of the best possible cut (Graham, 1969).
    """
    parts: list[list[Lesson]] = [[] for _ in range(count)]
    loads = [0.0] * count
    for lesson in sorted(expected, key=lambda lesson: (-expected[lesson], lesson.name)):
        least = loads.index(min(loads))
        parts[least].append(lesson)
        loads[least] += expected[lesson]
    return [sorted(part, key=lambda lesson: lesson.name) for part in parts]


def plan(parts: Sequence[Sequence[Lesson]]) -> str:
    """What the shards of one cut have in common: a digest of all its parts."""
    names = [[lesson.name for lesson in part] for part in parts]
    return hashlib.sha256(json.dumps(names).encode()).hexdigest()


def expected(
    course: Course, notebooks: Mapping[Lesson, NotebookNode], profile: str, times: Path | None
) -> dict[Lesson, float]:
    """Seconds per lesson, from what all shards share and no run changes under their hands.

    That is the file `times`, a history.json; without one, the seconds that stand with the proofs
    in the repository. What this machine's cache says would cut another course than the next's.
    """
    if times is None:
        proofs = Proofs(course)
        found = {lesson: proof.seconds for lesson in notebooks if (proof := proofs.of(lesson))}
    else:
        found = _recorded(times, notebooks, profile)
    return estimate(lines(notebooks), found)


def _recorded(
    times: Path, notebooks: Mapping[Lesson, NotebookNode], profile: str
) -> dict[Lesson, float]:
    try:
        known = json.loads(times.read_text(encoding="utf-8"))
        runs = {lesson: history.of(known, profile, lesson.name)["runs"] for lesson in notebooks}
        return {lesson: float(rows[-1]["seconds"]) for lesson, rows in runs.items() if rows}
    except (OSError, ValueError, AttributeError, TypeError, KeyError):
        raise CourseError(
            "this is no file of times", str(times), "name a build/history.json, the same for all"
        ) from None
