"""Writes the page: of each lesson what is news, then cell by cell both sides and the figures."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from .. import tables
from ..compare import compare_cell, other_code
from ..course import Course
from ..difference import Change
from ..files import write_atomic
from ..git import git
from ..job import Failure
from ..lesson import Lesson, code_cells, read_notebook, section
from ..proof import reference_cache
from ..sidebyside import in_words
from ..sides import Miss, Row, misses, rows
from .before import Before, before, came, outputs_of, run_of_then
from .news import Flip, Slower, flips, slower, warned
from .pictures import Picture, beside

PROFILE = "offline"  # whose outputs are stored
TEMPLATE = Path(__file__).with_name("page.html")


@dataclass(frozen=True)
class ChangeView:
    """One output of both sides: tables, lines, or values inside a bundle."""

    what: str
    tables: list[tables.Pair]
    rows: list[Row]
    values: list[Miss]


@dataclass(frozen=True)
class CellView:
    """A cell that differs. figures: None on the left where no picture of then is kept."""

    id: str
    heading: str
    changes: list[ChangeView]
    figures: list[tuple[Picture | None, Picture | None]] = field(default_factory=list)


@dataclass(frozen=True)
class LessonView:
    """All that the page says of one lesson."""

    name: str
    title: str
    was: Before
    ran: Mapping[str, Any]  # the provenance of this run
    failure: Failure | None = None
    flips: list[Flip] = field(default_factory=list)
    slower: list[Slower] = field(default_factory=list)
    warned: list[dict[str, Any]] = field(default_factory=list)
    cells: list[CellView] = field(default_factory=list)

    @property
    def differs(self) -> bool:
        return bool(self.failure or self.flips or self.slower or self.warned or self.cells)


def write_changes(
    course: Course,
    lessons: Iterable[Lesson],
    different: Collection[str] = (),
    failures: Mapping[str, Failure] | None = None,
) -> tuple[Path, list[str]]:
    """Write build/changes/index.html; the page, and the names of lessons that differ.

    different: names of lessons whose run is known not to say what is stored; failures: why a
    lesson stopped, by its name. One without a run of today's code is left out.
    """
    from jinja2 import Environment  # late: prose that runs nothing needs no page

    known = failures or {}
    views = []
    for lesson in lessons:
        if lesson.name in known:
            views.append(_stopped(course, lesson, known[lesson.name]))
        else:
            views += _ran(course, lesson, lesson.name in different)
    differing = [view for view in views if view.differs]
    template = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(
        TEMPLATE.read_text(encoding="utf-8")
    )
    page = course.build / "changes" / "index.html"
    same = [view.name for view in views if not view.differs]
    write_atomic(page, template.render(lessons=differing, same=same))
    return page, [view.name for view in differing]


def _stopped(course: Course, lesson: Lesson, failure: Failure) -> LessonView:
    was = before(course, lesson)
    flipped = flips(was.notebook, was.notebook, failure)
    return LessonView(lesson.name, _heading(lesson.read()), was, {}, failure, flipped)


def _ran(course: Course, lesson: Lesson, differs: bool) -> list[LessonView]:
    """The view of a lesson; empty without a run of today's code."""
    notebook, path = lesson.read(), course.executed(PROFILE) / lesson.path.name
    executed = read_notebook(path) if path.exists() else None
    if executed is None or other_code(notebook, executed):
        return []
    was = before(course, lesson)
    ran = executed.metadata.get("downhill", {}).get("provenance", {})
    # A run taken over from another commit is no news of this one.
    head = git(course, "rev-parse", "HEAD")
    fresh = ran.get("commit") == (head.strip() if head else None)
    differs = differs or _outputs(notebook) != _outputs(was.notebook)
    if differs or fresh:  # else not looked for: to read results takes a while
        result = run_of_then(reference_cache(course), lesson, was.notebook, ran)
        was = replace(was, result=result)
    return [
        LessonView(
            lesson.name,
            _heading(notebook),
            was,
            ran,
            flips=flips(was.notebook, executed),
            slower=slower(was.result if fresh else None, executed),
            warned=warned(was.result, executed),
            cells=list(_cells(was, executed)) if differs else [],
        )
    ]


def _outputs(notebook: NotebookNode) -> dict[str, Any]:
    return {cell.id: cell.outputs for cell in code_cells(notebook)}


def _heading(notebook: NotebookNode) -> str:
    title = notebook.metadata.get("downhill", {}).get("title", "")
    return str(title or (section(notebook, notebook.cells[0].id) if notebook.cells else ""))


def _cells(was: Before, executed: NotebookNode) -> Iterable[CellView]:
    stored = {cell.id: cell for cell in code_cells(was.notebook)}
    old = outputs_of(was.result) if was.result else None
    for cell in code_cells(executed):
        known = stored.pop(cell.id, None)
        changes = compare_cell(known if known is not None else came(cell, []), cell)[0]
        if changes:
            pictures = beside(None if old is None else old.get(cell.id, []), cell.outputs)
            yield CellView(cell.id, section(executed, cell.id), _changes(changes), pictures)
    for name in stored:
        gone = ChangeView("this cell is gone", [], [], [])
        pictures = beside(None if old is None else old.get(name, []), [])
        yield CellView(name, section(was.notebook, name), [gone], pictures)


def _changes(changes: Iterable[Change]) -> list[ChangeView]:
    found = []
    for change in in_words(changes):
        with_tables, rest = tables.compared(change) or ([], change)
        lines = rows(rest) if rest.stored or rest.came else []
        compared = with_tables or (lines and change.allowed is not None)
        values = [] if compared else misses(change)
        found.append(ChangeView(change.what, with_tables, lines, values))
    return found
