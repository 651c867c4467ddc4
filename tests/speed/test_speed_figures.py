"""Medians, spreads, ratios within rounds, straight lines."""

from __future__ import annotations

import pytest
from figures import figure, line, more, ratio, together


def test_a_figure_is_the_median_with_its_spread() -> None:
    found = figure([3.0, 1.0, 2.26, 9.0, 2.0])
    assert found is not None
    assert (found.text(), found.text(2), found.n) == ("2.3 (1.0–9.0)", "2.26 (1.00–9.00)", 5)


def test_below_nothing_has_a_minus_sign() -> None:
    found = figure([-0.44, -1.05, 0.26])
    assert found is not None
    assert found.text(2) == "−0.44 (−1.05 to 0.26)"


def test_a_spread_that_rounds_to_nothing_is_left_out() -> None:
    found = figure([38, 38, 38])
    assert found is not None
    assert found.text(0) == "38"


def test_no_value_is_no_figure() -> None:
    assert figure([]) is None
    assert ratio({1: 2.0}, {2: 4.0}) is None
    assert together({1: 2.0}, {2: 4.0}) == {}


def test_ratios_and_differences_are_taken_within_rounds() -> None:
    """The machine became ten times slower in between: the medians' ratio would say 5.5 to 11."""
    ours, theirs = {1: 1.0, 2: 10.0, 4: 5.0}, {1: 2.0, 2: 20.0, 3: 99.0}
    times, above = ratio(ours, theirs), more(theirs, ours)
    assert times is not None
    assert (times.least, times.median, times.most, times.n) == (2, 2, 2, 2)
    assert above is not None
    assert (above.least, above.most) == (1, 10)


def test_one_after_the_other_needs_both() -> None:
    assert together({1: 1.0, 2: 2.0}, {2: 3.0, 3: 4.0}) == {2: 5.0}


def test_a_line_is_fitted_and_says_how_well() -> None:
    exact = line([(10, 25.0), (20, 45.0), (50, 105.0)])
    assert exact is not None
    assert (exact.slope, exact.start, exact.fit) == pytest.approx((2, 5, 1))
    crooked = line([(10, 25.0), (20, 65.0), (50, 65.0)])
    assert crooked is not None
    assert 0 < crooked.fit < 0.9


def test_two_places_are_no_line() -> None:
    assert line([(10, 1.0), (10, 2.0), (50, 3.0)]) is None
    assert line([]) is None
