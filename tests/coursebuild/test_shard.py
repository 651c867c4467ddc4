"""Shards of a course: each lesson in one of them, the same on every machine."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursebuild.course import Course
from coursebuild.errors import CourseError
from coursebuild.lesson import Lesson
from coursebuild.proof import Proofs
from coursebuild.shard import Shard, cut, expected, plan
from coursebuild.share import Share

MakeLesson = Callable[..., Lesson]

COURSES = st.lists(st.floats(0.1, 900), min_size=1, max_size=40).map(
    lambda seconds: {Lesson(Path(f"{n:02}_x.ipynb")): spent for n, spent in enumerate(seconds)}
)
COUNTS = st.integers(1, 12)


@given(COURSES, COUNTS)
def test_each_lesson_falls_to_one_shard(course: dict[Lesson, float], count: int) -> None:
    parts = cut(course, count)
    assert len(parts) == count
    assert sorted(x.name for part in parts for x in part) == sorted(x.name for x in course)


@given(COURSES, COUNTS)
def test_no_shard_waits_long_for_another(course: dict[Lesson, float], count: int) -> None:
    loads = [sum(course[lesson] for lesson in part) for part in cut(course, count)]
    # Whoever got the last lesson of the fullest shard was the emptiest then.
    assert max(loads) <= sum(loads) / count + max(course.values()) * (1 - 1 / count) + 1e-6


@given(COURSES, COUNTS, st.randoms())
def test_the_cut_does_not_depend_on_the_order_of_the_lessons(
    course: dict[Lesson, float], count: int, chance: object
) -> None:
    names = list(course)
    chance.shuffle(names)  # type: ignore[attr-defined]
    assert cut({lesson: course[lesson] for lesson in names}, count) == cut(course, count)


def test_longest_lessons_are_dealt_out_first() -> None:
    seconds = {"01_a": 10.0, "02_b": 60.0, "03_c": 50.0, "04_d": 20.0, "05_e": 20.0}
    parts = cut({Lesson(Path(f"{name}.ipynb")): spent for name, spent in seconds.items()}, 2)
    assert [[lesson.name for lesson in part] for part in parts] == [
        ["02_b", "05_e"],
        ["01_a", "03_c", "04_d"],
    ]


def test_plans_are_equal_where_the_cuts_are() -> None:
    course = {Lesson(Path(f"{n:02}_x.ipynb")): float(n) for n in range(1, 7)}
    assert plan(cut(course, 2)) == plan(cut(dict(reversed(course.items())), 2))
    assert plan(cut(course, 2)) != plan(cut(course, 3))


@pytest.mark.parametrize("text", ["2", "0/3", "4/3", "a/b", "1/0", "-1/3"])
def test_what_is_no_shard_is_an_error_that_shows_one(text: str) -> None:
    with pytest.raises(CourseError, match="--shard 2/5"):
        Shard.parse(text)


def test_times_without_a_shard_are_a_slip() -> None:
    with pytest.raises(CourseError, match="no shard to cut"):
        Share.parse(None, "gpu", Path("times.json"))


def test_shards_are_cut_by_what_the_commit_says_not_by_this_machines_cache(
    accepted: Course,
) -> None:
    notebooks = {lesson: lesson.read() for lesson in accepted.lessons()}
    proofs = Proofs(accepted)
    recorded = {x: proof.seconds for x in notebooks if (proof := proofs.of(x))}
    assert all(recorded.values())
    assert expected(accepted, notebooks, "offline", None) == recorded
    seconds = accepted.cache / "seconds.offline.json"
    seconds.write_text(json.dumps({"01_one": {"code": 1000.0}}))
    assert expected(accepted, notebooks, "offline", None) == recorded


def test_shards_are_cut_by_the_times_that_are_given(
    course: Course, make_lesson: MakeLesson
) -> None:
    lessons = [make_lesson("print(1)", name=name) for name in ("01_a", "02_b", "03_c")]
    notebooks = {lesson: lesson.read() for lesson in lessons}
    times = course.root / "times.json"
    runs = {"01_a": {"runs": [{"seconds": 9}, {"seconds": 30}]}, "02_b": {"runs": [{"seconds": 6}]}}
    times.write_text(json.dumps({"gpu": runs}))
    found = expected(course, notebooks, "gpu", times)
    assert found == dict(zip(lessons, (30.0, 6.0, 18.0), strict=True))  # the third: by its lines
    times.write_text("[]")
    with pytest.raises(CourseError, match="no file of times"):
        expected(course, notebooks, "gpu", times)


def test_lessons_are_told_apart_by_what_they_declare(
    course: Course, make_lesson: MakeLesson
) -> None:
    make_lesson("print(1)", name="01_cpu")
    make_lesson("print(1)", name="02_gpu", gpu=True)
    chosen = {
        needs: [lesson.name for lesson in Share(needs=needs).of(course, course.lessons(), "gpu")[0]]
        for needs in ("gpu", "cpu", "")
    }
    assert chosen == {"gpu": ["02_gpu"], "cpu": ["01_cpu"], "": ["01_cpu", "02_gpu"]}
