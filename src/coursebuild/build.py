"""The whole build: lessons brought up to date, then the site made from them, then the report."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console

from . import history, library
from .course import Course
from .errors import CourseError
from .files import FOLDER_AT_FAULT, unwritable
from .findings import write_findings
from .job import Failure
from .lesson import Lesson, by_number
from .lock import build_lock
from .means import ALONE, Means
from .progress import Progress
from .report import write_report
from .run import Run, run_lessons
from .site import Rendering
from .stored import suspects


class RunError(CourseError):
    """Lessons stopped: why each did, by its name; and what became of all of them."""

    failures: Mapping[str, Failure] = {}
    runs: Sequence[Run] = ()


def run(
    course: Course,
    lessons: list[Lesson],
    profile: str,
    console: Console,
    means: Means = ALONE,
) -> list[Run]:
    """Bring lessons up to date and report. Raises CourseError when one of them failed."""
    with build_lock(course, console):
        return _run(course, lessons, profile, Progress(console), means)


def build(
    course: Course,
    lessons: list[Lesson],
    profile: str,
    console: Console,
    means: Means = ALONE,
) -> list[Run]:
    """Lessons and site. A build that fails leaves the site of before as it was.

    The site has all lessons: those that are not named must have been executed before.
    """
    _need_others(course, lessons, profile)
    began = time.perf_counter()
    with build_lock(course, console), Rendering(course, profile, _fresh(course)) as rendering:
        progress = Progress(console, meanwhile=lambda: rendering.config)
        runs = _run(course, lessons, profile, progress, means)
        _put_in_place(course, rendering)
        _report(course, profile, began, runs)
    return runs


def make_site(course: Course, profile: str) -> None:
    """build/site from the executed lessons. One that cannot be made leaves that of before."""
    with Rendering(course, profile, _fresh(course)) as rendering:
        _put_in_place(course, rendering)


def _fresh(course: Course) -> Path:
    return course.build / "site.new"


def _put_in_place(course: Course, rendering: Rendering) -> None:
    fresh = _fresh(course)
    try:
        shutil.rmtree(fresh, ignore_errors=True)
        rendering.finish()
        replace_folder(fresh, course.site)
    except OSError as error:
        if error.errno not in FOLDER_AT_FAULT:
            raise  # a bug of ours: keep its traceback
        raise unwritable(course.site, error) from None


def _need_others(course: Course, lessons: list[Lesson], profile: str) -> None:
    """Say what is missing before anything runs, not after."""
    folder = course.executed(profile)
    absent = [
        lesson
        for lesson in course.lessons()
        if lesson not in lessons and not (folder / lesson.path.name).exists()
    ]
    if absent:
        numbers = " ".join(lesson.number for lesson in sorted({*lessons, *absent}, key=by_number))
        raise CourseError(
            f"the site needs all lessons, and not executed in the profile {profile}: "
            + ", ".join(lesson.name for lesson in absent),
            "course build",
            f"build them too: course build {numbers} --profile {profile}; "
            f"or only execute: course run {' '.join(x.number for x in lessons)}",
        )


def _run(
    course: Course, lessons: list[Lesson], profile: str, progress: Progress, means: Means
) -> list[Run]:
    began = time.perf_counter()
    runs = run_lessons(course, lessons, profile, progress, means)
    conclude(course, profile, began, runs)
    return runs


def conclude(course: Course, profile: str, began: float, runs: list[Run]) -> None:
    """Note and report what became of lessons. Raises RunError when one of them failed.

    began: by time.perf_counter().
    """
    history.record(course, profile, runs)
    _report(course, profile, began, runs)
    told = [_told(course, run) for run in runs if run.failure]
    if told:
        error = RunError(os.linesep.join(told))
        error.failures = {run.lesson.name: run.failure for run in runs if run.failure}
        error.runs = runs
        raise error


def _told(course: Course, run: Run) -> str:
    """A failure, and what has changed since the lesson last said what is stored."""
    since = suspects(course, run.lesson)
    return str(run.failure) + (f" — changed since the stored run: {since}" if since else "")


def _report(course: Course, profile: str, began: float, runs: list[Run]) -> None:
    device = library.profile(course, profile)["device"]
    write_report(course, profile, device, time.perf_counter() - began, runs)
    write_findings(course, profile, runs)


def replace_folder(fresh: Path, target: Path) -> None:
    """Put `fresh` in the place of `target`. A kill in between loses neither."""
    old = target.with_name(f"{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    fresh.rename(target)
    shutil.rmtree(old, ignore_errors=True)
