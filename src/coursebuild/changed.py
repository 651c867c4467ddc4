"""`course check --changed`: the lessons that a branch touches, by what their runs have read."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console

from .cache import Cache
from .concepts import concepts
from .course import Course
from .errors import CourseError
from .git import base_of, touched
from .lesson import Lesson
from .proof import Proofs, portable, reference_cache


def choose(
    course: Course, named: Iterable[str], branch: bool, ref: str | None, console: Console
) -> list[Lesson]:
    """The lessons that are named, or those that the branch touches: see `changed`."""
    if not branch:
        return course.select(named)
    if named:
        raise CourseError("lessons are named, and --changed too", "course check", "say one of them")
    base = base_of(course, ref)
    found = changed(course, base)
    names = ", ".join(lesson.name for lesson in found) or "no lesson"
    console.print(f"touched since {base[:9]}: {names}")
    return found


def changed(course: Course, base: str) -> list[Lesson]:
    """Lessons that are edited, that read a file which differs from `base`, or that build it.

    A lesson of which nobody knows what it reads counts as touched.
    """
    paths, proofs = touched(course, base), Proofs(course)
    cache = reference_cache(course)
    shows = {
        concept.number
        for concept in concepts(course.source_dir / "downhill")
        if concept.path.relative_to(course.root).as_posix() in paths
    }
    return [
        lesson
        for lesson in course.lessons()
        if f"lessons/{lesson.path.name}" in paths
        or lesson.number in shows
        or any(_is_touched(name, paths) for name in _reads(course, lesson, proofs, cache) or [""])
    ]


def _reads(course: Course, lesson: Lesson, proofs: Proofs, cache: Cache) -> set[str] | None:
    """Names of what the lesson's last run depended on; None where no run is known."""
    if proof := proofs.of(lesson):
        return set(proof.reads)
    seen = cache.reads(lesson.read())
    return None if seen is None else portable(course, seen)


def _is_touched(name: str, paths: set[str]) -> bool:
    kind, _, path = name.partition(":")
    if kind == "list":
        return any(other.rpartition("/")[0] == path for other in paths)
    return not name or path in paths
