"""`course repeat`: the lessons once more, from nothing; their claims must come out the same."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import rmtree
from typing import Any

from nbformat import NotebookNode
from rich.console import Console

from .agreement import MEASURED, claim_misses
from .build import conclude
from .canonical import CLAIM
from .compare import other_code
from .course import Course
from .errors import CourseError
from .lesson import Lesson, code_cells, read_notebook
from .lock import build_lock
from .means import Means
from .progress import Progress
from .run import Run, run_lessons
from .tolerance import Tolerance


@dataclass(frozen=True)
class Aside(Course):
    """The same course, with all that is made in a folder of its own: nothing is overwritten."""

    @property
    def build(self) -> Path:
        return self.root / "build" / "repeat"

    @property
    def cache(self) -> Path:
        return self.build / "cache"

    @property
    def data_home(self) -> Path:
        return Course(self.root).data_home


@dataclass(frozen=True)
class Repeated:
    """The claims of one lesson in both runs."""

    lesson: Lesson
    claims: int
    differing: list[str]  # what came out in another way, in words
    seconds: tuple[float, float]


def repeat(
    course: Course, lessons: list[Lesson], profile: str, console: Console, means: Means
) -> None:
    """Run `lessons` again, no result taken from anywhere, and compare their claims.

    Raises CourseError where a claim's text, its state or what it measured (within its cell's
    tolerance) differs from the run before, and where there is none.
    """
    before = {lesson: _before(course, lesson, profile) for lesson in lessons}
    aside = Aside(course.root)
    began = time.perf_counter()
    # A cache that others share would give back what they ran.
    alone = replace(means, cache="", cache_write="")
    with build_lock(course, console):
        rmtree(aside.build, ignore_errors=True)
        runs = run_lessons(
            aside,
            lessons,
            profile,
            Progress(console),
            alone,
        )
        conclude(aside, profile, began, runs)
    found = [_compare(run, before[run.lesson]) for run in runs]
    for line in table(found):
        console.print(line, markup=False, highlight=False)
    differing = [words for lesson in found for words in lesson.differing]
    for words in differing:
        console.print(words, markup=False, highlight=False)
    if differing:
        count = "1 claim differs" if len(differing) == 1 else f"{len(differing)} claims differ"
        do = "find what is drawn by chance: a seed, the order of threads, a kernel of the GPU"
        raise CourseError(f"{count} between two runs", f"profile {profile}", do)
    total = sum(row.claims for row in found)
    console.print(f"{total} claim{'' if total == 1 else 's'}: two runs say the same")


def _before(course: Course, lesson: Lesson, profile: str) -> NotebookNode:
    path = course.executed(profile) / lesson.path.name
    do = f"run it first: course run {lesson.number} --profile {profile}"
    if not path.exists():
        raise CourseError("there is no run to repeat", f"lesson {lesson.name}", do)
    executed = read_notebook(path)
    if other_code(lesson.read(), executed):
        raise CourseError("the lesson was edited since its run", f"lesson {lesson.name}", do)
    return executed


def _compare(run: Run, before: NotebookNode) -> Repeated:
    assert run.notebook is not None  # a lesson that failed has been told
    pairs = zip(code_cells(before), code_cells(run.notebook), strict=True)
    differing = [
        f"{run.lesson.name}, cell “{cell.id}”: {words}"
        for cell, again in pairs
        for words in _differing(_claims(cell), _claims(again), Tolerance.of(cell))
    ]
    count = sum(len(_claims(cell)) for cell in code_cells(before))
    seconds = float(before.metadata.downhill.provenance.seconds), run.seconds
    return Repeated(run.lesson, count, differing, seconds)


def _claims(cell: NotebookNode) -> list[dict[str, Any]]:
    return [output.data[CLAIM] for output in cell.outputs if CLAIM in output.get("data", {})]


def _differing(
    first: list[dict[str, Any]], second: list[dict[str, Any]], allowed: Tolerance
) -> Iterator[str]:
    """A line for each claim that came out in another way."""
    if len(first) != len(second):
        yield f"{len(first)} claims, then {len(second)}"
    for one, other in zip(first, second, strict=False):
        if allowed.skip:  # the author says that its numbers change from run to run
            one, other = ({k: v for k, v in c.items() if k != MEASURED} for c in (one, other))
        if misses := list(claim_misses(one, other, allowed)):
            yield f"the claim “{one['text']}”: {'; '.join(misses)}"


def table(found: list[Repeated]) -> Iterator[str]:
    """Lines of Markdown."""
    yield "| Lesson | Claims | The same | First run | Second run |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for row in found:
        same = row.claims - len(row.differing)
        first, second = row.seconds
        yield f"| {row.lesson.name} | {row.claims} | {same} | {first:.1f} s | {second:.1f} s |"
