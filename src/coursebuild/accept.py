"""`course accept`: what a run says becomes what is stored, after it was shown."""

from __future__ import annotations

import json

from nbformat import NotebookNode
from rich.console import Console

from . import deprecations
from .canonical import canonical, canonical_outputs, dumps
from .check import reference_only
from .compare import compare_cell, differences, may_raise, other_code, ran
from .course import Course
from .errors import CourseError
from .files import write_atomic
from .lesson import Lesson, code_cells, read_notebook
from .sidebyside import show
from .tolerance import Tolerance

LARGEST = 200_000  # bytes of stored outputs in a lesson, so that git and GitHub can show them


def accept(course: Course, lessons: list[Lesson], profile: str, console: Console) -> bool:
    """Show how the runs differ, then store their outputs; True where a file has changed.

    The lesson's own prose, code and metadata stay. All lessons are looked at before one is
    written. Raises CourseError where a run is missing, failed, or was made from other code.
    """
    reference_only(profile)
    ready: list[tuple[Lesson, str]] = []
    for lesson in lessons:
        stored = lesson.read()
        path = course.executed(profile) / lesson.path.name
        if not path.exists():
            raise CourseError(
                "there is no executed notebook", lesson.name, f"run it: course run {lesson.number}"
            )
        executed = read_notebook(path)
        _must_be_whole(stored, executed, lesson)
        new = accepted(stored, executed)
        _must_be_small(new, lesson)
        ready.append((lesson, dumps(new)))
        for difference in differences(stored, executed, lesson.name):
            show(difference, console)
    changed = False
    for lesson, text in ready:
        if text == lesson.path.read_text(encoding="utf-8"):
            console.print(f"{lesson.name}: stored outputs stay as they are")
        else:
            write_atomic(lesson.path, text)
            console.print(f"{lesson.name}: stored; look at it with git diff")
            changed = True
    return changed


def accepted(stored: NotebookNode, executed: NotebookNode) -> NotebookNode:
    """The lesson in its stored form with the run's outputs.

    A cell that agrees keeps what is stored, so that a diff shows changes and no last digits.
    """
    nb = canonical(stored)
    cells = zip(code_cells(nb), code_cells(stored), code_cells(executed), strict=True)
    for cell, before, after in cells:
        if not before.outputs or compare_cell(before, after)[0]:
            cell.outputs = canonical_outputs(after.outputs, Tolerance.of(before))
    _keep_warnings(nb, executed)
    return nb


def _keep_warnings(nb: NotebookNode, executed: NotebookNode) -> None:
    """Store which warnings of others' code are known: the next one is news."""
    raised = deprecations.of(executed)
    if raised is None:  # a run of before they were noted
        return
    nb.metadata.get("downhill", {}).pop("known_warnings", None)
    if keys := sorted({deprecations.key(w) for w in raised if not deprecations.ours(w)}):
        nb.metadata.setdefault("downhill", NotebookNode())["known_warnings"] = keys


def _must_be_whole(stored: NotebookNode, executed: NotebookNode, lesson: Lesson) -> None:
    """Refuse a run of other code, one that was cut short, and one that failed."""
    if other_code(stored, executed):
        raise CourseError(
            "the executed notebook was made from other code cells",
            lesson.name,
            f"run it anew: course run {lesson.number}",
        )
    for cell in code_cells(executed):
        failed = any(output.output_type == "error" for output in cell.outputs)
        if not ran(cell) or (failed and not may_raise(cell)):
            raise CourseError(
                "the run failed or was cut short",
                f"{lesson.name}, cell {cell.id}",
                "mend the cell, then run again",
            )


def _must_be_small(notebook: NotebookNode, lesson: Lesson) -> None:
    """Refuse outputs that make git diffs unreadable; name the cell that prints most."""
    sizes = {cell.id: len(json.dumps(cell.outputs, indent=1)) for cell in code_cells(notebook)}
    total = sum(sizes.values())
    if total > LARGEST:
        most = max(sizes, key=lambda name: sizes[name])
        raise CourseError(
            f"the outputs to store are {total // 1000} kB, {LARGEST // 1000} kB at most",
            lesson.name,
            f"print less: cell “{most}” alone has {sizes[most] // 1000} kB",
        )
