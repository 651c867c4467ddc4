from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell

from coursebuild.errors import CourseError
from coursebuild.tolerance import Tolerance, json_misses, text_misses

DEFAULT = Tolerance()
LOOSE = Tolerance(rel=0.1, whole_numbers=True)
AGREE = [
    ("loss 0.5", "loss 0.50049"),
    ("0.0", "0.0000009"),
    ("tensor([ 0.1, -0.2])", "tensor([0.1, -0.2])"),
    ("[ 0.0000, 1.0]", "[-0.0000, 1.0]"),
    ("1e-8", "2e-8"),
    ("nan inf", "nan inf"),
    ("a  b\n", "a b"),
    ("1,939.5", "1939.5"),
]
DISAGREE = [
    ("loss 0.5", "loss 0.5006"),
    ("loss 0.5", "gain 0.5"),
    ("1,939 of 2,038", "1,940 of 2,038"),
    ("tensor([1])", "tensor([1.])"),
    ("[1, 2]", "[12]"),
    ("0.5", "-0.5"),
    ("resnet18", "resnet34"),
    ("float32", "float64"),
    ("torch 2.15.0", "torch 2.15.1"),
    ("784-30-1", "784-30-2"),
    ("nan", "0.1"),
    ("a\nb", "a b"),
    ("95.1 %", "95.3 %"),
]


@pytest.mark.parametrize(("stored", "came"), AGREE)
def test_numbers_that_are_near_agree(stored: str, came: str) -> None:
    assert text_misses(stored, came, DEFAULT) == []


@pytest.mark.parametrize(("stored", "came"), DISAGREE)
def test_what_has_changed_is_told(stored: str, came: str) -> None:
    assert text_misses(stored, came, DEFAULT)


def test_miss_says_by_how_much() -> None:
    [miss] = text_misses("accuracy 0.951", "accuracy 0.931", DEFAULT)
    assert miss == (
        "0.951 became 0.931: off by 0.02, allowed 0.000952 (relative 0.001, absolute 1e-06)"
    )


def test_cell_with_a_tolerance_allows_whole_numbers_too() -> None:
    assert text_misses("1,939 of 2,038", "1,900 of 2,038", LOOSE) == []
    assert text_misses("1 epoch", "0.95 epoch", LOOSE) == []
    assert text_misses("1,939 of 2,038", "1,500 of 2,038", LOOSE)


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(0, 0.5), st.floats(-1, 1))
def test_tolerance_holds_what_it_says(value: float, rel: float, share: float) -> None:
    """A number moved by less than the tolerance agrees, one moved by twice as much does not."""
    allowed = Tolerance(rel=rel, abs=0)
    inside, outside = value * (1 + 0.99 * rel * share), value * (1 + 2 * rel)
    shown = ("stored", "came")
    if math.isfinite(inside):
        assert not allowed.miss(value, inside, whole=False, shown=shown)
    if math.isfinite(outside) and abs(value * rel) > 1e-300 and rel > 1e-9:
        assert allowed.miss(value, outside, whole=False, shown=shown)


@given(st.text(alphabet="0123456789.,eE+- \n[]ab", max_size=30))
def test_every_text_agrees_with_itself_and_with_other_spaces(text: str) -> None:
    assert text_misses(text, text.replace(" ", "  "), DEFAULT) == []


@pytest.mark.parametrize(
    ("stored", "came", "said"),
    [
        ({"a": 1}, {}, "a is missing"),
        ({}, {"a": 1}, "a is new"),
        ({"a": [1]}, {"a": [1, 2]}, "a: 1 items became 2"),
        ({"a": [{"b": 0.5}]}, {"a": [{"b": 0.6}]}, "a[0].b: 0.5 became 0.6: off by 0.1"),
        ({"n": 3}, {"n": 4}, "n: 3 became 4: whole numbers must be equal"),
        ({"a": None}, {"a": 1}, "a: None became 1"),
        ({"a": True}, {"a": 1}, "a: True became 1"),
        ({"a": True}, {"a": False}, "a: True became False"),
        ({"a": "held"}, {"a": "failed"}, "a: 'held' became 'failed'"),
        ({"a": "0.5 s"}, {"a": "0.6 s"}, "a: 0.5 became 0.6"),
        ("x" * 100, "y", "the whole: '" + "x" * 76 + "… became 'y'"),
    ],
)
def test_change_in_json_is_told_with_its_place(stored: Any, came: Any, said: str) -> None:
    assert next(json_misses(stored, came, DEFAULT)).startswith(said)


@pytest.mark.parametrize(
    ("stored", "came"),
    [({"a": 0.5}, {"a": 0.5001}), ([1, 2.0], [1, 2]), ({"a": None}, {"a": None}), ("1.0", "1.0")],
)
def test_json_that_is_near_agrees(stored: Any, came: Any) -> None:
    assert list(json_misses(stored, came, DEFAULT)) == []


def tolerance_of(**given: Any) -> Tolerance:
    return Tolerance.of(new_code_cell("", metadata={"downhill": {"tolerance": given}}))


def test_tolerance_is_read_from_the_cell() -> None:
    assert Tolerance.of(new_code_cell("")) == DEFAULT
    assert tolerance_of(rel=0.1) == LOOSE
    assert tolerance_of(skip=True).skip
    assert tolerance_of(abs=1) == Tolerance(abs=1, whole_numbers=True)


@pytest.mark.parametrize(
    "given", [{}, {"about": 1}, {"rel": "much"}, {"rel": -1}, {"abs": None}, {"skip": 1}]
)
def test_tolerance_that_means_nothing_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(CourseError, match="means nothing"):
        tolerance_of(**given)
