"""A small course in a git repository of its own."""

from __future__ import annotations

import subprocess

from coursebuild.course import Course

WHO = ["-c", "user.name=A contributor", "-c", "user.email=contributor@example.org"]


def git(course: Course, *words: str) -> None:
    subprocess.run(
        ["git", *WHO, *words], cwd=course.root, check=True, capture_output=True, text=True
    )


def commit(course: Course, message: str = "change") -> None:
    """Everything that is there becomes a commit."""
    if not (course.root / ".git").exists():
        (course.root / ".gitignore").write_text("build/\n__pycache__/\n")
        git(course, "init", "--initial-branch=main")
    git(course, "add", "--all")
    git(course, "commit", "--message", message)
