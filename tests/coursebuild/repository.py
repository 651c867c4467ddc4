"""A small course whose lessons were accepted, and which is a git repository of its own."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from rich.console import Console

from coursebuild.accept import accept
from coursebuild.course import Course
from coursebuild.means import Means
from coursebuild.progress import Progress
from coursebuild.proof import Proofs
from coursebuild.run import run_lessons

QUIET = Console(file=io.StringIO())
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}

WHO = ["-c", "user.name=A contributor", "-c", "user.email=contributor@example.org"]


def git(course: Course, *words: str) -> str:
    """What git says."""
    return subprocess.run(
        ["git", *WHO, *words], cwd=course.root, check=True, capture_output=True, text=True
    ).stdout


def commit(course: Course, message: str = "change") -> None:
    """Everything that is there becomes a commit."""
    if not (course.root / ".git").exists():
        (course.root / ".gitignore").write_text("build/\n__pycache__/\n.ipynb_checkpoints/\n")
        git(course, "init", "--initial-branch=main")
    git(course, "add", "--all")
    git(course, "commit", "--message", message)


def accepted_course(root: Path, *topics: str) -> Course:
    """Lessons 01_TOPIC, 02_TOPIC, …, each with a module of its own, run and accepted; committed."""
    course = Course(root)
    for folder in (course.lessons_dir, course.source_dir, course.docs_dir):
        folder.mkdir(parents=True)
    (root / "requirements.txt").write_text("# the lock\n")
    (course.docs_dir / "index.md").write_text("# Home\n")
    nav = "site_name: Test\nnav:\n  - Home: index.md\n  - Lessons:\n"
    for number, topic in enumerate(topics, start=1):
        (course.source_dir / f"{topic}.py").write_text("VALUE = 1\n")
        cells = [
            new_markdown_cell(f"# {topic}", id="prose"),
            new_code_cell(f"import {topic}\nprint('value', {topic}.VALUE)", id="code"),
        ]
        name = f"0{number}_{topic}.ipynb"
        nbformat.write(new_notebook(cells=cells, metadata=KERNEL), course.lessons_dir / name)
        nav += f"      - {number} {topic}: lessons/{name}\n"
    (root / "mkdocs.yml").write_text(nav)
    lessons = course.lessons()
    run_lessons(course, lessons, "offline", Progress(QUIET), Means(jobs=1))
    accept(course, lessons, "offline", QUIET)
    Proofs(course).keep(lessons)
    commit(course)
    return course
