"""A small course in a temporary folder, with real kernels and the real library."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from repository import accepted_course, git
from rich.console import Console

from coursebuild.course import Course
from coursebuild.lesson import Lesson
from coursebuild.progress import Progress
from coursebuild.run import Run, run_lessons

KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}

VARIABLES = (
    "DOWNHILL_PROFILE",
    "DOWNHILL_HOME",
    "COURSE_CACHE",
    "COURSE_CACHE_URL",
    "COURSE_CACHE_WRITE",
    "COURSE_JOBS",
    "COURSE_KERNELS",
    "COURSE_SCHEDULER",
    "FASTAI_HOME",
    "TORCH_HOME",
)

MakeLesson = Callable[..., Lesson]


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A course without lessons: mkdocs.yml, lessons/, src/, a lock file."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    root = tmp_path / "course"
    for folder in ("lessons", "src", "docs"):
        (root / folder).mkdir(parents=True)
    (root / "mkdocs.yml").write_text("site_name: Test\n")
    (root / "requirements.txt").write_text("# the lock\n")
    return Course(root)


@pytest.fixture
def make_lesson(course: Course) -> MakeLesson:
    """Write a lesson of code cells (strings); a string that starts with "# " is prose."""

    def make(*cells: str, name: str = "01_test", **facts: object) -> Lesson:
        nodes = [
            new_markdown_cell(text, id=f"c{i}")
            if text.startswith("# ")
            else new_code_cell(text, id=f"c{i}")
            for i, text in enumerate(cells)
        ]
        notebook = new_notebook(cells=nodes, metadata={**KERNEL, "downhill": facts})
        path = course.lessons_dir / f"{name}.ipynb"
        nbformat.write(notebook, path)
        return Lesson(path)

    return make


@pytest.fixture
def run(course: Course) -> Callable[..., Run]:
    """Bring one lesson up to date and give what became of it."""

    def bring(lesson: Lesson, profile: str = "offline") -> Run:
        progress = Progress(Console(file=io.StringIO()))
        return run_lessons(course, [lesson], profile, progress)[0]

    return bring


@pytest.fixture(scope="session")
def accepted_once(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Two lessons, each with a module of its own, run and accepted once for all tests."""
    with pytest.MonkeyPatch.context() as patch:
        for name in VARIABLES:
            patch.delenv(name, raising=False)
        return accepted_course(tmp_path_factory.mktemp("accepted") / "course", "one", "two")


@pytest.fixture
def accepted(course: Course, accepted_once: Course) -> Course:
    """A copy of these lessons with their cache, in a git repository, on a branch of main."""
    shutil.rmtree(course.root)
    shutil.copytree(accepted_once.root, course.root)
    git(course, "switch", "--create", "mend")
    return course
