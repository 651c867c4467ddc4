"""`course run --shard I/N --needs gpu`: a share of the lessons, and what it hands over."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from .build import RunError, run
from .course import Course
from .errors import CourseError
from .handover import forget, leave
from .lesson import Lesson, needs_gpu
from .means import Means
from .shard import Shard, cut, expected, plan


@dataclass(frozen=True)
class Share:
    """Which of the lessons: those that need a GPU or not, and of these one shard."""

    shard: Shard | None = None
    needs: str = ""  # "gpu", "cpu" or "" for both
    times: Path | None = None

    @classmethod
    def parse(cls, shard: str | None, needs: str | None, times: Path | None) -> Share:
        """From a person's words. Raises CourseError."""
        if times and not shard:
            raise CourseError("there is no shard to cut", "--times", "say which: --shard 2/5")
        return cls(Shard.parse(shard) if shard else None, needs or "", times)

    def of(self, course: Course, lessons: list[Lesson], profile: str) -> tuple[list[Lesson], str]:
        """The lessons of this share, and what it has in common with the other shards."""
        notebooks = {lesson: lesson.read() for lesson in lessons}
        if self.needs:
            gpu = self.needs == "gpu"
            notebooks = {x: book for x, book in notebooks.items() if needs_gpu(book) == gpu}
        if self.shard is None:
            return list(notebooks), ""
        parts = cut(expected(course, notebooks, profile, self.times), self.shard.count)
        return parts[self.shard.number - 1], plan(parts)

    def __str__(self) -> str:
        words = [f"shard {self.shard}"] if self.shard else []
        words += [f"--needs {self.needs}"] if self.needs else []
        return ", ".join(words) or "these lessons"


def run_share(
    course: Course,
    lessons: list[Lesson],
    profile: str,
    share: Share,
    folder: Path,
    console: Console,
    means: Means,
) -> None:
    """Execute a share of `lessons` and leave it in `folder`, its failures too."""
    chosen, common = share.of(course, lessons, profile)
    forget(folder)
    names = ", ".join(lesson.name for lesson in chosen) or "no lesson falls to it"
    console.print(f"{share}: {names}", highlight=False)
    # Two cuts of the same number, of different lessons, are no two halves of one.
    shard = f"{share.shard} {share.needs}".strip() if share.shard else ""
    try:
        runs = run(course, chosen, profile, console, means)
    except RunError as error:  # who merges tells it again, with those of the other shards
        leave(course, profile, error.runs, folder, shard, common)
        raise
    leave(course, profile, runs, folder, shard, common)
