"""Lessons that tell how often and beside whom they ran, and what became of them."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from machines import PATIENCE, Machines
from rich.console import Console

from coursebuild.course import Course
from coursebuild.lesson import Lesson, code_cells
from coursebuild.means import ALONE, Means
from coursebuild.progress import Progress
from coursebuild.run import Run, run_lessons

MakeLesson = Callable[..., Lesson]
Start = Callable[..., Machines]


def run_all(course: Course, machines: Machines | None = None, profile: str = "offline") -> Any:
    """All lessons of the course, on the machines or here: name → what became of it."""
    means = Means(scheduler=machines.address) if machines else ALONE
    progress = Progress(Console(file=io.StringIO()))
    runs = run_lessons(course, course.lessons(), profile, progress, means)
    return {run.lesson.name: run for run in runs}


def outputs(run: Run) -> list[Any]:
    assert run.notebook is not None, run.failure
    return [cell.outputs for cell in code_cells(run.notebook)]


def text(run: Run) -> str:
    return "".join(o.get("text", "") for cell in outputs(run) for o in cell)


def until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def dependencies(course: Course) -> dict[str, Any]:
    """What is in the cache: base key → names and hashes of what was read, of its one entry."""
    return {
        path.parent.relative_to(course.cache).as_posix(): json.loads(path.read_text())["reads"]
        for path in (course.cache / "runs").rglob("*.json")
    }


def meeting(folder: Path, name: str, guests: int) -> str:
    """Code that goes on when so many lessons have come to it: they run at the same time."""
    return (
        f"import os, pathlib, time\n"
        f"room = pathlib.Path({str(folder)!r}); room.mkdir(exist_ok=True)\n"
        f"(room / {name!r}).touch()\n"
        f"while len(os.listdir(room)) < {guests}: time.sleep(0.05)"
    )


def counting(log: Path) -> str:
    """Code that leaves a line each time it runs."""
    return f"with open({str(log)!r}, 'a') as log: print('ran', file=log)"


def runs_of(log: Path) -> int:
    return len(log.read_text().splitlines())


KILL = "import psutil; psutil.Process().parents()[1].kill(); import time; time.sleep(600)"
