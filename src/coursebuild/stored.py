"""Stored outputs belong to `course accept`: what an editor saved in their place is taken out."""

from __future__ import annotations

from nbformat import NotebookNode
from rich.console import Console

from .canonical import canonical, dumps
from .course import Course
from .errors import CourseError
from .files import write_atomic
from .git import shown
from .lesson import Lesson, code_cells, code_digest, parse_notebook
from .proof import Proofs, outputs_digest, short

SUSPECTS = 4


def with_outputs(notebook: NotebookNode, stored: NotebookNode | None) -> NotebookNode:
    """The notebook in its stored form; each cell has its outputs in `stored`, if any."""
    kept = {cell["id"]: cell.outputs for cell in code_cells(stored)} if stored else {}
    nb = canonical(notebook)
    for cell in code_cells(nb):
        cell.outputs = kept.get(cell["id"], [])
    return canonical(nb)


def put_back(course: Course, lessons: list[Lesson], console: Console) -> None:
    """Where an editor saved its own outputs, store those again that the last commit has.

    Only where these are known to be what was accepted, so nothing accepted since is lost.
    """
    proofs = Proofs(course)
    for lesson in lessons:
        notebook, proof = lesson.read(), proofs.of(lesson)
        if proof is None or proof.outputs == outputs_digest(notebook):
            continue
        committed = committed_lesson(course, lesson)
        if committed is None or outputs_digest(committed) != proof.outputs:
            continue
        text = dumps(with_outputs(notebook, committed))
        if text != lesson.path.read_text(encoding="utf-8"):
            write_atomic(lesson.path, text)
            console.print(f"{lesson.name}: outputs that an editor had saved are taken out again")


def committed_lesson(course: Course, lesson: Lesson) -> NotebookNode | None:
    """The lesson as the last commit has it; None where there is none that can be read."""
    text = shown(course, f"lessons/{lesson.path.name}")
    try:
        return parse_notebook(text, lesson.name) if text else None
    except CourseError:
        return None


def suspects(course: Course, lesson: Lesson) -> str:
    """What has changed since a run last said what is stored, so where to look first; "" if none."""
    proofs = Proofs(course)
    found, proof = proofs.edited(lesson), proofs.of(lesson)
    committed = committed_lesson(course, lesson) if proof else None
    if proof and committed and short(code_digest(committed)) == proof.code:
        before = {cell["id"]: cell.source for cell in code_cells(committed)}
        for cell in code_cells(lesson.read()):
            if before.get(cell["id"]) != cell.source:
                found.append(f"cell “{cell['id']}”")
    more = f" and {len(found) - SUSPECTS} more" if len(found) > SUSPECTS else ""
    return ", ".join(found[:SUSPECTS]) + more
