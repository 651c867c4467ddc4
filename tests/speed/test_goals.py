"""Goals: met, not met, or not measured."""

from __future__ import annotations

import pytest
from goals import Goal, goals, goals_table
from test_speed_tables import RUNS, grown, run

WORDS = {
    "proven": "a cold build and its check",
    "nothing": "a build with nothing changed",
    "code": "a build after an edit of one lesson's code",
    "stale": "stale pages",
    "lesson": "a lesson more",
    "memory": "memory of the coordinator",
    "preview": "the preview shows an edit",
}


def goal(name: str, found: list[Goal]) -> Goal:
    (one,) = [each for each in found if each.words.startswith(WORDS[name])]
    return one


def test_what_was_not_measured_is_neither_met_nor_missed() -> None:
    found = goals([], [])
    assert {each.verdict for each in found} == {"not measured"}
    assert goals_table(found).count("not measured") == len(found) == 8


def test_a_cold_build_and_its_check_are_a_part_of_the_others_time() -> None:
    found = goal("proven", goals(RUNS, []))
    assert found.value is not None
    assert found.value.median == 0.25
    assert found.verdict == "met"


@pytest.mark.parametrize(("wall", "verdict"), [(3.4, "met"), (3.6, "**not met**")])
def test_nothing_changed_is_measured_over_mkdocs_alone(wall: float, verdict: str) -> None:
    runs = [run("ours", "nothing", wall), run("bare", "nothing", 2.0)]
    assert goal("nothing", goals(runs, [])).verdict == verdict


@pytest.mark.parametrize(("wall", "verdict"), [(9.9, "met"), (10.1, "**not met**")])
def test_an_edit_of_code_is_measured_over_the_lessons_own_cells(wall: float, verdict: str) -> None:
    runs = [run("ours", "code", wall, own_cells=7.0)]
    assert goal("code", goals(runs, [])).verdict == verdict


def test_one_stale_page_of_ours_is_one_too_many_and_the_others_do_not_count() -> None:
    assert goal("stale", goals(RUNS, [])).verdict == "met"
    found = goal("stale", goals([*RUNS, run("ours", "prose", 3, page="stale")], []))
    assert found.verdict == "**not met**"
    assert found.value is not None
    assert found.value.n == 4


def test_growth_is_judged_by_the_slope_and_by_the_largest_course() -> None:
    found = goals([], grown((10, 50, 200)))
    assert [goal(name, found).verdict for name in ("lesson", "memory", "preview")] == ["met"] * 3
    small = goals([], grown((10, 50, 100)))
    assert goal("memory", small).verdict == goal("preview", small).verdict == "not measured"
    assert goal("lesson", small).verdict == "met"
