"""What stands behind the stored outputs: the run that said the same, by the hash of all it read.

`lessons/proof.json` travels with the lessons, so a fresh clone knows, with an empty cache and
no data, that an edit of prose has nothing to prove. It is written where a run agreed with the
stored outputs (`course check`) or became them (`course accept`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from nbformat import NotebookNode
from rich.console import Console

from . import library
from .cache import Cache, Result
from .canonical import canonical_outputs
from .course import Course
from .dependencies import Hasher
from .files import write_atomic
from .lesson import Lesson, code_cells, code_digest
from .tolerance import Tolerance

FILE = "proof.json"
LOCK = "file:requirements.txt"
DIGITS = 16  # of a sha256, in hexadecimal: enough against accidents


@dataclass(frozen=True)
class Proof:
    """A run that said what is stored."""

    code: str  # of the cells that ran
    outputs: str  # that were stored
    reads: dict[str, str]  # what the run depended on → its hash
    seconds: float = 0.0  # that it took, roughly: what shards are cut by; 0 where nobody knows


class Proofs:
    """The file of proofs of one course. One that cannot be read proves nothing."""

    def __init__(self, course: Course) -> None:
        self.course, self.path = course, course.lessons_dir / FILE
        self.hash = Hasher(course)
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
            self.known = {name: Proof(**fields) for name, fields in found.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            self.known = {}

    def of(self, lesson: Lesson) -> Proof | None:
        return self.known.get(lesson.name)

    def holds(self, lesson: Lesson, notebook: NotebookNode) -> bool:
        """Whether the lesson's code, its outputs and all that the run read are as they were."""
        proof = self.of(lesson)
        return (
            proof is not None
            and proof.code == short(code_digest(notebook))
            and proof.outputs == outputs_digest(notebook)
            and not self.edited(lesson)
        )

    def edited(self, lesson: Lesson) -> list[str]:
        """Files that the run read and that have changed since, by their names in the course."""
        proof = self.of(lesson)
        if proof is None:
            return []
        return [
            name.partition(":")[2]
            for name, was in proof.reads.items()
            if short(self.hash(name)) != was
        ]

    def keep(self, lessons: Iterable[Lesson]) -> None:
        """Write down that today's runs of `lessons` say what is stored."""
        cache = reference_cache(self.course)
        known = dict(self.known)
        for lesson in lessons:
            notebook = lesson.read()
            reads, result = cache.reads(notebook), cache.find(notebook)
            names = None if reads is None else portable(self.course, reads)
            if names is None:
                known.pop(lesson.name, None)
            else:
                code = short(code_digest(notebook))
                known[lesson.name] = Proof(
                    code=code,
                    outputs=outputs_digest(notebook),
                    reads={name: short(self.hash(name)) for name in sorted(names)},
                    seconds=self._seconds(lesson, code, result),
                )
        there = {lesson.name for lesson in self.course.lessons()}
        self.known = {name: known[name] for name in sorted(known) if name in there}
        text = json.dumps({name: asdict(p) for name, p in self.known.items()}, indent=1) + "\n"
        if not self.path.exists() or self.path.read_text(encoding="utf-8") != text:
            write_atomic(self.path, text)

    def _seconds(self, lesson: Lesson, code: str, result: Result | None) -> float:
        """Of the first run of this code: a check on another machine leaves the file alone."""
        was = self.of(lesson)
        if was and was.seconds and was.code == code:
            return was.seconds
        return round(float(result.provenance.get("seconds", 0)), 1) if result else 0.0


def reference_cache(course: Course) -> Cache:
    """The cache of the runs that are compared with what is stored."""
    return Cache(course, "offline", "cpu")


def unproven(course: Course, lessons: list[Lesson], console: Console) -> list[Lesson]:
    """Lessons to look at: those that need a run, and those that have one at hand to compare.

    The others are named with the reason: nothing that their run read has changed.
    """
    cache, proofs = reference_cache(course), Proofs(course)
    rest = []
    for lesson in lessons:
        notebook = lesson.read()
        if cache.find(notebook) is None and proofs.holds(lesson, notebook):
            console.print(f"{lesson.name}: code, outputs and all that its run read are unchanged")
        else:
            rest.append(lesson)
    return rest


def portable(course: Course, reads: set[str]) -> set[str] | None:
    """The dependencies of a run, where all of them are in every clone; else None.

    A data set that is drawn counts as the files that draw it.
    """
    names = {LOCK}
    for name in reads:
        kind, _, rest = name.partition(":")
        if kind == "data":
            root, _, folder = rest.partition("/")
            files = library.drawn_by(course).get(folder) if root == "course" else None
            if files is None:
                return None
            names |= {f"code:{file}" for file in files}
        elif kind == "path":
            return None
        else:
            names.add(name)
    return names


def outputs_digest(notebook: NotebookNode) -> str:
    """Of the outputs in their stored form, cell by cell."""
    outputs = [canonical_outputs(c.outputs, Tolerance.of(c)) for c in code_cells(notebook)]
    text = json.dumps(outputs, sort_keys=True)
    return short(hashlib.sha256(text.encode()).hexdigest())


def short(digest: str) -> str:
    """As much of a sha256 as is written down."""
    return digest[:DIGITS]
