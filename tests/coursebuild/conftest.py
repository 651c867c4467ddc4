"""A small course in a temporary folder, with real kernels and the real library."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from rich.console import Console

from coursebuild.course import Course
from coursebuild.lesson import Lesson
from coursebuild.progress import Progress
from coursebuild.run import Run, run_lessons

KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}

MakeLesson = Callable[..., Lesson]


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A course without lessons: mkdocs.yml, lessons/, src/, a lock file."""
    for name in ("DOWNHILL_PROFILE", "DOWNHILL_HOME", "COURSE_CACHE", "FASTAI_HOME", "TORCH_HOME"):
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
