"""build/history.json: the last runs of each lesson, to tell a trend. Small, and never needed."""

from __future__ import annotations

import datetime
import json
from statistics import median
from typing import TYPE_CHECKING, Any

from .course import Course
from .files import write_atomic

if TYPE_CHECKING:  # the renderer reads only: it need not load what runs lessons
    from .run import Run

KEPT = 12  # runs of a lesson in a profile
DOUBLE = 2.0
SHORTEST = 1.0  # second: what takes less doubles by chance

History = dict[str, dict[str, dict[str, Any]]]  # profile → lesson → {"runs": […], "last": {…}}


def load(course: Course) -> History:
    """What is known; {} where nothing is, or the file is damaged."""
    try:
        found = json.loads((course.build / "history.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def record(course: Course, profile: str, runs: list[Run]) -> None:
    """Note what became of each lesson in this build; a run that went well also how long it took."""
    history = load(course)
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    for run in runs:
        row = history.setdefault(profile, {}).setdefault(run.lesson.name, {"runs": []})
        facts = run.notebook.metadata.downhill.provenance if run.notebook else {}
        if run.state == "ran":
            entry = {key: facts.get(key) for key in ("date", "seconds", "commit", "device")}
            known = [old for old in row["runs"] if old != entry]  # merged twice is run once
            row["runs"] = [*known, entry][-KEPT:]
        row["last"] = {"state": run.state, "date": now}
    write_atomic(course.build / "history.json", json.dumps(history, indent=1) + "\n")


def of(history: History, profile: str, lesson: str) -> dict[str, Any]:
    """What is known of one lesson: {"runs": […], "last": {…}}, both possibly empty."""
    known = history.get(profile, {}).get(lesson, {})
    return {"runs": list(known.get("runs", [])), "last": dict(known.get("last", {}))}


def doubled(runs: list[dict[str, Any]]) -> bool:
    """Whether the last run took twice the usual time of those before on the same device."""
    if not runs:
        return False
    *before, last = runs
    usual = [float(run["seconds"]) for run in before if run.get("device") == last.get("device")]
    return bool(usual) and float(last["seconds"]) > max(SHORTEST, DOUBLE * median(usual))
