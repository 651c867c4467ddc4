"""The mutation table, run: nearly every planted fault is seen, and nothing else is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from coursebuild.lesson import read_notebook

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))

from mutating import LESSON, planted, with_fault  # noqa: E402
from mutation_table import CLEAN_RUNS, FAULTS, HARMLESS  # noqa: E402

Results = dict[str, list[dict[str, str]]]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """In a process of its own: nbclient leaves sockets open."""
    found = tmp_path_factory.mktemp("mutations") / "found.json"
    subprocess.run(
        [sys.executable, HERE / "mutating.py", found],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        check=True,
        timeout=500,
    )
    return dict(json.loads(found.read_text(encoding="utf-8")))


def test_table_is_long_enough_and_names_each_fault_once() -> None:
    names = [fault.name for fault in (*FAULTS, *HARMLESS)]
    assert len(FAULTS) >= 40
    assert len(HARMLESS) + CLEAN_RUNS >= 10
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("fault", [*FAULTS, *HARMLESS], ids=lambda fault: fault.name)
def test_fault_is_planted_where_the_table_says(fault) -> None:  # type: ignore[no-untyped-def]
    if fault.in_package:
        text = (ROOT / "src" / "downhill" / fault.place).read_text(encoding="utf-8")
        assert planted(text, fault) != text
    else:
        sound = read_notebook(LESSON)
        assert with_fault(sound, fault) != sound


def test_at_most_one_planted_fault_in_forty_is_missed(results: Results) -> None:
    missed = [found["name"] for found in results["faults"] if not found["guard"]]
    assert len(results["faults"]) == len(FAULTS)
    assert len(missed) * 40 <= len(FAULTS), f"nobody saw: {missed}"


def test_no_harmless_edit_and_no_clean_run_is_taken_for_a_fault(results: Results) -> None:
    alarms = [found for found in results["harmless"] if found["guard"]]
    assert len(results["harmless"]) == len(HARMLESS) + CLEAN_RUNS
    assert alarms == []
