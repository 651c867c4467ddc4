"""What a shard leaves: its executed notebooks, and a list that says what they are and rest on.

The folder is a CI artefact like any other: no address, no path of the machine that made it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from . import library
from .build import replace_folder
from .cache import Cache
from .course import Course
from .errors import CourseError
from .files import write_atomic
from .job import Failure
from .lesson import Lesson
from .proof import LOCK, portable
from .run import Run

FILE = "handover.json"
NOTEBOOKS = "lessons"
KINDS = ("code:", "file:", "list:")  # of what a run read, as far as every clone has it
FORMAT = 1  # raise it when the file's meaning changes


@dataclass(frozen=True)
class Record:
    """What became of one lesson."""

    state: str  # as in Run
    seconds: float
    cells: int
    digest: str = ""  # sha256 of the executed notebook's file; "" where the lesson failed
    reads: dict[str, str] | None = None  # what its run depended on that every clone has → its hash
    failure: Failure | None = None


@dataclass(frozen=True)
class Handover:
    """The lessons of one shard. plan: what shards of the same cut have in common."""

    folder: Path
    profile: str
    shard: str
    plan: str
    lessons: dict[str, Record]

    def notebook(self, name: str) -> str:
        """The text of an executed notebook. Raises CourseError where it is not what was left."""
        path = self.folder / NOTEBOOKS / f"{name}.ipynb"
        try:
            data = path.read_bytes()
        except OSError:
            data = b""
        if hashlib.sha256(data).hexdigest() != self.lessons[name].digest:
            raise CourseError(
                f"the executed notebook of {name} is not the one that its shard left",
                str(path),
                "fetch the hand-over again, or run that shard again",
            )
        return data.decode()


def forget(folder: Path) -> None:
    """Take away what an earlier run left: nobody shall merge it for the one that begins.

    Raises CourseError for a folder that holds something else.
    """
    if folder.exists() and not (folder / FILE).is_file() and any(folder.iterdir()):
        raise CourseError(
            "the folder holds something that is no hand-over", str(folder), "name an empty one"
        )
    shutil.rmtree(folder, ignore_errors=True)


def leave(
    course: Course, profile: str, runs: Iterable[Run], folder: Path, shard: str = "", plan: str = ""
) -> None:
    """Write the hand-over of `runs` into `folder`: the whole of it or nothing."""
    cache = Cache(course, profile, library.profile(course, profile)["device"])
    fresh = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    records: dict[str, Record] = {}
    for run in runs:
        name = run.lesson.name
        if run.failure:
            records[name] = Record(run.state, run.seconds, run.cells, failure=run.failure)
            continue
        data = (course.executed(profile) / run.lesson.path.name).read_bytes()
        write_atomic(fresh / NOTEBOOKS / run.lesson.path.name, data)
        digest = hashlib.sha256(data).hexdigest()
        reads = _reads(course, cache, run.lesson)
        records[name] = Record(run.state, run.seconds, run.cells, digest, reads)
    facts = {"format": FORMAT, "profile": profile, "shard": shard, "plan": plan}
    lessons = {name: asdict(record) for name, record in sorted(records.items())}
    text = json.dumps(facts | {"lessons": lessons}, indent=1, ensure_ascii=False)
    write_atomic(fresh / FILE, text + "\n")
    replace_folder(fresh, folder)


def _reads(course: Course, cache: Cache, lesson: Lesson) -> dict[str, str]:
    """Data sets are left out, unless the course draws them: who merges has none to compare."""
    reads = cache.reads(lesson.read())
    if reads is None:
        raise CourseError(
            "what the lesson reads was edited while it ran", f"lesson {lesson.name}", "run it again"
        )
    here = {name for name in reads if not name.startswith(("data:", "path:"))}
    return {name: cache.hash(name) for name in sorted(portable(course, reads) or {*here, LOCK})}


def find(folders: Iterable[Path]) -> list[Handover]:
    """The hand-overs in `folders` and below them, in an order that does not depend on theirs.

    Raises CourseError for a folder without any, and for one that cannot be read.
    """
    found: dict[Path, Handover] = {}
    for folder in folders:
        files = sorted(folder.rglob(FILE))
        if not files:
            do = "name a folder that course run --handover wrote, or one that holds such folders"
            raise CourseError("there is no hand-over", str(folder), do)
        found |= {file.parent.resolve(): _read(file.parent) for file in files}
    return sorted(found.values(), key=lambda h: (h.profile, h.shard, sorted(h.lessons)))


def _read(folder: Path) -> Handover:
    try:
        facts = json.loads((folder / FILE).read_text(encoding="utf-8"))
        if facts["format"] != FORMAT:
            raise ValueError
        profile, shard, plan = (str(facts[key]) for key in ("profile", "shard", "plan"))
        lessons = {name: _record(record) for name, record in facts["lessons"].items()}
        return Handover(folder, profile, shard, plan, lessons)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise CourseError(
            "the hand-over cannot be read",
            str(folder / FILE),
            "run that shard again, with this version of the course",
        ) from None


def _record(facts: dict[str, Any]) -> Record:
    """Raises ValueError or TypeError for what is none."""
    if not all(name.startswith(KINDS) for name in facts["reads"] or ()):
        raise ValueError
    return Record(**facts | {"failure": Failure(**facts["failure"]) if facts["failure"] else None})
