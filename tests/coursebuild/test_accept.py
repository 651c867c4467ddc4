from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from nbformat.v4 import new_output
from replaying import TRAPS
from rich.console import Console

from coursebuild.accept import accept
from coursebuild.canonical import dumps, write
from coursebuild.check import check
from coursebuild.course import Course
from coursebuild.errors import CourseError
from coursebuild.lesson import Lesson, read_notebook


class Case:
    """Lessons with an executed notebook each, and what was printed."""

    def __init__(self, course: Course) -> None:
        self.course = course
        self.printed = io.StringIO()

    def put(self, name: str, trap: str = "clears_its_output") -> Lesson:
        notebook = read_notebook(TRAPS / f"{trap}.ipynb")
        for folder in (self.course.lessons_dir, self.course.executed("offline")):
            write(notebook, folder / f"{name}.ipynb")
        return Lesson(self.course.lessons_dir / f"{name}.ipynb")

    def run_says(self, lesson: Lesson, *outputs: object) -> None:
        path = self.course.executed("offline") / lesson.path.name
        executed = read_notebook(path)
        executed.cells[-1].outputs = list(outputs)
        write(executed, path)

    def accept(self, *lessons: Lesson, profile: str = "offline") -> bool:
        console = Console(file=self.printed, width=200)
        return accept(self.course, list(lessons), profile, console)


@pytest.fixture
def case(course: Course) -> Case:
    return Case(course)


def text(words: str) -> object:
    return new_output("stream", name="stdout", text=words)


def test_difference_is_shown_then_stored_and_then_passes(case: Case) -> None:
    lesson = case.put("01_a")
    case.run_says(lesson, text("epoch 3\n"))
    assert case.accept(lesson)
    assert "epoch [-2-]" in case.printed.getvalue()
    assert "epoch {+3+}" in case.printed.getvalue()
    assert lesson.read().cells[-1].outputs[0].text == "epoch 3\n"
    assert check(case.course, [lesson], "offline") == []


def test_accepting_twice_changes_nothing(case: Case) -> None:
    lesson = case.put("01_a")
    case.run_says(lesson, text("epoch 3\n"))
    case.accept(lesson)
    before = lesson.path.read_bytes()
    assert not case.accept(lesson)
    assert lesson.path.read_bytes() == before


def test_last_digits_do_not_churn_the_file(case: Case) -> None:
    lesson = case.put("01_a", "prints_a_number_within_tolerance")
    before = lesson.path.read_bytes()
    case.run_says(lesson, text("loss 0.500001\n"))
    assert not case.accept(lesson)
    assert lesson.path.read_bytes() == before


def test_prose_metadata_and_tags_are_those_of_the_lesson(case: Case) -> None:
    lesson = case.put("01_a")
    edited = lesson.read()
    edited.cells[0].source = "# New prose"
    edited.cells[-1].metadata.tags = ["check"]
    edited.metadata.downhill = {"title": "New title"}
    write(edited, lesson.path)
    case.run_says(lesson, text("epoch 3\n"))
    case.accept(lesson)
    edited.cells[-1].outputs[0].text = "epoch 3\n"
    assert lesson.path.read_text() == dumps(edited)


def test_new_lesson_gets_its_first_outputs(case: Case) -> None:
    lesson = case.put("01_a")
    bare = lesson.read()
    bare.cells[-1].outputs = []
    write(bare, lesson.path)
    assert case.accept(lesson)
    assert "has no outputs" in case.printed.getvalue()
    assert lesson.read().cells[-1].outputs[0].text == "epoch 2\n"


def no_artefact(case: Case, lesson: Lesson) -> None:
    (case.course.executed("offline") / lesson.path.name).unlink()


def half_an_artefact(case: Case, lesson: Lesson) -> None:
    (case.course.executed("offline") / lesson.path.name).write_text('{"cells": [')


def other_code(case: Case, lesson: Lesson) -> None:
    edited = lesson.read()
    edited.cells[-1].source += "\nprint('more')"
    edited.cells[-1].outputs = []  # stripped as well: still refused
    write(edited, lesson.path)


def failed_run(case: Case, lesson: Lesson) -> None:
    case.run_says(lesson, new_output("error", ename="ValueError", evalue="no", traceback=[]))


def dead_kernel(case: Case, lesson: Lesson) -> None:
    case.run_says(lesson)


def far_too_long(case: Case, lesson: Lesson) -> None:
    case.run_says(lesson, text("word " * 100_000))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (no_artefact, "there is no executed notebook"),
        (half_an_artefact, "not JSON"),
        (other_code, "made from other code cells"),
        (failed_run, "failed or was cut short"),
        (dead_kernel, "failed or was cut short"),
        (far_too_long, "500 kB, 200 kB at most.*cell “cell-1” alone has 500 kB"),
    ],
)
def test_nothing_is_written_where_one_run_is_no_good(
    case: Case, spoil: Callable[[Case, Lesson], None], said: str
) -> None:
    """Nor for the lesson before it, whose run is good."""
    good, bad = case.put("01_good"), case.put("02_bad")
    case.run_says(good, text("epoch 3\n"))
    spoil(case, bad)
    before = good.path.read_bytes(), bad.path.read_bytes()
    with pytest.raises(CourseError, match=said):
        case.accept(good, bad)
    assert (good.path.read_bytes(), bad.path.read_bytes()) == before


def test_other_profile_is_refused(case: Case) -> None:
    """Nothing made from the real data is stored."""
    with pytest.raises(CourseError, match="not of gpu"):
        case.accept(case.put("01_a"), profile="gpu")


def test_failure_that_is_meant_is_stored(case: Case) -> None:
    lesson = case.put("01_a", "raises_as_expected")
    case.run_says(lesson, new_output("error", ename="KeyError", evalue="7", traceback=["x"]))
    assert case.accept(lesson)
    assert lesson.read().cells[-1].outputs[0].traceback == ["KeyError: 7"]
