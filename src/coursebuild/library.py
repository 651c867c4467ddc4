"""The library that the lessons import, asked from outside: by its commands, never by an import."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from typing import Any

from .course import Course
from .errors import CourseError

NAME = "downhill"


def environment(course: Course, profile: str) -> dict[str, str]:
    """What the library must be told: the profile, where its data are, and this checkout's code."""
    return {
        "DOWNHILL_PROFILE": profile,
        "DOWNHILL_HOME": str(course.data_home.absolute()),
        "PYTHONPATH": str(course.source_dir.absolute()),
    }


def _run(
    course: Course, profile: str, *words: str, capture: bool
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *words],
        env=os.environ | environment(course, profile),
        cwd=course.root,
        stdout=subprocess.PIPE if capture else None,
        text=True,
        check=False,
    )


@cache
def profiles(course: Course) -> dict[str, dict[str, Any]]:
    """The table of profiles: name → {"device", "real", "description", …}."""
    done = _run(course, "offline", f"{NAME}.profiles", capture=True)
    if done.returncode:
        raise CourseError(
            f"the package {NAME} does not load", "src/", "see the traceback above; or make .venv"
        )
    return dict(json.loads(done.stdout))


def profile(course: Course, name: str) -> dict[str, Any]:
    """One profile's row. Raises CourseError that lists them where the name is unknown."""
    known = profiles(course)
    if name not in known:
        raise CourseError(
            f"no profile is called “{name}”", "--profile", f"choose of: {', '.join(known)}"
        )
    return known[name]


@cache
def drawn_by(course: Course) -> dict[str, list[str]]:
    """Which files draw each data set of the offline profile: folder → files of the course."""
    done = _run(course, "offline", f"{NAME}.sources", capture=True)
    folders = {} if done.returncode else dict(json.loads(done.stdout))
    return {
        folder: [f"src/{NAME}/{module}" for module in modules]
        for folder, modules in folders.items()
    }


def fetch(course: Course, name: str, datasets: list[str]) -> None:
    """Get or draw the data sets. The library shows its progress and says itself what is wrong."""
    if _run(course, name, f"{NAME}.fetch", "--profile", name, *datasets, capture=False).returncode:
        raise CourseError("the data are not there", f"profile {name}", "see the line above")


def doctor(course: Course) -> list[dict[str, Any]]:
    """The library's own findings: [{"name", "ok", "detail", "do"}]."""
    done = _run(course, "offline", f"{NAME}.doctor", capture=True)
    if done.returncode:
        return [
            {"name": NAME, "ok": False, "detail": "does not load", "do": "make .venv, see above"}
        ]
    return list(json.loads(done.stdout))
