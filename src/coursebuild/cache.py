"""Results of runs, kept under a key made from what each run really read.

A key cannot be known before the first run, since what a lesson reads shows only while it runs.
So a *base key* (code cells, profile, device class, Python, lock file) leads to a few *entries*,
each a list of dependencies with their hashes and the digest of the outputs. A lookup takes the
entry whose dependencies all hash as they did. Nothing in it names a path of this machine, so
a cache can be carried to another checkout, and be shared by many machines (shared.py).
"""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from .course import Course
from .dependencies import Hasher
from .entry import Entry, digest, read_entry
from .files import write_atomic
from .lesson import Lesson, code_cells, code_digest
from .shared import Shared

REMEMBERED = 20  # results of a lesson, to show what was before a change
FORMAT = 2  # raise it when what is stored, or how a lesson is run, changes its meaning


@dataclass(frozen=True)
class Result:
    """What a run left: outputs per code cell, and where they come from."""

    outputs: list[list[dict[str, Any]]]
    sources: list[str]
    provenance: dict[str, Any]

    def dumps(self) -> bytes:
        return json.dumps(vars(self), sort_keys=True).encode()


def read_result(data: bytes | None) -> Result | None:
    """What `Result.dumps` wrote; None for anything else."""
    try:
        result = Result(**json.loads(data or b""))
        whole = (
            all(isinstance(o, dict) for outputs in result.outputs for o in outputs)
            and len(result.outputs) == len(result.sources)
            and isinstance(result.provenance, dict)
        )
    except (ValueError, TypeError):
        return None
    return result if whole else None


class Cache:
    """The cache of one course, for one profile on one class of device."""

    def __init__(self, course: Course, profile: str, device_class: str) -> None:
        self.course, self.profile, self.device_class = course, profile, device_class
        self.hash = Hasher(course)

    def base_key(self, notebook: NotebookNode) -> str:
        """Everything that is known before the run."""
        parts = {
            "format": FORMAT,
            "code": code_digest(notebook),
            "profile": self.profile,
            "device": self.device_class,
            "python": platform.python_version(),
            "lock": self._lock,
        }
        return digest(json.dumps(parts, sort_keys=True).encode())

    @cached_property
    def _lock(self) -> str | None:
        lock = self.course.root / "requirements.txt"
        return digest(lock.read_bytes()) if lock.exists() else None

    def knows(self, notebook: NotebookNode) -> bool:
        """Whether this code was ever run. Quicker than `find`, which looks at what it read."""
        return any(self._entries(notebook))

    def find(self, notebook: NotebookNode) -> Result | None:
        """The result of an earlier run that would come out the same today, or None."""
        return next((result for _, result in self._current(notebook)), None)

    def reads(self, notebook: NotebookNode) -> set[str] | None:
        """Names of what the run behind `find` depended on; None where there is none."""
        return next((set(entry.reads) for entry, _ in self._current(notebook)), None)

    def _current(self, notebook: NotebookNode) -> Iterator[tuple[Entry, Result]]:
        """Entries of which nothing has changed since, with their results."""
        for path in sorted(self._entries(notebook)):
            try:
                entry = read_entry(path.name, path.read_bytes())
            except OSError:
                continue
            if entry and self._holds(entry) and (result := self._object(entry.result)):
                yield entry, result

    def _entries(self, notebook: NotebookNode) -> Iterator[Path]:
        return (self.course.cache / "runs" / self.base_key(notebook)).glob("*.json")

    def _holds(self, entry: Entry) -> bool:
        """Whether all that the run read is as it was."""
        try:
            return all(self.hash(name) == was for name, was in entry.reads.items())
        except (ValueError, KeyError):  # names of no kind that we know
            return False

    def fetch(
        self, notebooks: Mapping[Lesson, NotebookNode], shared: Shared
    ) -> Iterator[tuple[Lesson, Result]]:
        """What `find` would give had this machine run the lessons that others ran.

        Results are copied into this cache, so that the next build asks nobody.
        """
        lessons: dict[str, list[Lesson]] = {}
        for lesson, notebook in notebooks.items():
            lessons.setdefault(self.base_key(notebook), []).append(lesson)
        for key, store, entry in shared.entries(lessons):
            waiting = lessons.get(key)
            if waiting and self._holds(entry) and (data := shared.result(store, entry)):
                # The key stands for the code, but whoever wrote the entry chose the result.
                sources = [cell.source for cell in code_cells(notebooks[waiting[0]])]
                result = read_result(data)
                if result and result.sources == sources:
                    for lesson in lessons.pop(key):
                        self._keep(lesson, key, entry, data)
                        yield lesson, result

    def changed_since(self, reads: set[str], began: float) -> bool:
        """Whether a file was edited while it may have been read: such a run proves nothing later.

        began: seconds since the epoch, before the run started.
        """
        for name in reads:
            kind, _, rest = name.partition(":")
            if kind in ("code", "file", "path"):
                path = self.course.root / rest  # an absolute `rest` stays as it is
                if path.exists() and path.stat().st_mtime >= began:
                    return True
        return False

    def store(
        self,
        lesson: Lesson,
        key: str,
        reads: set[str],
        result: Result,
        shared: Shared | None = None,
    ) -> None:
        """Keep a result under the base key that it was run for; shared: there too."""
        data = result.dumps()
        entry = Entry({name: self.hash(name) for name in sorted(reads)}, digest(data))
        self._keep(lesson, key, entry, data)
        if shared:
            shared.keep(key, entry, data)

    def _keep(self, lesson: Lesson, key: str, entry: Entry, data: bytes) -> None:
        """The object is written first: an entry never points into the void."""
        write_atomic(self.course.cache / "objects" / f"{entry.result}.json", data)
        write_atomic(self.course.cache / "runs" / key / entry.name, entry.dumps())
        kept = [entry.result, *(name for name in self._digests(lesson) if name != entry.result)]
        write_atomic(self.latest_of(lesson), "\n".join(kept[:REMEMBERED]))

    def latest(self, lesson: Lesson) -> Result | None:
        """The newest result of a lesson, whatever has changed since."""
        return next(self.results(lesson), None)

    def results(self, lesson: Lesson) -> Iterator[Result]:
        """The last results of a lesson, whatever has changed since, the newest first."""
        for name in self._digests(lesson):
            if result := self._object(name):
                yield result

    def _digests(self, lesson: Lesson) -> list[str]:
        try:
            return self.latest_of(lesson).read_text(encoding="utf-8").split()
        except OSError:
            return []

    def latest_of(self, lesson: Lesson) -> Path:
        """The file that names the newest results of a lesson."""
        return self.course.cache / "latest" / f"{lesson.name}.{self.profile}"

    def _object(self, name: str) -> Result | None:
        try:
            data = (self.course.cache / "objects" / f"{name}.json").read_bytes()
        except OSError:
            return None
        # One that was cut short or damaged is never a result.
        return read_result(data) if digest(data) == name else None


