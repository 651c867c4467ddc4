"""`course merge`: what the shards left becomes the executed lessons of one build."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console

from .build import RunError, conclude, make_site
from .cache import Result, put_outputs
from .course import Course
from .dependencies import Hasher
from .errors import CourseError
from .handover import Handover, Record, find
from .lesson import Lesson, code_cells, code_digest, parse_notebook
from .lock import build_lock
from .proof import LOCK
from .run import Run, write_executed


def merge(course: Course, folders: Iterable[Path], profile: str | None, console: Console) -> None:
    """Write build/executed from hand-overs, and the site and the report from it.

    Hand-overs of other profiles give their times, and rows on the status page. Each hand-over is
    looked at before anything is written. Raises CourseError for one that this checkout would not
    have made, for lessons that failed and for lessons that no shard ran; the site stays as it was.
    """
    began = time.perf_counter()
    handovers = find(folders)
    wanted = _profile(handovers, profile)
    profiles = sorted({handover.profile for handover in handovers}, key=lambda p: (p == wanted, p))
    groups = {name: [h for h in handovers if h.profile == name] for name in profiles}
    hashes = Hasher(course)
    runs = {name: _runs(course, group, hashes) for name, group in groups.items()}
    with build_lock(course, console):
        told = []
        for name, merged in runs.items():
            for run in merged:
                if run.notebook is not None:
                    write_executed(course, name, run.lesson, run.notebook)
            try:
                conclude(course, name, began, merged)
            except RunError as error:
                told.append(str(error))
        told += _absent(course, groups[wanted])
        if told:
            raise CourseError(os.linesep.join(told))
        make_site(course, wanted)
    count = sum(len(merged) for merged in runs.values())
    console.print(
        f"{count} executed lessons of {len(handovers)} hand-overs merged", highlight=False
    )


def _profile(handovers: list[Handover], asked: str | None) -> str:
    """The profile of the site."""
    known = sorted({handover.profile for handover in handovers})
    if asked in known or (asked is None and len(known) == 1):
        return asked or known[0]
    what = f"no hand-over is of the profile {asked}" if asked else "hand-overs of several profiles"
    raise CourseError(what, "course merge", f"say which the site is of: --profile {known[0]}")


def _absent(course: Course, handovers: list[Handover]) -> list[str]:
    """What to say of the lessons that no shard ran; nothing where there are none."""
    there = {name for handover in handovers for name in handover.lessons}
    absent = [lesson.name for lesson in course.lessons() if lesson.name not in there]
    if not absent:
        return []
    plans = {(h.shard.partition("/")[2], h.plan) for h in handovers if h.shard}
    have = ", ".join(handover.shard or "lessons by name" for handover in handovers)
    number = absent[0].partition("_")[0]
    do = f"here are: {have}; run the rest too, or: course run {number} --handover DIR"
    if len(plans) > len({count for count, _ in plans}):
        do = "the shards were cut in different ways: give all of them one commit and one --times"
    return [str(CourseError(f"no shard ran {', '.join(absent)}", "course merge", do))]


def _runs(course: Course, handovers: list[Handover], hashes: Hasher) -> list[Run]:
    """One run per lesson that was handed over, in the lessons' order."""
    known = {lesson.name: lesson for lesson in course.lessons()}
    found: dict[Lesson, list[Run]] = {}
    for handover in handovers:
        for name, record in handover.lessons.items():
            if name not in known:
                raise CourseError(
                    f"the course has no lesson {name}",
                    str(handover.folder),
                    "merge in the checkout of the commit that the shards ran",
                )
            run = _run(known[name], record, handover, hashes)
            found.setdefault(run.lesson, []).append(run)
    return [_one(found[lesson]) for lesson in known.values() if lesson in found]


def _one(runs: list[Run]) -> Run:
    """Of a lesson that was run twice: a failure if there is one, else the later run.

    Which it is must not depend on the order in which they are named.
    """
    return max(runs, key=lambda run: (run.failure is not None, _date(run), str(run.notebook)))


def _date(run: Run) -> str:
    return "" if run.notebook is None else str(run.notebook.metadata.downhill.provenance.date)


def _run(lesson: Lesson, record: Record, handover: Handover, hashes: Hasher) -> Run:
    """Today's lesson with the outputs that were handed over."""
    if record.failure:
        return Run(lesson, record.state, record.seconds, record.cells, failure=record.failure)
    came = parse_notebook(handover.notebook(lesson.name), str(handover.folder))
    provenance = came.metadata.get("downhill", {}).get("provenance", {})
    if provenance.get("profile") != handover.profile:
        what = f"{lesson.name} was not run in the profile {handover.profile}"
        raise CourseError(what, str(handover.folder), "run that shard again")
    today = lesson.read()
    others = [name for name, was in (record.reads or {}).items() if hashes(name) != was]
    if code_digest(came) != code_digest(today):
        others.insert(0, f"code:lessons/{lesson.path.name}")
    if others:
        words = "another lock" if LOCK in others else others[0].partition(":")[2]
        raise CourseError(
            f"{lesson.name} was run with other code than this checkout has ({words})",
            str(handover.folder),
            "merge in the checkout of the commit that the shards ran, or run that shard again",
        )
    result = Result(
        outputs=[list(cell.outputs) for cell in code_cells(came)],
        sources=[cell.source for cell in code_cells(came)],
        provenance=dict(provenance),
    )
    return Run(lesson, record.state, record.seconds, record.cells, put_outputs(today, result))
