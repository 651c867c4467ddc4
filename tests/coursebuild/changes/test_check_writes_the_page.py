"""`course check` with a real kernel, and the page that it leaves."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import CliRunner

from coursebuild.cli import main
from coursebuild.course import Course
from coursebuild.lesson import Lesson

CLAIM = "from downhill.claims import claim\nloss = {}\nclaim('Loss falls', loss < 1)"


@pytest.fixture
def check(course: Course, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Call `course WORDS…` in the small course; what it prints."""
    monkeypatch.chdir(course.root)
    monkeypatch.setenv("COLUMNS", "200")
    return lambda *words: CliRunner().invoke(main, list(words)).output


def edit(lesson: Lesson, old: str, new: str) -> None:
    text = lesson.path.read_text(encoding="utf-8")
    assert old in text
    lesson.path.write_text(text.replace(old, new), encoding="utf-8")


def test_page_of_a_check_shows_what_differs_and_which_claim_stopped_a_run(
    course: Course, make_lesson: Callable[..., Lesson], check: Callable[..., str]
) -> None:
    lesson = make_lesson("# Slopes", "print('steps', 3)", CLAIM.format(0.5))
    page = course.build / "changes" / "index.html"
    check("accept")

    edit(lesson, "'steps', 3", "'steps', 4")
    said = check("check")
    assert page.as_uri() in said
    assert "whole numbers must be equal" in page.read_text(encoding="utf-8")

    edit(lesson, "loss = 0.5", "loss = 2")
    assert "This claim does not hold: Loss falls" in check("check")
    html = page.read_text(encoding="utf-8")
    assert "The run stopped" in html
    assert "<td>Loss falls</td><td><del>held</del></td><td><ins>failed</ins></td>" in html

    edit(lesson, "loss = 2", "loss = 0.5")
    edit(lesson, "'steps', 4", "'steps', 3")
    check("check")
    assert "says what it said" in page.read_text(encoding="utf-8")
