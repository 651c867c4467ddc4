"""What stands behind the stored outputs, and when it holds without a run."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from repository import QUIET

from coursebuild import library
from coursebuild.course import Course
from coursebuild.lesson import Lesson
from coursebuild.proof import Proofs, portable, unproven

OURS = Course(Path(__file__).parents[2])


def edit(lesson: Lesson, change: Callable[[NotebookNode], object]) -> None:
    notebook = nbformat.read(lesson.path, 4)
    change(notebook)
    nbformat.write(notebook, lesson.path)


def left_to_look_at(course: Course) -> list[str]:
    """Names of the lessons that need a look in this course."""
    return [one.name for one in unproven(course, course.lessons(), QUIET)]


@pytest.fixture
def clone(accepted: Course) -> Course:
    """The accepted lessons with nothing built: no cache, no executed notebook."""
    shutil.rmtree(accepted.build)
    return accepted


def test_fresh_clone_has_nothing_to_prove(clone: Course) -> None:
    assert left_to_look_at(clone) == []


def test_prose_edit_in_a_fresh_clone_has_nothing_to_prove(clone: Course) -> None:
    edit(clone.lessons()[0], lambda nb: nb.cells[0].update(source="# Other words"))
    assert left_to_look_at(clone) == []


@pytest.mark.parametrize(
    ("file", "content"),
    [("src/one.py", "VALUE = 2\n"), ("requirements.txt", "# another lock\n")],
)
def test_edit_of_what_the_run_read_needs_a_look_and_is_named(
    clone: Course, file: str, content: str
) -> None:
    (clone.root / file).write_text(content)
    assert "01_one" in left_to_look_at(clone)
    assert Proofs(clone).edited(clone.lessons()[0]) == [file]


@pytest.mark.parametrize(
    "change",
    [
        lambda nb: nb.cells[1].update(source="print(1)"),
        lambda nb: nb.cells[1].outputs[0].update(text="value 3\n"),  # by hand
        lambda nb: nb.cells[1].update(outputs=[]),
    ],
)
def test_edit_of_code_or_of_outputs_needs_a_look(
    clone: Course, change: Callable[[NotebookNode], object]
) -> None:
    edit(clone.lessons()[0], change)
    assert left_to_look_at(clone) == ["01_one"]


def test_lesson_with_a_run_at_hand_is_compared_all_the_same(accepted: Course) -> None:
    assert left_to_look_at(accepted) == ["01_one", "02_two"]


@pytest.mark.parametrize("damaged", ["{", "[]", '{"01_one": 3}', '{"01_one": {"code": "x"}}'])
def test_damaged_proofs_prove_nothing(clone: Course, damaged: str) -> None:
    (clone.lessons_dir / "proof.json").write_text(damaged)
    assert left_to_look_at(clone) == ["01_one", "02_two"]


def test_lesson_without_a_proof_needs_a_look(clone: Course) -> None:
    shutil.copyfile(clone.lessons()[0].path, clone.lessons_dir / "03_new.ipynb")
    assert left_to_look_at(clone) == ["03_new"]


def test_proof_of_a_lesson_that_is_gone_goes_too(accepted: Course) -> None:
    accepted.lessons()[1].path.rename(accepted.lessons_dir / "03_renamed.ipynb")
    Proofs(accepted).keep(accepted.lessons())
    proofs = json.loads((accepted.lessons_dir / "proof.json").read_text())
    assert list(proofs) == ["01_one", "03_renamed"]


def test_proof_that_stays_the_same_is_not_written_again(accepted: Course) -> None:
    path = accepted.lessons_dir / "proof.json"
    before = path.stat().st_ino
    Proofs(accepted).keep(accepted.lessons())
    assert path.stat().st_ino == before


def test_seconds_of_a_slower_machine_leave_the_file_alone(accepted: Course) -> None:
    """A lesson's time counts from the first run of its code."""
    path = accepted.lessons_dir / "proof.json"
    facts = json.loads(path.read_text())
    facts["01_one"]["seconds"] = 1000.0
    path.write_text(json.dumps(facts, indent=1) + "\n")
    Proofs(accepted).keep(accepted.lessons())
    assert json.loads(path.read_text()) == facts
    facts["01_one"]["code"] = "another"
    path.write_text(json.dumps(facts, indent=1) + "\n")
    Proofs(accepted).keep(accepted.lessons())
    assert 0 < json.loads(path.read_text())["01_one"]["seconds"] < 1000


def test_drawn_data_count_as_the_code_that_draws_them() -> None:
    names = portable(OURS, {"data:course/mnist_sample", "list:pictures"})
    assert names is not None
    assert {"code:src/downhill/digits.py", "file:requirements.txt", "list:pictures"} <= names


@pytest.mark.parametrize(
    "name", ["path:/elsewhere/x.csv", "data:fastai/mnist_sample", "data:torch/x"]
)
def test_run_that_read_what_no_clone_has_is_no_proof(name: str) -> None:
    assert portable(OURS, {name}) is None


def test_library_names_the_files_that_draw() -> None:
    assert library.drawn_by(OURS)
    for files in library.drawn_by(OURS).values():
        assert files
        assert all((OURS.root / file).is_file() for file in files)
