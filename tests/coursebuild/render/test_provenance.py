"""Where numbers come from."""

from __future__ import annotations

from typing import Any

from nbformat.v4 import new_code_cell, new_markdown_cell

from coursebuild.render import header, provenance

RUN = {
    "profile": "offline",
    "device": "cpu",
    "versions": {"torch": "2.15"},
    "commit": "0123456789abcdef",
    "dirty": True,
    "date": "2026-11-21T01:02:03+00:00",
    "seconds": 75.2,
    "datasets": [{"name": "mnist_sample", "digest": "ab" * 32, "files": 14434}],
    "cells": [{"id": "slow", "seconds": 9.0}, {"id": "fast", "seconds": 0.01}],
}


def test_durations_are_said_as_people_say_them() -> None:
    said = [provenance.duration(s) for s in (0.42, 9.96, 38, 89.4, 95, 360)]
    assert said == ["0.4 s", "10 s", "38 s", "89 s", "2 min", "6 min"]


def test_reading_time_is_stated_or_estimated(make: Any) -> None:
    assert provenance.reading_minutes(make.notebook(reading_minutes=50)) == 50
    words = new_markdown_cell("word " * 360)
    assert provenance.reading_minutes(make.notebook(words)) == 2
    assert provenance.reading_minutes(make.notebook()) == 1


def test_a_measured_time_beats_a_stated_one(make: Any) -> None:
    book = make.notebook(running_minutes={"cpu": 6, "offline": 1})
    assert provenance.running(book, {"offline": 38.0}) == {"cpu": "about 6 min", "offline": "38 s"}


def test_the_table_says_all_that_the_run_wrote(make: Any) -> None:
    cells = [new_code_cell("x", id=name) for name in ("slow", "fast")]
    made = provenance.table(make.notebook(*cells, provenance=RUN), {"cpu": "6 min"})
    for part in ("offline", "14,434 files", "abababababab…", "torch 2.15", "0123456789ab<"):
        assert part in made
    assert "not yet committed" in made
    assert "<code>slow</code> 9.0 s" in made
    assert "fast" not in made
    assert "<code>cpu</code> 6 min" in made


def test_a_lesson_that_has_not_run_has_no_table(make: Any) -> None:
    assert provenance.table(make.notebook(), {}) == ""
    assert "not run yet" in header.row(
        make.notebook(), "01_x", "", "https://github.com/a/b", "e", {}
    )


def test_the_header_leads_to_everything(make: Any) -> None:
    made = header.row(
        make.notebook(provenance=RUN),
        "01_x",
        "",
        "https://github.com/a/b",
        "e",
        {"CPU": "6 min (cpu)"},
    )
    assert 'href="01_x-student.ipynb" download' in made
    assert 'href="01_x.ipynb" download' in made
    assert "colab.research.google.com/github/a/b/blob/main/lessons/01_x.ipynb" in made
    assert "Running CPU 6 min (cpu)" in made
