"""Tables of the page: what counts as what, from rows as the harness writes them."""

from __future__ import annotations

from typing import Any

import pytest
from tables import against, edits, fits, growth, judged, kernels, proven, slope_over, stale

Row = dict[str, Any]


def run(tool: str, case: str, wall: float, page: str = "right", **more: Any) -> Row:
    """One measurement, of a build unless told otherwise."""
    row = {"tool": tool, "case": case, "round": 1, "phase": "build", "wall": wall, "page": page}
    return row | {"cpu": 2 * wall, "memory": 100, "executed": 7} | more


RUNS = [
    run("ours", "cold", 10),
    run("ours", "cold", 1, phase="check"),
    run("mkdocs-jupyter", "cold", 30),
    run("nbval", "cold", 14, page="none", phase="check"),
    run("ours", "module", 4),
    run("ours", "module", 6, round=2),
    run("mkdocs-jupyter", "module", 2, page="stale"),
    run("mkdocs-jupyter", "module", 60, round=2),
]


def cells(markdown: str) -> list[list[str]]:
    """Rows of a table, without its head."""
    rows = markdown.strip().splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def test_a_check_is_no_part_of_a_build_and_nbval_is_its_own() -> None:
    ours, theirs, alone = cells(against(RUNS, "cold"))
    assert ours[1:3] == ["10.0", "1"]
    assert theirs[1:3] == ["30.0", "3.00"]
    assert alone[1:3] == ["14.0", "1.40"]
    assert alone[6] == "no page"


def test_a_build_and_its_check_are_added_and_mkdocs_jupyters_check_is_nbvals() -> None:
    assert proven(RUNS, "ours") == {1: 11}
    assert proven(RUNS, "mkdocs-jupyter") == {1: 44}


def test_ratios_are_those_of_the_same_round_and_stale_pages_are_told() -> None:
    ours, theirs = cells(against(RUNS, "module"))
    assert ours[1:3] == ["5.0 (4.0–6.0)", "1"]
    assert theirs[1:3] == ["31.0 (2.0–60.0)", "5.25 (0.50–10.00)"]
    assert [ours[6], theirs[6]] == ["right", "**stale** 1 of 2"]
    assert theirs[7] == "2"


def test_stale_pages_are_counted_over_all_cases() -> None:
    assert stale(RUNS) == {"ours": (0, 3), "mkdocs-jupyter": (1, 3)}


def test_a_run_that_failed_is_in_no_table() -> None:
    failed = {"tool": "papermill", "case": "cold", "round": 1, "failed": "out of memory"}
    assert against([*RUNS, failed], "cold") == against(RUNS, "cold")
    assert stale([*RUNS, failed]) == stale(RUNS)


def test_a_case_that_nobody_measured_has_no_table() -> None:
    assert against(RUNS, "clone") == ""
    assert judged(RUNS, "ours", "clone") == "no page"


def test_kernels_are_compared_with_the_way_that_differs_by_one_thing() -> None:
    spent = {"cpu": 1.0, "memory": 9}
    walls = {"fresh": 20.0, "warm": 5.0, "longest": 10.0, "name": 15.0}
    rows = [{"variant": name, "round": 1, "wall": wall, **spent} for name, wall in walls.items()]
    assert [row[2] for row in cells(kernels(rows))] == [
        "1",
        "0.25 of a fresh kernel for each lesson",
        "1",
        "1.50 of the longest lesson first",
    ]
    assert kernels([]) == ""


@pytest.mark.parametrize(
    ("walls", "said"),
    [((9.0, 8.0), "faster"), ((9.0, 11.0), "no difference seen"), ((12.0, 11.0), "slower")],
)
def test_kernels_are_called_faster_only_where_every_round_says_so(
    walls: tuple[float, float], said: str
) -> None:
    rows = [
        {"variant": name, "round": number, "wall": wall, "cpu": 1.0, "memory": 9}
        for number, warm in enumerate(walls)
        for name, wall in (("fresh", 10.0), ("warm", warm))
    ]
    assert [row[3] for row in cells(kernels(rows))] == ["", said]


def grown(sizes: tuple[int, ...]) -> list[Row]:
    """Two rounds in which a lesson costs 12 ms warm over MkDocs, 1 s cold, 0.5 MB."""
    rows: list[Row] = []
    for round_ in (1, 2):
        for size in sizes:
            bare = 1 + 0.02 * size * round_
            key = {"size": size, "round": round_}
            own = 80 + 0.5 * size
            rows += [
                {**key, "what": "bare", "wall": bare},
                {**key, "what": "warm", "wall": bare + 0.3 + 0.012 * size},
                {**key, "what": "cold", "wall": bare + 2 + 1.0 * size, "own": own},
                {**key, "what": "preview", "first": 2 + 0.03 * size, "edit_1": 1.0, "edit_2": 3.0},
            ]
    return rows


def test_a_lesson_more_costs_the_slope_over_mkdocs_alone() -> None:
    rows = grown((10, 50, 200))
    assert {n: round(value, 6) for n, value in slope_over(rows, "warm").items()} == {1: 12, 2: 12}
    found = {row[0]: row[1:] for row in cells(fits(rows))}
    assert found["warm, above MkDocs alone"] == ["12.0", "0.30", "1.0000", "6"]
    assert found["cold, above MkDocs alone"][:2] == ["1000.0", "2.00"]
    assert found["the preview's first page"][:2] == ["30.0", "2.00"]
    assert found["the coordinator's memory"][:2] == ["500 kB", "80 MB"]


def test_two_sizes_are_a_table_and_no_fit() -> None:
    rows = grown((10, 50))
    assert [row[0] for row in cells(growth(rows))] == ["10", "50"]
    assert fits(rows) == ""


def test_every_edit_of_a_preview_counts() -> None:
    rows = grown((10, 200))
    assert edits(rows, 200) == [1.0, 3.0, 1.0, 3.0]
    assert cells(growth(rows))[1][6] == "2.00 (1.00–3.00)"
