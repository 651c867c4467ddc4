"""`course check`: pytest with nbval and our plugin, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from .course import Course
from .difference import Difference
from .errors import CourseError
from .lesson import Lesson

REFERENCE = "offline"  # the profile whose outputs are stored
# Plugins of the caller's pytest have nothing to do here, and take a second to load.
OUR_OWN = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": "", "PYTEST_PLUGINS": ""}


def check(course: Course, lessons: list[Lesson], profile: str) -> list[Difference]:
    """Cells whose run differs from what is stored. The lessons must have been run.

    Raises CourseError for a profile other than the reference, or where pytest itself fails.
    """
    reference_only(profile)
    if not lessons:
        return []
    with tempfile.TemporaryDirectory() as folder:
        found, settings = Path(folder) / "differences.json", Path(folder) / "pytest.ini"
        settings.write_text("[pytest]\n", encoding="utf-8")  # the project's own is for its tests
        words = ["-p", "nbval", "-p", "coursebuild.replay", "-p", "no:cacheprovider"]
        words += ["-c", str(settings), "--rootdir", str(course.root), "-q", "--color=no"]
        words += ["--nbval", "--executed", str(course.executed(profile))]
        words += ["--differences", str(found), *(str(lesson.path) for lesson in lessons)]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *words],
            env=os.environ | OUR_OWN | {"PYTHONPATH": _import_path()},
            capture_output=True,
            text=True,
            check=False,
        )
        if not found.exists():
            raise _broken(done)
        differences = [Difference.loads(text) for text in json.loads(found.read_text("utf-8"))]
    if not differences and done.returncode not in (0, 5):  # 5: a lesson without a code cell
        raise _broken(done)
    return differences


def reference_only(profile: str) -> None:
    """Stored outputs are those of one profile. Raises CourseError for another."""
    if profile != REFERENCE:
        raise CourseError(
            f"the stored outputs are those of the profile {REFERENCE}, not of {profile}",
            "lessons/",
            f"leave the profile out, or say --profile {REFERENCE}",
        )


def _import_path() -> str:
    """Our own package first, for a checkout that is not installed."""
    here = str(Path(__file__).parent.parent)
    return os.pathsep.join(filter(None, [here, os.environ.get("PYTHONPATH", "")]))


def _broken(done: subprocess.CompletedProcess[str]) -> CourseError:
    lines = [line for line in (done.stderr + "\n" + done.stdout).splitlines() if line.strip()]
    said = next((line for line in lines if "ERROR" in line or "Error" in line), "no word")
    return CourseError(
        f"pytest did not get to the end ({said.strip()})", "nbval", "make .venv anew"
    )
