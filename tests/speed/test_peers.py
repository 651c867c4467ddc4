"""The round over all cases, with a tool that is quick because it never runs a lesson."""

from __future__ import annotations

import sys
from pathlib import Path

import peers
import pytest
from results import Results, machine
from tools import CASES, TOOLS, Tool

LESSON = "06_tensors"
COPY = """
import json, pathlib
for path in pathlib.Path("lessons").glob("*.ipynb"):
    cells = json.loads(path.read_text())["cells"]
    words = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    words += ["".join(out.get("text", [])) for c in cells for out in c.get("outputs", [])]
    page = pathlib.Path("out/site/lessons", path.stem, "index.html")
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text("\\n".join(words))
"""


@pytest.fixture
def results(tmp_path: Path) -> Results:
    facts = {"machine": machine(), "commit": "abc", "source": "def", "versions": {}}
    return Results(tmp_path / "results" / "peers.json", {"lessons": [LESSON]}, facts)


def bench(results: Results, tmp_path: Path) -> peers.Bench:
    return peers.Bench([LESSON], LESSON, results, tmp_path / "work")


def test_what_never_runs_is_right_for_prose_and_stale_for_code(
    results: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TOOLS, "copier", Tool("c", {"build": [[sys.executable, "-c", COPY]]}))
    measuring = bench(results, tmp_path)
    for case in CASES:
        measuring.attempt("copier", case, 1)
    assert {run["case"]: run["page"] for run in results.runs} == {
        "cold": "right",
        "nothing": "right",
        "prose": "right",
        "code": "stale",
        "module": "stale",
        "clone": "stale",
    }
    assert {run["executed"] for run in results.runs} == {0}
    assert all(run["wall"] > 0 and run["memory"] > 0 for run in results.runs)


def test_a_stop_goes_on_where_it_was(
    results: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The workspace is made again, as the cases before have left it; they are not added again."""
    monkeypatch.setitem(TOOLS, "copier", Tool("c", {"build": [[sys.executable, "-c", COPY]]}))
    bench(results, tmp_path).attempt("copier", "cold", 1)
    again = bench(results, tmp_path)
    again.attempt("copier", "cold", 1)
    again.attempt("copier", "prose", 1)
    found = [(run["case"], run["page"]) for run in results.runs]
    assert found == [("cold", "right"), ("prose", "right")]


def test_cells_of_runs_that_are_not_measured_do_not_count(
    results: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second bench has to bring its workspace to where the first round's cold case was."""
    words = ["sh", "-c", "echo one >> $BENCH_CELLS; echo two >> $BENCH_CELLS"]
    monkeypatch.setitem(TOOLS, "shell", Tool("s", {"build": [words]}))
    bench(results, tmp_path).attempt("shell", "cold", 1)
    bench(results, tmp_path).attempt("shell", "code", 1)
    assert [(run["case"], run["executed"]) for run in results.runs] == [("cold", 2), ("code", 2)]


def test_a_tool_that_fails_is_tried_again_and_then_told(
    results: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = tmp_path / "tries"
    code = f"open({str(tries)!r}, 'a').write('x'); raise SystemExit('out of tune')"
    monkeypatch.setitem(TOOLS, "broken", Tool("b", {"build": [[sys.executable, "-c", code]]}))
    bench(results, tmp_path).attempt("broken", "cold", 1)
    assert tries.read_text() == "xxx"
    (run,) = results.runs
    assert "out of tune" in run["failed"]


def test_tools_and_cases_can_be_chosen() -> None:
    assert peers.chosen("ours,papermill:cold,papermill:prose") == {
        "ours": CASES,
        "papermill": ("cold", "prose"),
    }
    assert list(peers.chosen("")) == list(TOOLS)
    for wrong in ("theirs", "ours:tepid", "bare:cold"):
        with pytest.raises(SystemExit, match=wrong):
            peers.chosen(wrong)


def test_lessons_are_named_by_their_numbers() -> None:
    assert peers.names("05,06") == ["05_backprop_by_hand", LESSON]
    assert len(peers.names("")) >= 6


def test_each_round_begins_with_another_tool() -> None:
    rounds = [peers.turned(["a", "b", "c"], n) for n in range(1, 5)]
    assert [order[0] for order in rounds] == ["a", "b", "c", "a"]
    assert all(sorted(order) == ["a", "b", "c"] for order in rounds)
