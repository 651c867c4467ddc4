"""Each rule of `course lint` finds a fault that is planted in a sound lesson, and its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from planted import CELLS, PLANTED, TAGS

from coursebuild.canonical import canonical, dumps, write
from coursebuild.cli import main
from coursebuild.course import Course, find_course
from coursebuild.lesson import Lesson
from coursebuild.lint import spelling
from coursebuild.lint.fault import Fault
from coursebuild.lint.rules import RULES, lint, mend

KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
ROOT = Path(__file__).parents[2]

CONCEPT = '"""Doubles."""\n\n\ndef double(x):\n    """Built in lesson 02."""\n    return 2 * x\n'


@pytest.fixture
def sound(course: Course) -> NotebookNode:
    """A lesson 02 without a fault, beside a lesson 01 and a package that has `double` from 02."""
    ruff = '[tool.ruff.lint]\nselect = ["E7", "E9", "F"]\n'
    (course.root / "pyproject.toml").write_text(ruff)
    (course.root / "src" / "downhill").mkdir()
    (course.root / "src" / "downhill" / "doubles.py").write_text(CONCEPT)
    title = "# First\n\n**After this lesson you can**\n\n- walk\n- run\n- rest"
    first = new_notebook(cells=[new_markdown_cell(title, id="title")], metadata=KERNEL)
    write(canonical(first), course.lessons_dir / "01_first.ipynb")
    cells = [
        new_markdown_cell(text, id=name)
        if text[0] in "#" or name == "halves"
        else new_code_cell(text, id=name, metadata={"tags": [TAGS[name]]} if name in TAGS else {})
        for name, text in CELLS.items()
    ]
    return canonical(new_notebook(cells=cells, metadata=KERNEL))


def faults(course: Course, notebook: NotebookNode) -> list[Fault]:
    path = course.lessons_dir / "02_small.ipynb"
    path.write_text(dumps(notebook), encoding="utf-8")
    return lint(course, [Lesson(path)])


def test_a_sound_lesson_has_no_fault(course: Course, sound: NotebookNode) -> None:
    assert [str(fault) for fault in faults(course, sound)] == []


@pytest.mark.parametrize("what", PLANTED)
def test_a_planted_fault_is_found_at_its_place(
    what: str, course: Course, sound: NotebookNode
) -> None:
    rule, cell, line, plant = PLANTED[what]
    plant({cell.id: cell for cell in sound.cells}, sound)
    found = faults(course, sound)
    assert {fault.rule for fault in found} == {rule}, [str(fault) for fault in found]
    assert (cell, line) in {(fault.cell, fault.line) for fault in found}, found
    assert all(fault.what and fault.do for fault in found)


def test_every_rule_has_a_planted_fault() -> None:
    assert {rule.name for rule in RULES} == {rule for rule, *_ in PLANTED.values()}


@pytest.mark.parametrize(
    "words",
    [
        "It gets 93.1 % right. <!-- number: published by its makers -->",
        "With `rate = 0.93` and $0.93^n$ it goes on.",
        "Divide by 100 %, and go on.",
        "A rate of .25 is 25 %, as the first cell says.",
        "Version 3 of the 28 by 28 pictures, section 2.",
        "<!-- a note: 0.93 -->\nWords.",
        "```python\nloss = 0.043\n```",
    ],
)
def test_a_number_that_is_no_result_may_stand(
    words: str, course: Course, sound: NotebookNode
) -> None:
    sound.cells[-1].source += f"\n\n{words}"
    assert faults(course, sound) == []


def test_a_broken_notebook_is_one_fault(course: Course) -> None:
    path = course.lessons_dir / "02_small.ipynb"
    path.write_text('{"cells": [\n<<<<<<< ours\n')
    found = lint(course, [Lesson(path)])
    assert [fault.rule for fault in found] == ["notebook"]
    assert "merge conflict" in str(found[0])


def test_what_is_mended_has_no_fault_left(course: Course, sound: NotebookNode) -> None:
    cells = {cell.id: cell for cell in sound.cells}
    for what in (
        "a stored picture",
        "a count of executions",
        "times of a run",
        "an American spelling",
        "code that is not formatted",
        "an address in an output",
        "an id drawn at random",
    ):
        PLANTED[what][3](cells, sound)
    assert faults(course, sound)
    lesson = Lesson(course.lessons_dir / "02_small.ipynb")
    assert mend(course, [lesson]) == [lesson]
    assert lint(course, [lesson]) == []
    assert "colour the centre" in lesson.read().cells[-1].source
    assert lesson.read().cells[-1].id == "e1-check-2"
    assert mend(course, [lesson]) == []  # what is sound stays as it is, byte for byte


def test_mending_leaves_code_and_choices_to_people(course: Course, sound: NotebookNode) -> None:
    sound.cells[-1].source += "\n\n`color`, $center$ and [color](#color)."
    faults(course, sound)
    lesson = Lesson(course.lessons_dir / "02_small.ipynb")
    mend(course, [lesson])
    assert lesson.read().cells[-1].source.endswith("`color`, $center$ and [colour](#color).")


@pytest.fixture
def type_in(course: Course, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.chdir(course.root)
    return lambda *words: CliRunner().invoke(main, ["lint", *words])


def test_lint_names_lesson_cell_line_and_rule_and_exits_1(
    course: Course, sound: NotebookNode, type_in: Callable[..., Result]
) -> None:
    sound.cells[-1].source += " It gets 93.1 % right."
    faults(course, sound)
    result = type_in("02")
    assert result.exit_code == 1
    assert "02_small, cell end, line 3: “93.1 %” is typed into prose — print it" in result.output
    assert "[numbers]" in result.output
    assert "course: 1 fault — lessons/" in result.output
    assert type_in("01").exit_code == 0


def test_fix_says_what_it_mended(
    course: Course, sound: NotebookNode, type_in: Callable[..., Result]
) -> None:
    sound.cells[-1].source += " In color."
    faults(course, sound)
    result = type_in("--fix")
    assert result.exit_code == 0
    assert result.output == "02_small: mended\n2 linted: no fault\n"


def test_without_codespell_one_line_says_what_to_do(
    course: Course,
    sound: NotebookNode,
    type_in: Callable[..., Result],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    faults(course, sound)
    spelling.corrections.cache_clear()
    monkeypatch.setattr(spelling, "LISTS", "no_such_package")
    result = type_in()
    spelling.corrections.cache_clear()
    assert result.exit_code == 1
    assert result.output == "course: codespell is not installed — course lint — run: make .venv\n"


def test_the_lessons_of_this_course_pass() -> None:
    course = find_course(ROOT)
    assert [str(fault) for fault in lint(course, course.lessons())] == []
