"""Git for the small course."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

import pytest

from coursebuild.course import Course


@pytest.fixture
def git(course: Course, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Call git in the course's folder, as somebody with a name."""
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Ada")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "ada@example.org")

    def call(*words: str) -> str:
        command = ["git", "-c", "commit.gpgsign=false", *words]
        done = subprocess.run(command, cwd=course.root, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    return call


@pytest.fixture(autouse=True)
def _alone(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever repository the temporary folder may lie in is not the course's."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(course.root.parent))
