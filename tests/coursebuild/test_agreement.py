"""What counts as the same, by kind of output; and for each kind a change that is still told."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from coursebuild.agreement import RULES, demo_misses, figure_misses, rule
from coursebuild.canonical import CLAIM, DEMO, FIGURE
from coursebuild.tolerance import Tolerance, json_misses, text_misses

WIDE = Tolerance(rel=0.5, abs=0.1, whole_numbers=True)
SAID = {"text": "Over 0.9 are right", "on": "any", "state": "held", "measured": {"share": "0.95"}}
LINE = {"n": 50, "first": [0.0, 0.9], "last": [49.0, 0.1], "min": 0.1, "max": 0.9, "mean": 0.4}
IMAGE = {"shape": [8, 8], "mean": 0.5, "std": 0.1, "blocks": [0.1, 0.9]}
PLOT = {
    "alt": "Two curves that fall.",
    "axes": [
        {
            "title": "Loss",
            "xlabel": "epoch",
            "lines": [LINE],
            "images": [IMAGE],
            "bars": [{"n": 2, "heights": [3.0, 5.0]}],
            "texts": ["training"],
        }
    ],
}
OUTLINE = {"demo": "a", "alt": "A row.", "outline": {"w": "int8 [30, 784]", "rows": 20}}

# mime: (stored, within the tolerance of the cell, {what has truly changed: path and value})
CASES: dict[str, tuple[Any, Any, dict[str, tuple[tuple[Any, ...], Any]]]] = {
    CLAIM: (
        SAID,
        (("measured", "share"), "0.91"),
        {
            "it does not hold": (("state",), "failed"),
            "it says more": (("text",), "Over 0.99 are right"),
            "it holds elsewhere": (("on",), "real"),
            "it measured another thing": (("measured",), {"rate": "0.95"}),
            "what it measured is far off": (("measured", "share"), "0.05"),
        },
    ),
    FIGURE: (
        PLOT,
        (("axes", 0, "lines", 0, "mean"), 0.41),
        {
            "a curve ends elsewhere": (("axes", 0, "lines", 0, "last"), [49.0, 3.0]),
            "the axes are swapped": (("axes", 0, "lines", 0, "last"), [0.1, 49.0]),
            "a bar is higher": (("axes", 0, "bars", 0, "heights"), [3.0, 9.0]),
            "bars change places": (("axes", 0, "bars", 0, "heights"), [5.0, 3.0]),
            "an image is turned": (("axes", 0, "images", 0, "blocks"), [0.9, 0.1]),
            "an image is larger": (("axes", 0, "images", 0, "shape"), [9, 9]),
            "a line is gone": (("axes", 0, "lines"), []),
            "another title": (("axes", 0, "title"), "Gain"),
            "another label": (("axes", 0, "xlabel"), "batch"),
            "another legend": (("axes", 0, "texts"), ["validation"]),
            "another description": (("alt",), "Two curves that rise."),
        },
    ),
    DEMO: (
        OUTLINE,
        (("outline", "rows"), 22),
        {
            "another shape": (("outline", "w"), "int8 [31, 784]"),
            "another type": (("outline", "w"), "int4 [30, 784]"),
            "half the records": (("outline", "rows"), 8),
            "another demo": (("demo",), "b"),
            "a part is new": (("outline", "more"), "number"),
        },
    ),
    "text/plain": (
        "right 0.95 of {'a', 'b'}",
        ((), "right 0.94 of {'b', 'a'}"),
        {
            "another word": ((), "wrong 0.95 of {'a', 'b'}"),
            "another item": ((), "right 0.95 of {'a', 'c'}"),
            "another number": ((), "right 0.15 of {'a', 'b'}"),
        },
    ),
    "text/html": (
        "<td>loss</td><td>0.95</td>",
        ((), "<td>loss</td><td>0.94</td>"),
        {
            "another cell": ((), "<td>loss</td><td>0.15</td>"),
            "one cell fewer": ((), "<td>0.95</td>"),
            "another column": ((), "<td>gain</td><td>0.95</td>"),
        },
    ),
    "text/markdown": (
        "Right: **0.95**.",
        ((), "Right: **0.94**."),
        {"another word": ((), "Wrong: **0.95**."), "another number": ((), "Right: **0.1**.")},
    ),
}
CHANGES = [(mime, what) for mime, (_, _, changes) in CASES.items() for what in changes]


def changed(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """A copy with another value at the end of the path."""
    if not path:
        return new
    whole = copy.deepcopy(value)
    part = whole
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = new
    return whole


@pytest.mark.parametrize("mime", RULES)
def test_what_the_tolerance_of_the_cell_allows_agrees(mime: str) -> None:
    stored, (path, near), _ = CASES[mime]
    came = changed(stored, path, near)
    assert list(rule(mime, stored, came)(stored, came, WIDE)) == []


@pytest.mark.parametrize(("mime", "what"), CHANGES)
def test_true_change_is_told_even_where_the_tolerance_is_wide(mime: str, what: str) -> None:
    stored, _, changes = CASES[mime]
    came = changed(stored, *changes[what])
    assert list(rule(mime, stored, came)(stored, came, WIDE))


def test_miss_of_a_figure_is_told_once() -> None:
    came = changed(PLOT, ("axes", 0, "images", 0, "shape"), [90, 90])
    misses = list(figure_misses(PLOT, came, WIDE))
    assert len([miss for miss in misses if "shape[0]" in miss]) == 1


def test_count_of_records_is_exact_unless_the_cell_allows_more() -> None:
    came = changed(OUTLINE, ("outline", "rows"), 21)
    assert list(demo_misses(OUTLINE, came, Tolerance()))


def test_kinds_without_a_rule_are_compared_as_text_or_json() -> None:
    assert rule("text/latex", "a", "b") is text_misses
    assert rule("application/json", [1], [2]) is json_misses
    assert rule(CLAIM, "no bundle", "at all") is text_misses
