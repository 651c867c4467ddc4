"""The last runs of a lesson are kept, and tell when one took twice the usual."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from coursebuild import history
from coursebuild.course import Course
from coursebuild.lesson import Lesson
from coursebuild.run import Run


def run(seconds: float, state: str = "ran") -> Run:
    facts = NotebookNode(date="2026-11-21", seconds=seconds, commit="c0ffee", device="CPU")
    book = new_notebook(metadata={"downhill": NotebookNode(provenance=facts)})
    return Run(Lesson(Path("01_x.ipynb")), state, seconds, 1, None if state == "failed" else book)


def row(seconds: float, device: str = "CPU") -> dict[str, Any]:
    return {"seconds": seconds, "device": device}


def test_runs_are_kept_in_order_and_a_cached_lesson_adds_none(course: Course) -> None:
    for made in (run(2.0), run(3.0), run(3.0, "cached")):
        history.record(course, "offline", [made])
    known = history.of(history.load(course), "offline", "01_x")
    assert [r["seconds"] for r in known["runs"]] == [2.0, 3.0]
    assert known["last"]["state"] == "cached"
    assert history.of(history.load(course), "gpu", "01_x") == {"runs": [], "last": {}}


def test_a_run_that_is_merged_twice_counts_once(course: Course) -> None:
    for made in (run(2.0), run(3.0), run(3.0)):
        history.record(course, "offline", [made])
    known = history.of(history.load(course), "offline", "01_x")
    assert [r["seconds"] for r in known["runs"]] == [2.0, 3.0]


def test_a_failed_run_leaves_the_times_as_they_were(course: Course) -> None:
    history.record(course, "offline", [run(2.0)])
    history.record(course, "offline", [run(0.1, "failed")])
    known = history.of(history.load(course), "offline", "01_x")
    assert [r["seconds"] for r in known["runs"]] == [2.0]
    assert known["last"]["state"] == "failed"


def test_the_file_stays_small(course: Course) -> None:
    for number in range(history.KEPT + 5):
        history.record(course, "offline", [run(float(number))])
    runs = history.of(history.load(course), "offline", "01_x")["runs"]
    assert [r["seconds"] for r in runs] == [float(n) for n in range(5, history.KEPT + 5)]


def test_a_damaged_history_is_as_good_as_none(course: Course) -> None:
    history.record(course, "offline", [run(2.0)])
    for text in ("{", "[]"):
        (course.build / "history.json").write_text(text)
        assert history.load(course) == {}


def test_twice_the_usual_time_is_told_and_other_devices_do_not_count() -> None:
    assert history.doubled([row(10), row(11), row(25)])
    assert not history.doubled([row(10), row(11), row(19)])
    assert not history.doubled([row(10, "GPU"), row(60)])
    assert not history.doubled([row(0.2), row(0.9)])  # below a second it happens by chance
    assert not history.doubled([])
