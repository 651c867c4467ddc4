"""What stands behind the stored outputs, and when it holds without a run."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from rich.console import Console

from coursebuild import library
from coursebuild.accept import accept
from coursebuild.course import Course
from coursebuild.lesson import Lesson
from coursebuild.proof import Proofs, portable, unproven
from coursebuild.run import Run

MakeLesson = Callable[..., Lesson]


def edit(lesson: Lesson, change: Callable[[NotebookNode], object]) -> None:
    notebook = nbformat.read(lesson.path, 4)
    change(notebook)
    nbformat.write(notebook, lesson.path)


def left_to_look_at(course: Course) -> list[str]:
    """Names of the lessons that need a look in this course."""
    return [one.name for one in unproven(course, course.lessons(), Console(file=io.StringIO()))]


@pytest.fixture
def accepted(course: Course, make_lesson: MakeLesson, run: Callable[..., Run]) -> Lesson:
    """A lesson that imports a module and whose outputs were accepted."""
    (course.source_dir / "outer.py").write_text("VALUE = 1\n")
    lesson = make_lesson("# Prose", "import outer\nprint('value', outer.VALUE)")
    run(lesson)
    accept(course, [lesson], "offline", Console(file=io.StringIO()))
    Proofs(course).keep([lesson])
    return lesson


@pytest.fixture
def clone(course: Course, accepted: Lesson, tmp_path: Path) -> Course:
    """The same course elsewhere, with nothing built: no cache, no executed notebook."""
    other = Course(tmp_path / "clone")
    shutil.copytree(course.root, other.root, ignore=shutil.ignore_patterns("build", "__pycache__"))
    return other


def test_fresh_clone_has_nothing_to_prove(clone: Course) -> None:
    assert left_to_look_at(clone) == []


def test_prose_edit_in_a_fresh_clone_has_nothing_to_prove(clone: Course) -> None:
    edit(clone.lessons()[0], lambda nb: nb.cells[0].update(source="# Other words"))
    assert left_to_look_at(clone) == []


@pytest.mark.parametrize(
    ("file", "content"),
    [("src/outer.py", "VALUE = 2\n"), ("requirements.txt", "# another lock\n")],
)
def test_edit_of_what_the_run_read_needs_a_look_and_is_named(
    clone: Course, file: str, content: str
) -> None:
    (clone.root / file).write_text(content)
    assert left_to_look_at(clone) == ["01_test"]
    assert Proofs(clone).edited(clone.lessons()[0]) == [file]


@pytest.mark.parametrize(
    "change",
    [
        lambda nb: nb.cells[1].update(source="print('value', 1)"),
        lambda nb: nb.cells[1].outputs[0].update(text="value 3\n"),  # by hand
        lambda nb: nb.cells[1].update(outputs=[]),
    ],
)
def test_edit_of_code_or_of_outputs_needs_a_look(
    clone: Course, change: Callable[[NotebookNode], object]
) -> None:
    edit(clone.lessons()[0], change)
    assert left_to_look_at(clone) == ["01_test"]


def test_lesson_with_a_run_at_hand_is_compared_all_the_same(
    course: Course, accepted: Lesson
) -> None:
    assert left_to_look_at(course) == [accepted.name]


@pytest.mark.parametrize("damaged", ["{", "[]", '{"01_test": 3}', '{"01_test": {"code": "x"}}'])
def test_damaged_proofs_prove_nothing(clone: Course, damaged: str) -> None:
    (clone.lessons_dir / "proof.json").write_text(damaged)
    assert left_to_look_at(clone) == ["01_test"]


def test_lesson_without_a_proof_needs_a_look(clone: Course) -> None:
    shutil.copyfile(clone.lessons()[0].path, clone.lessons_dir / "02_new.ipynb")
    assert left_to_look_at(clone) == ["02_new"]


def test_proof_of_a_lesson_that_is_gone_goes_too(course: Course, accepted: Lesson) -> None:
    accepted.path.rename(course.lessons_dir / "02_renamed.ipynb")
    Proofs(course).keep(course.lessons())
    assert list(json.loads((course.lessons_dir / "proof.json").read_text())) == ["02_renamed"]


def test_proof_that_stays_the_same_is_not_written_again(course: Course, accepted: Lesson) -> None:
    path = course.lessons_dir / "proof.json"
    before = path.stat().st_ino
    Proofs(course).keep([accepted])
    assert path.stat().st_ino == before


def test_drawn_data_count_as_the_code_that_draws_them(course: Course) -> None:
    names = portable(course, {"data:course/mnist_sample", "list:pictures"})
    assert names is not None
    assert {"file:src/downhill/digits.py", "file:requirements.txt", "list:pictures"} <= names


@pytest.mark.parametrize(
    "name", ["path:/elsewhere/x.csv", "data:fastai/mnist_sample", "data:torch/x"]
)
def test_run_that_read_what_no_clone_has_is_no_proof(course: Course, name: str) -> None:
    assert portable(course, {name}) is None


def test_library_names_the_files_that_draw() -> None:
    root = Path(library.__file__).parents[2]
    for files in library.drawn_by(Course(root)).values():
        assert files
        assert all((root / file).is_file() for file in files)
