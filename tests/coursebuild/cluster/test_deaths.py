"""Workers, schedulers and lessons that die."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest
from machines import PATIENCE, below
from running import (
    KILL,
    MakeLesson,
    Start,
    counting,
    meeting,
    run_all,
    runs_of,
    until,
)

from coursebuild import cluster
from coursebuild.course import Course
from coursebuild.errors import CourseError


def test_a_killed_worker_s_lesson_runs_again_and_nothing_else_does(
    course: Course, make_lesson: MakeLesson, start: Start, tmp_path: Path
) -> None:
    for name, deed in (("01_victim", KILL), ("02_other", "pass")):
        log = tmp_path / name
        make_lesson(
            counting(log),
            meeting(tmp_path / "room", name, 2),
            f"if len(open({str(log)!r}).readlines()) == 1:\n    {deed}",
            "print('done')",
            name=name,
        )
    runs = run_all(course, start(2))
    assert {run.state for run in runs.values()} == {"ran"}
    assert runs_of(tmp_path / "01_victim") == 2
    assert runs_of(tmp_path / "02_other") == 1


def test_a_lesson_that_kills_three_workers_is_named_and_the_others_go_on(
    course: Course, make_lesson: MakeLesson, start: Start, tmp_path: Path
) -> None:
    make_lesson(counting(tmp_path / "log"), KILL, name="01_killer")
    make_lesson("print('well')", name="02_other")
    runs = run_all(course, start(1, nanny=True))
    assert "lesson 01_killer: 3 workers died" in str(runs["01_killer"].failure)
    assert runs["02_other"].state == "ran"
    assert runs_of(tmp_path / "log") == 3


def test_nothing_of_a_worker_outlives_it(
    course: Course, make_lesson: MakeLesson, start: Start, tmp_path: Path
) -> None:
    make_lesson(meeting(tmp_path / "room", "x", 2))
    machines = start(1)
    seen: list[psutil.Process] = []

    def kill() -> None:
        until((tmp_path / "room" / "x").exists)
        seen.extend(below(machines.workers[0].pid))
        machines.workers[0].kill()
        psutil.wait_procs(seen, timeout=PATIENCE)
        (tmp_path / "room" / "here").touch()
        machines.add_worker()

    killer = threading.Thread(target=kill)
    killer.start()
    runs = run_all(course, machines)
    killer.join()
    assert runs["01_test"].state == "ran"
    assert len(seen) >= 2  # the lesson's process and its kernel
    assert not [process for process in seen if process.is_running()]


def test_a_scheduler_that_goes_away_loses_nothing_that_was_finished(
    course: Course, make_lesson: MakeLesson, start: Start, tmp_path: Path
) -> None:
    make_lesson("print('first')", name="01_first")
    make_lesson(meeting(tmp_path / "room", "x", 2), name="02_second")
    machines = start(2)

    build = subprocess.Popen(
        [sys.executable, "-m", "coursebuild.cli", "run", "--scheduler", machines.address],
        cwd=course.root,
        stderr=subprocess.PIPE,
        text=True,
    )
    until(lambda: list((course.cache / "latest").glob("01_first.*")))
    until((tmp_path / "room" / "x").exists)
    assert machines.scheduler is not None
    machines.scheduler.kill()
    _, said = build.communicate(timeout=PATIENCE)
    assert build.returncode == 1
    assert said == (
        f"course: the scheduler went away — {machines.address} — "
        "what was finished is kept: start it again, then build again\n"
    )

    (tmp_path / "room" / "here").touch()
    runs = run_all(course, start(1))
    assert (runs["01_first"].state, runs["02_second"].state) == ("cached", "ran")


def test_workers_that_all_went_away_are_not_waited_for_endlessly(
    course: Course, make_lesson: MakeLesson, start: Start, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    make_lesson(KILL)
    with pytest.raises(CourseError, match="all workers went away"):
        run_all(course, start(1))
