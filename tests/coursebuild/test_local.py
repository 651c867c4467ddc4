"""Processes that are there when a lesson wants them, and none where no lesson does."""

from __future__ import annotations

import contextlib
import io
import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor

import psutil
import pytest
from rich.console import Console

from coursebuild import library, local
from coursebuild.course import Course
from coursebuild.errors import CourseError
from coursebuild.lesson import Lesson
from coursebuild.means import Means
from coursebuild.progress import Progress
from coursebuild.run import run_lessons

MakeLesson = Callable[..., Lesson]


def workers() -> set[int]:
    """Processes of pools that run now; those of an earlier test may still be ending."""
    return {process.pid for process in multiprocessing.active_children() if process.pid}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What happened, in its order: pools of how many processes, data, waiting."""
    found: list[str] = []
    pool, fetch = local.pool, library.fetch

    @contextlib.contextmanager
    def counted(jobs: int) -> Iterator[Executor]:
        found.append(f"pool of {jobs}")
        with pool(jobs) as made:
            yield made

    def fetched(course: Course, name: str, datasets: list[str]) -> None:
        found.append("data")
        fetch(course, name, datasets)

    monkeypatch.setattr(local, "pool", counted)
    monkeypatch.setattr(library, "fetch", fetched)
    return found


def build(course: Course, told: list[str], means: Means | None = None) -> list[str]:
    """What happened in this run alone."""
    told.clear()
    progress = Progress(Console(file=io.StringIO()), meanwhile=lambda: told.append("waiting"))
    run_lessons(course, course.lessons(), "offline", progress, means or Means())
    return list(told)


def test_processes_of_a_pool_start_before_there_is_work() -> None:
    before = workers()
    with local.ahead(2) as pools:
        assert len(workers() - before) >= 2
        with pools(2) as first, pools(2) as again, pools(1) as other:
            assert first is again is not other
            assert first.submit(os.getpid).result() in workers() - before


def test_nothing_is_started_for_nothing() -> None:
    before = workers()
    with local.ahead(0):
        assert not workers() - before


def test_an_error_kills_what_runs() -> None:
    before = workers()
    with contextlib.suppress(KeyError), local.ahead(1):
        started = [psutil.Process(pid) for pid in workers() - before]
        raise KeyError
    assert psutil.wait_procs(started, timeout=10)[1] == []


def test_code_that_never_ran_has_its_process_before_its_data(
    course: Course, make_lesson: MakeLesson, told: list[str]
) -> None:
    make_lesson("print(1)", name="01_one", data=["mnist_sample"])
    make_lesson("print(2)", name="02_two")
    both = f"pool of {min(2, os.cpu_count() or 1)}"
    assert build(course, told) == [both, "data", "waiting"]
    assert build(course, told) == ["data"]
    make_lesson("print(3)", name="02_two")
    assert build(course, told) == ["pool of 1", "data", "waiting"]


def test_a_lesson_whose_module_changed_gets_a_process_once_that_is_known(
    course: Course, make_lesson: MakeLesson, told: list[str]
) -> None:
    module = course.source_dir / "inner.py"
    module.write_text("VALUE = 1\n")
    make_lesson("import inner")
    build(course, told)
    module.write_text("VALUE = 22\n")
    assert build(course, told) == ["pool of 1", "waiting"]


def test_where_others_may_have_run_it_no_process_is_started_in_advance(
    course: Course, make_lesson: MakeLesson, told: list[str]
) -> None:
    make_lesson("print(1)", data=["mnist_sample"])
    shared = Means(cache=(course.root / "shared").as_uri())
    assert build(course, told, shared) == ["data", "pool of 1", "waiting"]


def test_a_process_that_dies_before_its_lesson_comes_is_one_clear_line(
    course: Course, make_lesson: MakeLesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deadly(course: Course, name: str, datasets: list[str]) -> None:
        found = [psutil.Process(pid) for pid in workers() - before]
        for process in found:
            process.kill()
        psutil.wait_procs(found, timeout=10)

    before = workers()
    monkeypatch.setattr(library, "fetch", deadly)
    make_lesson("print(1)", data=["mnist_sample"])
    with pytest.raises(
        CourseError, match=r"a worker process was killed — lesson 01_test — .*jobs 1"
    ):
        build(course, [])
