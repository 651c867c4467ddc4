"""A course on disk: where its lessons, its pages and everything made from them are."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from .errors import CourseError
from .lesson import Lesson, by_number

LESSON_NAME = re.compile(r"^\d{2,3}_\w+\.ipynb$")


@dataclass(frozen=True)
class Course:
    """The folders of one checkout. Everything generated is under `build`."""

    root: Path

    @property
    def lessons_dir(self) -> Path:
        return self.root / "lessons"

    @property
    def docs_dir(self) -> Path:
        return self.root / "docs"

    @property
    def source_dir(self) -> Path:
        return self.root / "src"

    @property
    def build(self) -> Path:
        return self.root / "build"

    @property
    def site(self) -> Path:
        return self.build / "site"

    @property
    def report(self) -> Path:
        return self.build / "report.json"

    @property
    def cache(self) -> Path:
        """Results of runs; may be carried from one checkout to another."""
        return Path(os.environ.get("COURSE_CACHE", self.build / "cache"))

    def executed(self, profile: str) -> Path:
        """The folder of executed notebooks: the one artefact that all else is made from."""
        return self.build / "executed" / profile

    @property
    def data_home(self) -> Path:
        """Where data sets that the course draws itself are kept."""
        return Path(os.environ.get("DOWNHILL_HOME", self.build / "data"))

    @cached_property
    def data_roots(self) -> dict[str, Path]:
        """Folders of data sets. The first folder under a root is one data set.

        The keys stand in cache keys, so that a result does not depend on where a home folder is.
        """
        fastai = Path(os.environ.get("FASTAI_HOME", "~/.fastai")).expanduser()
        torch = Path(os.environ.get("TORCH_HOME", "~/.cache/torch")).expanduser()
        return {
            "course": (self.data_home / "offline").absolute(),
            "fastai": (fastai / "data").absolute(),
            "torch": (torch / "hub" / "checkpoints").absolute(),
        }

    def lessons(self) -> list[Lesson]:
        """All lessons, in the order of their numbers."""
        paths = [p for p in self.lessons_dir.glob("*.ipynb") if LESSON_NAME.match(p.name)]
        if not paths:
            raise CourseError(
                "there is no lesson", str(self.lessons_dir), "name one NN_topic.ipynb, like 01_sgd"
            )
        return sorted(map(Lesson, paths), key=by_number)

    def select(self, wanted: Iterable[str] = ()) -> list[Lesson]:
        """Lessons by name, number or file; all of them where none is named."""
        lessons = self.lessons()
        chosen: list[Lesson] = []
        for want in wanted:
            key = Path(want).stem
            found = [x for x in lessons if key in (x.name, x.number, str(int(x.number)))]
            if not found:
                known = ", ".join(x.name for x in lessons)
                raise CourseError(
                    f"no lesson is called “{want}”", "lessons/", f"choose of: {known}"
                )
            chosen += found
        return sorted(set(chosen), key=by_number) or lessons


def find_course(start: Path | None = None) -> Course:
    """The course that `start` (or the working folder) lies in."""
    start = (start or Path.cwd()).absolute()
    for folder in (start, *start.parents):
        if (folder / "mkdocs.yml").is_file() and (folder / "lessons").is_dir():
            return Course(folder)
    raise CourseError(
        "this folder is not in a course",
        str(start),
        "go to the folder that holds mkdocs.yml and lessons/",
    )