def put_outputs(notebook: NotebookNode, result: Result) -> NotebookNode:
    """The executed notebook: today's prose and tags, the run's outputs. Changes `notebook`."""
    for number, (cell, outputs) in enumerate(
        zip(code_cells(notebook), result.outputs, strict=True)
    ):
        cell.outputs = _nodes(outputs)
        cell.execution_count = number + 1
        if raised := [w for w in result.provenance.get("warnings", ()) if w["cell"] == cell.id]:
            cell.metadata.setdefault("downhill", NotebookNode())["warnings"] = _nodes(raised)
    notebook.metadata.setdefault("downhill", NotebookNode())["provenance"] = _nodes(
        result.provenance
    )
    return notebook


def executed_text(notebook: NotebookNode) -> str:
    """The file of an executed notebook, on one line: written often, and read by programs only."""
    return json.dumps(notebook, ensure_ascii=False, sort_keys=True) + "\n"


def assemble(course: Course, lesson: Lesson, profile: str) -> tuple[NotebookNode, bool]:
    """For the live preview: the lesson as it stands, with the newest outputs that still apply.

    A code cell changed since the last run has none. The second value says whether all apply.
    """
    notebook = lesson.read()
    result = Cache(course, profile, "").latest(lesson)
    if result is None:
        return notebook, False
    if result.provenance.get("code") == code_digest(notebook):
        return put_outputs(notebook, result), True
    waiting: dict[str, list[list[dict[str, Any]]]] = {}
    for source, outputs in zip(result.sources, result.outputs, strict=True):
        waiting.setdefault(source, []).append(outputs)
    for cell in code_cells(notebook):
        queue = waiting.get(cell.source)
        cell.outputs = _nodes(queue.pop(0)) if queue else []
    notebook.metadata.setdefault("downhill", NotebookNode())["provenance"] = _nodes(
        result.provenance
    )
    return notebook, False


def assembled_from(course: Course, lesson: Lesson, profile: str) -> list[tuple[int, int] | None]:
    """The state of the files that `assemble` reads: where it is the same, so is what it gives."""
    found: list[tuple[int, int] | None] = []
    for path in (lesson.path, Cache(course, profile, "").latest_of(lesson)):
        try:
            stat = path.stat()
            found.append((stat.st_mtime_ns, stat.st_size))
        except OSError:
            found.append(None)
    return found


def _nodes(value: Any) -> Any:
    """Plain JSON as nbformat's dictionaries with attributes."""
    if isinstance(value, dict):
        return NotebookNode({key: _nodes(item) for key, item in value.items()})
    if isinstance(value, list):
        return [_nodes(item) for item in value]
    return value
