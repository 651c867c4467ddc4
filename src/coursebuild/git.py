"""What git knows of a course: the base of a branch, what it touches, a lesson as it was."""

from __future__ import annotations

import subprocess

from .course import Course
from .errors import CourseError

MAIN = ("origin/HEAD", "origin/main", "main")  # of these, the first that is there


def git(course: Course, *words: str) -> str | None:
    """What git prints; None where it fails, where there is no git, and outside a repository."""
    try:
        done = subprocess.run(
            ["git", *words], cwd=course.root, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        return None
    return done.stdout if done.returncode == 0 else None


def base_of(course: Course, ref: str | None = None) -> str:
    """The commit that the branch grew from: where it left `ref`, or the main branch.

    Raises CourseError where git does not know it.
    """
    if git(course, "rev-parse", "--git-dir") is None:
        raise CourseError(
            "this course is in no git repository", str(course.root), "name the lessons instead"
        )
    for name in (ref,) if ref else MAIN:
        if base := git(course, "merge-base", name, "HEAD"):
            return base.strip()
    raise CourseError(
        f"git does not know “{ref}”" if ref else "git knows no main branch here",
        "--base",
        "name a branch or a commit: course check --changed --base REF",
    )


def touched(course: Course, base: str) -> set[str]:
    """Files that differ from the commit `base`, committed or not, and new ones: paths from root."""
    listed = [
        git(course, "diff", "--name-only", "--no-renames", "--relative", "-z", base, "--", "."),
        git(course, "ls-files", "--others", "--exclude-standard", "-z"),
    ]
    return {name for names in listed for name in (names or "").split("\0") if name}


def shown(course: Course, path: str, commit: str = "HEAD") -> str | None:
    """A file of the course as it is in a commit; None where it is not there."""
    return git(course, "show", f"{commit}:./{path}")
