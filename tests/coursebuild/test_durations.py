"""How long lessons are expected to take, and that the longest begins."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import pytest
from rich.console import Console

from coursebuild.course import Course
from coursebuild.durations import Durations
from coursebuild.lesson import Lesson
from coursebuild.means import Means
from coursebuild.progress import Progress
from coursebuild.run import run_lessons

MakeLesson = Callable[..., Lesson]


def expected(course: Course) -> dict[str, float]:
    notebooks = {lesson: lesson.read() for lesson in course.lessons()}
    found = Durations(course, "offline").expected(notebooks)
    return {lesson.name: seconds for lesson, seconds in found.items()}


def test_a_fresh_clone_goes_by_the_seconds_that_stand_with_the_proofs(
    course: Course, make_lesson: MakeLesson
) -> None:
    make_lesson("1", name="01_proven")
    make_lesson("1\n2\n3\n4", name="02_long")
    proof = {"code": "", "outputs": "", "reads": {}, "seconds": 60.0}
    (course.lessons_dir / "proof.json").write_text(json.dumps({"01_proven": proof}))
    assert expected(course) == {"01_proven": 60.0, "02_long": pytest.approx(150.0)}
    course.cache.mkdir(parents=True)
    (course.cache / "seconds.offline.json").write_text('{"01_proven": {"c0": 6.0}}')
    assert expected(course) == {"01_proven": 6.0, "02_long": pytest.approx(15.0)}


def test_lessons_that_never_ran_count_by_their_lines(
    course: Course, make_lesson: MakeLesson
) -> None:
    make_lesson("1", name="01_short")
    make_lesson("1\n2\n3", "4", name="02_long")
    assert expected(course)["02_long"] > expected(course)["01_short"]


def test_a_lesson_that_never_ran_counts_at_the_pace_of_those_that_did(
    course: Course, make_lesson: MakeLesson
) -> None:
    make_lesson("1\n2\n3", name="01_known")
    make_lesson("1\n2\n3", name="02_unknown")
    durations = Durations(course, "offline")
    course.cache.mkdir(parents=True)
    durations.path.write_text('{"01_known": {"c0": 8.0}}')
    assert expected(course) == {"01_known": 8.0, "02_unknown": pytest.approx(8.0)}


@pytest.mark.parametrize("damaged", ["[1", "[1]"])
def test_a_damaged_record_is_as_good_as_none(
    course: Course, make_lesson: MakeLesson, damaged: str
) -> None:
    make_lesson("1", name="01_short")
    course.cache.mkdir(parents=True)
    (course.cache / "seconds.offline.json").write_text(damaged)
    assert expected(course)["01_short"] > 0


def test_the_longest_lesson_begins_and_its_seconds_are_kept(
    course: Course, make_lesson: MakeLesson
) -> None:
    make_lesson("1", name="01_short")
    make_lesson("1\n2\n3\n4", name="02_long")
    log = io.StringIO()
    run_lessons(course, course.lessons(), "offline", Progress(Console(file=log)), Means(jobs=1))
    begun = [line.split(":")[0] for line in log.getvalue().splitlines() if ": running" in line]
    assert begun == ["02_long", "01_short"]
    assert set(Durations(course, "offline").known) == {"01_short", "02_long"}
