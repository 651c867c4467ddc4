from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from coursebuild.cache import Cache, Result
from coursebuild.canonical import dumps
from coursebuild.changes.before import agrees, before, outputs_of, run_of_then
from coursebuild.course import Course
from coursebuild.lesson import Lesson

KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}


def text(words: str) -> Any:
    return new_output("stream", name="stdout", text=words)


def result(words: str, date: str = "2026-01-01", *, cell: str = "fit") -> Result:
    facts = {"date": date, "cells": [{"id": cell, "seconds": 1.0}]}
    return Result([[], [dict(text(words))]], ["", "x"], facts)


@pytest.fixture
def lesson(course: Course) -> Lesson:
    """A lesson of an empty cell and one that prints a loss of 0.5."""
    cells = [
        new_code_cell("", id="empty"),
        new_code_cell("x", id="fit", outputs=[text("loss 0.5")]),
    ]
    path = course.lessons_dir / "01_a.ipynb"
    path.write_text(dumps(new_notebook(cells=cells, metadata=KERNEL)))
    return Lesson(path)


@pytest.fixture
def cache(course: Course) -> Cache:
    return Cache(course, "offline", "cpu")


def test_cell_without_code_never_ran_and_takes_no_outputs() -> None:
    assert list(outputs_of(result("loss 0.5"))) == ["fit"]


@pytest.mark.parametrize(
    ("run", "said"),
    [
        (result("loss 0.5"), True),
        (result("loss 0.5000001"), True),
        (result("loss 0.6"), False),
        (result("loss 0.5", cell="other"), False),
    ],
)
def test_run_agrees_as_the_regression_check_says(lesson: Lesson, run: Result, said: bool) -> None:
    assert agrees(run, lesson.read()) is said


def test_newest_run_that_says_what_was_stored_is_found(lesson: Lesson, cache: Cache) -> None:
    runs = [("loss 0.5", "2026-01-01"), ("loss 0.5", "2026-01-02"), ("loss 0.7", "2026-01-03")]
    for words, date in runs:
        cache.store(lesson, "key", set(), result(words, date))
    found = run_of_then(cache, lesson, lesson.read(), None)
    assert found is not None
    assert found.provenance["date"] == "2026-01-02"


def test_todays_run_is_not_what_was_before(lesson: Lesson, cache: Cache) -> None:
    today = result("loss 0.5")
    cache.store(lesson, "key", set(), today)
    assert run_of_then(cache, lesson, lesson.read(), today.provenance) is None


def test_branch_is_compared_with_what_main_has_stored(
    course: Course, lesson: Lesson, git: Callable[..., str]
) -> None:
    """Also after `course accept`: else a pull request would show nothing."""
    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-qm", "lesson 01")
    git("checkout", "-qb", "mend")
    accepted = lesson.path.read_text().replace("loss 0.5", "loss 0.7")
    lesson.path.write_text(accepted)
    git("commit", "-qam", "accepted")
    was = before(course, lesson)
    assert was.commit == git("rev-parse", "main")
    assert was.notebook.cells[1].outputs[0].text == "loss 0.5"


def test_outside_a_repository_the_lesson_as_it_lies_here_counts(
    course: Course, lesson: Lesson
) -> None:
    was = before(course, lesson)
    assert (was.commit, was.notebook) == ("", lesson.read())
