"""`course edit`: JupyterLab on a lesson, in this environment, with its data and this code.

What is saved there is the lesson in its stored form: the outputs on disk stay those that were
accepted, whatever the editor shows. So `course check` compares with them, and no picture, count
or colour gets into a commit.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

import nbformat

from . import library
from .course import LESSON_NAME, Course
from .errors import CourseError
from .lesson import Lesson, read_notebook
from .stored import with_outputs


def edit(course: Course, lesson: Lesson, profile: str, browser: bool) -> NoReturn:
    """Become JupyterLab, open on the lesson. Raises CourseError where it is not installed."""
    if importlib.util.find_spec("jupyterlab") is None:
        raise CourseError("JupyterLab is not installed", "course edit", "make .venv")
    library.profile(course, profile)
    if names := list(lesson.read().metadata.get("downhill", {}).get("data", [])):
        library.fetch(course, profile, names)
    os.chdir(course.root)
    # In place of this process: Ctrl-C, the terminal and the exit status are JupyterLab's own.
    os.execve(sys.executable, command(course, lesson, browser), environment(course, profile))


def environment(course: Course, profile: str) -> dict[str, str]:
    """As a build runs a lesson: this checkout's code, the profile's data, this Python's kernel."""
    return os.environ | library.environment(course, profile) | {"JUPYTER_PREFER_ENV_PATH": "1"}


def command(course: Course, lesson: Lesson, browser: bool) -> list[str]:
    """The words that open JupyterLab, with our hand on what is saved."""
    return [
        *(sys.executable, "-m", "jupyterlab", str(lesson.path)),
        f"--ServerApp.root_dir={course.root}",
        f"--ContentsManager.pre_save_hook={__name__}.keep_stored",
        *(() if browser else ("--no-browser",)),
        # Inside a container everybody is root; it still listens to this machine only.
        *(("--allow-root",) if getattr(os, "geteuid", lambda: 1)() == 0 else ()),
    ]


def keep_stored(model: dict[str, Any], path: str, contents_manager: Any, **_: Any) -> None:
    """Jupyter's hook before a save: a lesson is saved in its stored form, with its outputs."""
    file = Path(contents_manager.root_dir, path)
    if model["type"] != "notebook" or not LESSON_NAME.match(file.name):
        return
    try:
        stored = read_notebook(file)
    except CourseError:  # the first save, or a file that this save mends
        stored = None
    notebook = nbformat.from_dict(model["content"])
    model["content"] = with_outputs(notebook, stored)
