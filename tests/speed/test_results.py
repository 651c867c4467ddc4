"""Results are kept as they come, and belong to one state of one machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from results import Results, machine, source

SETTINGS = {"lessons": ["06_tensors"]}


def facts(**changed: Any) -> dict[str, Any]:
    return {"machine": machine(), "commit": "abc", "source": source(), "versions": {}} | changed


def test_what_was_measured_is_known_after_a_stop(tmp_path: Path) -> None:
    path = tmp_path / "results" / "peers.json"
    first = Results(path, SETTINGS, facts())
    first.add(tool="ours", case="cold", round=1, wall=2.5)
    second = Results(path, SETTINGS, facts(commit="a later one of the same source"))
    assert second.has(tool="ours", case="cold", round=1)
    assert not second.has(tool="ours", case="cold", round=2)
    second.add(tool="ours", case="cold", round=2, wall=2.6)
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert [run["wall"] for run in kept["runs"]] == [2.5, 2.6]
    assert kept["commit"] == "abc"
    assert kept["began"] <= kept["ended"]
    assert [file.name for file in path.parent.iterdir()] == ["peers.json"]


@pytest.mark.parametrize("key", ["source", "machine"])
def test_results_of_another_state_are_not_mixed_with_these(tmp_path: Path, key: str) -> None:
    path = tmp_path / "peers.json"
    Results(path, SETTINGS, facts()).add(round=1)
    with pytest.raises(SystemExit, match=f"another {key}.*--fresh"):
        Results(path, SETTINGS, facts(**{key: "another"}))


def test_results_of_other_lessons_are_not_mixed_with_these(tmp_path: Path) -> None:
    path = tmp_path / "peers.json"
    Results(path, SETTINGS, facts()).add(round=1)
    with pytest.raises(SystemExit, match="another settings"):
        Results(path, {"lessons": ["05_backprop_by_hand"]}, facts())
