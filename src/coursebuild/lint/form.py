"""How a lesson is stored: canonical, without pictures, counts and timings."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from ..canonical import PASSING_CELL_METADATA, PASSING_METADATA, canonical, dumps
from ..lesson import tags
from .fault import Found, Subject

PICTURES = ("image/", "video/", "audio/", "application/pdf")
CONFLICT = re.compile(r"^(<{7}|>{7})( |$)", re.MULTILINE)
FIX = "course lint --fix takes it out"
TAGS = {
    "setup",
    "exercise",
    "solution",
    "check",
    "hide-input",
    "hide-output",
    "remove-cell",
    "raises-exception",
}


def pictures(subject: Subject) -> Iterator[Found]:
    """Outputs are stored as text: the site's pictures are made in the build."""
    for cell in subject.code:
        kinds = {kind for output in cell.get("outputs", []) for kind in output.get("data", {})}
        for kind in sorted(kinds):
            if kind.startswith(PICTURES):
                yield Found(cell.id, 0, f"a picture is stored ({kind})", FIX)


def execution(subject: Subject) -> Iterator[Found]:
    """Nothing that a mere run changes: counts, times, folded cells, another editor's notes."""
    for key in PASSING_METADATA:
        if key in subject.notebook.metadata:
            yield Found("", 0, f"metadata of an editor or a run is stored (“{key}”)", FIX)
    for cell in subject.notebook.cells:
        for key in PASSING_CELL_METADATA:
            if key in cell.metadata:
                yield Found(cell.id, 0, f"metadata of an editor or a run is stored (“{key}”)", FIX)
    for cell in subject.code:
        if cell.get("execution_count") is not None:
            yield Found(cell.id, 0, f"it is numbered as run ({cell.execution_count})", FIX)


def form(subject: Subject) -> Iterator[Found]:
    """The file is what `course accept` would have written for the same contents."""
    wanted = dumps(canonical(subject.notebook))
    if wanted == subject.stored:
        return
    faulty = {found.cell for rule in (pictures, execution) for found in rule(subject)}
    known = bool(faulty)
    for is_, should_be in zip(subject.raw(), json.loads(wanted)["cells"], strict=True):
        name = str(is_["id"])
        if name not in faulty and _plain(is_) != _plain(should_be):
            known = True
            yield Found(name, 0, "it is not in the stored form", "course lint --fix rewrites it")
    if not known:
        yield Found("", 0, "the file is laid out otherwise", "course lint --fix rewrites it")


def _plain(value: Any) -> Any:
    """JSON in which a text is one text, be it stored as lines or not."""
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return "".join(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items() if item != []}
    return value


def conflicts(subject: Subject) -> Iterator[Found]:
    """A merge left no marks behind."""
    for cell in subject.notebook.cells:
        if found := CONFLICT.search(cell.source):
            line = cell.source.count("\n", 0, found.start()) + 1
            yield Found(cell.id, line, "a merge conflict", "choose one of the sides, or join them")


def known_tags(subject: Subject) -> Iterator[Found]:
    """A tag that nothing knows does nothing: a solution would not be folded away."""
    for cell in subject.notebook.cells:
        for tag in tags(cell):
            if tag not in TAGS and not tag.startswith("nbval-"):
                yield Found(cell.id, 0, f"no tag is called “{tag}”", "use: " + ", ".join(TAGS))
