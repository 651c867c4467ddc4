"""The contributor's loop, as it is typed: edit, check, accept."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable

import nbformat
import pytest
from click.testing import CliRunner, Result
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_output

from coursebuild.cli import main
from coursebuild.course import Course

TypeIn = Callable[..., Result]


@pytest.fixture
def type_in(accepted: Course, monkeypatch: pytest.MonkeyPatch) -> TypeIn:
    """Call `course WORDS…` in the folder of the accepted lessons."""
    monkeypatch.chdir(accepted.root)
    return lambda *words: CliRunner().invoke(main, list(words))


def edit(course: Course, change: Callable[[NotebookNode], object]) -> None:
    path = course.lessons()[0].path
    notebook = nbformat.read(path, 4)
    change(notebook)
    nbformat.write(notebook, path)


def test_prose_fix_in_a_fresh_clone_runs_nothing(accepted: Course, type_in: TypeIn) -> None:
    shutil.rmtree(accepted.build)
    edit(accepted, lambda nb: nb.cells[0].update(source="# Other words"))
    result = type_in("check", "01")
    assert result.exit_code == 0
    assert "01_one: code, outputs and all that its run read are unchanged" in result.output
    result = type_in("accept", "01")
    assert result.exit_code == 0
    assert "nothing to store" in result.output
    assert not accepted.executed("offline").exists()


def test_code_fix_that_changes_nothing_runs_once_and_is_then_proven(
    accepted: Course, type_in: TypeIn
) -> None:
    edit(accepted, lambda nb: nb.cells[1].update(source="import one\nprint('value', one.VALUE )"))
    result = type_in("check", "01")
    assert result.exit_code == 0
    assert "01_one: running 1 cells" in result.output
    shutil.rmtree(accepted.build)
    assert "unchanged" in type_in("check", "01").output


def test_difference_names_what_has_changed_and_is_no_proof(
    accepted: Course, type_in: TypeIn
) -> None:
    before = (accepted.lessons_dir / "proof.json").read_text()
    (accepted.source_dir / "one.py").write_text("VALUE = 2\n")
    result = type_in("check", "01")
    assert result.exit_code == 1
    assert "01_one: changed since the stored run: src/one.py" in result.output
    assert (accepted.lessons_dir / "proof.json").read_text() == before


def test_accepted_difference_passes_and_is_proven(accepted: Course, type_in: TypeIn) -> None:
    (accepted.source_dir / "one.py").write_text("VALUE = 2\n")
    assert type_in("accept", "01").exit_code == 0
    shutil.rmtree(accepted.build)
    result = type_in("check", "01")
    assert result.exit_code == 0
    assert "unchanged" in result.output


def test_failure_names_cell_line_section_fix_and_what_has_changed(
    accepted: Course, type_in: TypeIn
) -> None:
    (accepted.source_dir / "one.py").write_text("VALUE = int(3, basis=10)\n")
    result = type_in("check", "01")
    assert result.exit_code == 1
    line = result.stderr.splitlines()[-1]
    assert line.startswith("course: lesson 01_one, cell “code” (section “one”), line 1: TypeError:")
    assert "help() of the function lists them" in line
    assert line.endswith("changed since the stored run: src/one.py")


def test_outputs_of_an_editor_are_not_what_is_compared(accepted: Course, type_in: TypeIn) -> None:
    shown = [new_output("stream", text="value 3\n")]
    edit(accepted, lambda nb: nb.cells[1].update(outputs=shown, execution_count=2))
    result = type_in("check", "01")
    assert result.exit_code == 0
    assert "outputs that an editor had saved are taken out again" in result.output
    assert accepted.lessons()[0].read().cells[1].outputs[0].text == "value 1\n"


def test_changed_checks_the_lessons_that_the_branch_touches(
    accepted: Course, type_in: TypeIn
) -> None:
    result = type_in("check", "--changed")
    assert result.exit_code == 0
    assert "no lesson" in result.output
    (accepted.source_dir / "two.py").write_text("VALUE = 1  # in words\n")
    result = type_in("check", "--base", "main")
    assert result.exit_code == 0
    assert "02_two" in result.output
    assert "01_one" not in result.output


def test_package_code_that_a_lesson_builds_is_checked_against_the_lesson(
    accepted: Course, type_in: TypeIn
) -> None:
    step = "def step(p, slope, lr):\n    {}return p - lr * slope\n"
    package = accepted.source_dir / "downhill" / "optim.py"
    package.parent.mkdir()
    built = step.format('"""Built in lesson 01."""\n    ')
    package.write_text(built)
    edit(accepted, lambda nb: nb.cells.insert(1, new_code_cell(step.format(""), id="step")))
    assert type_in("check", "01").exit_code == 0
    package.write_text(built.replace("p - lr", "p + lr"))
    result = type_in("check", "--changed")
    assert "touched since" in result.output
    assert ": 01_one\n" in result.output  # no lesson imports it, one shows it
    assert result.exit_code == 1
    assert (
        "step is not the package's — 01_one, cell step, line 1 — "
        "make the two the same: src/downhill/optim.py, line 1" in result.output
    )


def test_proofs_are_of_all_lessons_that_passed(accepted: Course) -> None:
    proofs = json.loads((accepted.lessons_dir / "proof.json").read_text())
    assert list(proofs) == ["01_one", "02_two"]
    assert any(name.endswith(":src/one.py") for name in proofs["01_one"]["reads"])
    assert str(accepted.root) not in json.dumps(proofs)
