from __future__ import annotations

from pathlib import Path

import pytest

from coursebuild.cache import REMEMBERED, Cache, Result
from coursebuild.course import Course
from coursebuild.lesson import Lesson

LESSON = Lesson(Path("01_a.ipynb"))


@pytest.fixture
def cache(course: Course) -> Cache:
    return Cache(course, "offline", "cpu")


def keep(cache: Cache, *dates: int) -> None:
    for date in dates:
        cache.store(LESSON, "key", set(), Result([], [], {"date": date}))


def dates(cache: Cache) -> list[int]:
    return [result.provenance["date"] for result in cache.results(LESSON)]


def test_last_results_are_remembered_the_newest_first(cache: Cache) -> None:
    keep(cache, *range(REMEMBERED + 3))
    assert dates(cache) == list(range(REMEMBERED + 2, 2, -1))


def test_result_that_comes_again_is_remembered_once(cache: Cache) -> None:
    keep(cache, 1, 2, 1)
    assert dates(cache) == [1, 2]
    latest = cache.latest(LESSON)
    assert latest is not None
    assert latest.provenance["date"] == 1


def test_result_that_is_damaged_is_passed_over(cache: Cache) -> None:
    keep(cache, 1, 2)
    for path in (cache.course.cache / "objects").iterdir():
        if b'"date": 2' in path.read_bytes():
            path.write_text("{")
    assert dates(cache) == [1]


def test_lesson_that_never_ran_has_no_results(cache: Cache) -> None:
    assert dates(cache) == []
    assert cache.latest(LESSON) is None
