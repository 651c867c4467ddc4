"""A generated course, really built, built again, converted and previewed."""

from __future__ import annotations

from pathlib import Path

import growth
import pytest
from results import Results, machine


def pages(site: Path) -> list[str]:
    return sorted(path.parent.name for path in site.glob("lessons/*/index.html"))


def test_a_small_course_is_measured_in_every_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MkDocs alone makes the same pages; the course's kernels and the preview really ran."""
    for name in ("COURSE_CACHE", "DOWNHILL_HOME", "DOWNHILL_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    facts = {"machine": machine(), "commit": "abc", "source": "def", "versions": {}}
    results = Results(tmp_path / "growth.json", {}, facts)
    course = growth.Growth(2, results, tmp_path)
    course.round(1)
    rows = {run["what"]: run for run in results.runs}
    assert set(rows) == {"cold", "warm", "bare", "preview"}
    assert {"first", "edit_1", "edit_2", "edit_3", "own"} <= set(rows["preview"])
    assert pages(course.root / "out/bare-site") == pages(course.root / "build/site")
    assert pages(course.root / "build/site") == ["001_generated", "002_generated"]
    bare = (course.root / "out/bare-site/lessons/001_generated/index.html").read_text()
    assert "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]" in bare
    course.round(1)
    assert len(results.runs) == 4  # nothing is measured twice
