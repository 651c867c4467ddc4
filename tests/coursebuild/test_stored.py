"""Stored outputs stay those that were accepted, whatever an editor saves."""

from __future__ import annotations

import io
from collections.abc import Callable

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_output
from repository import QUIET, commit
from rich.console import Console

from coursebuild.canonical import canonical, dumps
from coursebuild.course import Course
from coursebuild.edit import keep_stored
from coursebuild.lesson import Lesson
from coursebuild.stored import put_back, suspects, with_outputs

PICTURE = new_output("display_data", {"image/png": "iVBORw0KGgo="})


def edit(lesson: Lesson, change: Callable[[NotebookNode], object]) -> None:
    notebook = nbformat.read(lesson.path, 4)
    change(notebook)
    nbformat.write(notebook, lesson.path)


def as_an_editor_saves(notebook: NotebookNode) -> None:
    """The cells were run in the editor: other outputs, a picture, counts, its own metadata."""
    cell = notebook.cells[1]
    cell.update(outputs=[new_output("stream", text="value 2\n"), PICTURE], execution_count=7)
    cell.metadata["trusted"] = True
    notebook.metadata["kernelspec"]["display_name"] = "my environment"


@pytest.fixture
def lesson(accepted: Course) -> Lesson:
    return accepted.lessons()[0]


def test_save_keeps_the_words_and_the_stored_outputs(lesson: Lesson) -> None:
    stored, edited = lesson.read(), lesson.read()
    as_an_editor_saves(edited)
    edited.cells[0].source = "# Other words"
    saved = with_outputs(edited, stored)
    stored.cells[0].source = "# Other words"
    assert dumps(saved) == dumps(canonical(stored))


def test_save_leaves_a_new_cell_without_outputs(lesson: Lesson) -> None:
    edited = lesson.read()
    edited.cells.append(new_code_cell("print(1)", id="new", outputs=[PICTURE]))
    assert with_outputs(edited, lesson.read()).cells[-1].outputs == []


def test_save_of_a_new_notebook_has_no_outputs(lesson: Lesson) -> None:
    assert with_outputs(lesson.read(), None).cells[1].outputs == []


def test_outputs_that_an_editor_saved_are_taken_out_and_it_is_said(
    accepted: Course, lesson: Lesson
) -> None:
    before, printed = lesson.path.read_text(), io.StringIO()
    edit(lesson, as_an_editor_saves)
    put_back(accepted, [lesson], Console(file=printed))
    assert lesson.path.read_text() == before
    assert printed.getvalue() == "01_one: outputs that an editor had saved are taken out again\n"


def test_words_and_code_of_the_edit_stay(accepted: Course, lesson: Lesson) -> None:
    edit(lesson, as_an_editor_saves)
    edit(lesson, lambda nb: nb.cells[0].update(source="# Other words"))
    edit(lesson, lambda nb: nb.cells[1].update(source="print('other')"))
    put_back(accepted, [lesson], QUIET)
    cells = lesson.read().cells
    assert [cell.source for cell in cells] == ["# Other words", "print('other')"]
    assert cells[1].outputs[0].text == "value 1\n"


def test_lesson_that_is_as_accepted_is_not_written(accepted: Course, lesson: Lesson) -> None:
    before = lesson.path.stat().st_ino
    put_back(accepted, [lesson], QUIET)
    assert lesson.path.stat().st_ino == before


def test_outputs_that_nobody_accepted_but_that_are_committed_stay(
    accepted: Course, lesson: Lesson
) -> None:
    edit(lesson, as_an_editor_saves)
    commit(accepted)
    put_back(accepted, [lesson], QUIET)
    assert lesson.read().cells[1].outputs[0].text == "value 2\n"


def test_nothing_is_suspected_where_nothing_has_changed(accepted: Course, lesson: Lesson) -> None:
    assert suspects(accepted, lesson) == ""


def test_changed_modules_and_cells_are_suspected(accepted: Course, lesson: Lesson) -> None:
    (accepted.source_dir / "one.py").write_text("VALUE = 2\n")
    (accepted.source_dir / "two.py").write_text("VALUE = 2\n")  # this lesson does not read it
    edit(lesson, lambda nb: nb.cells[1].update(source="import one\nprint(one.VALUE)"))
    assert suspects(accepted, lesson) == "src/one.py, cell “code”"


def test_many_suspects_are_counted(accepted: Course, lesson: Lesson) -> None:
    cells = [new_code_cell(f"print({n})", id=f"new-{n}") for n in range(6)]
    edit(lesson, lambda nb: nb.cells.extend(cells))
    assert suspects(accepted, lesson).endswith("cell “new-3” and 2 more")


class Contents:
    """All that the hook needs of Jupyter's contents manager."""

    def __init__(self, course: Course) -> None:
        self.root_dir = str(course.root)


def model(notebook: NotebookNode) -> dict[str, object]:
    """What JupyterLab sends: plain JSON."""
    return {"type": "notebook", "content": nbformat.reads(nbformat.writes(notebook), 4)}


def test_jupyter_saves_a_lesson_in_its_stored_form(accepted: Course, lesson: Lesson) -> None:
    edited = lesson.read()
    as_an_editor_saves(edited)
    sent = model(edited)
    keep_stored(sent, f"lessons/{lesson.path.name}", Contents(accepted))
    assert dumps(sent["content"]) == dumps(canonical(lesson.read()))


def test_jupyter_saves_other_notebooks_as_they_are(accepted: Course, lesson: Lesson) -> None:
    edited = lesson.read()
    as_an_editor_saves(edited)
    sent = model(edited)
    keep_stored(sent, "lessons/scratch.ipynb", Contents(accepted))
    assert sent["content"].cells[1].execution_count == 7
    text = {"type": "file", "content": "words"}
    keep_stored(text, "lessons/01_one.ipynb", Contents(accepted))
    assert text["content"] == "words"


def test_jupyter_saves_over_a_damaged_file(accepted: Course, lesson: Lesson) -> None:
    sent = model(lesson.read())
    lesson.path.write_text("<<<<<<< ours")
    keep_stored(sent, f"lessons/{lesson.path.name}", Contents(accepted))
    assert sent["content"].cells[1].outputs == []
