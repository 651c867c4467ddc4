from __future__ import annotations

from typing import Any

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

from coursebuild.cache import Result
from coursebuild.canonical import CLAIM
from coursebuild.changes.news import Flip, Slower, flips, slower, warned
from coursebuild.job import Failure


def claims(*told: tuple[str, str]) -> NotebookNode:
    """A notebook that claims (text, state)."""
    outputs = [
        new_output(
            "display_data", data={CLAIM: {"text": text, "state": state, "measured": {"n": 3}}}
        )
        for text, state in told
    ]
    return new_notebook(cells=[new_code_cell("x", id="c", outputs=outputs)])


def run(**facts: Any) -> NotebookNode:
    return new_notebook(metadata={"downhill": {"provenance": facts}})


def timed(seconds: float, **cells: float) -> dict[str, Any]:
    return {"seconds": seconds, "cells": [{"id": k, "seconds": v} for k, v in cells.items()]}


WARNING = {"cell": "c", "category": "FutureWarning", "text": "f is old", "where": "cell", "line": 1}


def test_claim_that_flipped_is_news_with_what_was_measured() -> None:
    found = flips(
        claims(("a < b", "held"), ("c", "held")), claims(("a < b", "elsewhere"), ("c", "held"))
    )
    assert found == [Flip("a < b", "held", "elsewhere", "n = 3")]


def test_claim_that_is_gone_or_new_is_news() -> None:
    found = flips(claims(("old", "held")), claims(("new", "held")))
    assert [(f.text, f.was, f.now) for f in found] == [("old", "held", "–"), ("new", "–", "held")]


def test_claim_that_is_made_twice_is_counted_twice() -> None:
    found = flips(claims(("a", "held"), ("a", "held")), claims(("a", "held")))
    assert [(f.text, f.was, f.now) for f in found] == [("a", "held", "–")]


def test_claim_that_stopped_the_run_flipped_and_others_are_not_known() -> None:
    stored = claims(("Loss falls", "held"), ("All is well", "held"))
    failure = Failure("01_a", "ClaimError: This claim does not hold: Loss falls — a = 3")
    [found] = flips(stored, claims(), failure)
    assert (found.text, found.was, found.now) == ("Loss falls", "held", "failed")
    assert flips(stored, claims(), Failure("01_a", "NameError: Loss falls")) == []


@pytest.mark.parametrize(
    ("was", "now", "found"),
    [
        (timed(4, fit=2.0), timed(9, fit=7.0), [Slower("", 4, 9), Slower("fit", 2, 7)]),
        (timed(4, fit=2.0), timed(5, fit=3.5), []),
        (timed(4, fit=0.1), timed(4, fit=0.9), []),  # nobody waits for that
        (timed(4), timed(4, fit=60.0), []),  # new: nothing to compare with
    ],
)
def test_time_that_doubled_is_news(was: Any, now: Any, found: list[Slower]) -> None:
    assert sorted(slower(Result([], [], was), run(**now)), key=lambda one: one.cell) == found


def test_without_a_run_of_before_no_time_is_news() -> None:
    assert slower(None, run(**timed(9))) == []


def test_warning_that_the_run_before_had_is_no_news() -> None:
    now = run(warnings=[WARNING])
    assert warned(Result([], [], {"warnings": []}), now) == [WARNING]
    assert warned(Result([], [], {"warnings": [{**WARNING, "cell": "d"}]}), now) == []


def test_warning_without_a_run_of_before_is_news_unless_it_is_known() -> None:
    now = run(warnings=[WARNING])
    assert warned(None, now) == [WARNING]
    now.metadata.downhill["known_warnings"] = ["FutureWarning: f is old (cell)"]
    assert warned(None, now) == []
