"""Each rule of `course lint` finds a fault that is planted in a sound lesson, and its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from planted import CELLS, PLANTED, TAGS

from coursebuild.canonical import canonical, dumps, write
from coursebuild.course import Course, find_course
from coursebuild.lesson import Lesson
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
    first = new_notebook(cells=[new_markdown_cell("# First", id="title")], metadata=KERNEL)
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
    ):
        PLANTED[what][3](cells, sound)
    assert faults(course, sound)
    lesson = Lesson(course.lessons_dir / "02_small.ipynb")
    assert mend(course, [lesson]) == [lesson]
    assert lint(course, [lesson]) == []
    assert "colour the centre" in lesson.read().cells[-1].source
    assert mend(course, [lesson]) == []  # what is sound stays as it is, byte for byte


def test_mending_leaves_code_and_choices_to_people(course: Course, sound: NotebookNode) -> None:
    sound.cells[-1].source += "\n\n`color`, $center$ and [color](#color)."
    faults(course, sound)
    lesson = Lesson(course.lessons_dir / "02_small.ipynb")
    mend(course, [lesson])
    assert lesson.read().cells[-1].source.endswith("`color`, $center$ and [colour](#color).")


def test_the_lessons_of_this_course_pass() -> None:
    course = find_course(ROOT)
    assert [str(fault) for fault in lint(course, course.lessons())] == []
