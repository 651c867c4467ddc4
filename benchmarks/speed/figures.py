"""Numbers of several rounds: their median with its spread, ratios within rounds, straight lines."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Rounds = Mapping[int, float]  # number of a round → what was measured in it


@dataclass(frozen=True)
class Figure:
    """A median of n rounds, and the least and the most of them."""

    median: float
    least: float
    most: float
    n: int

    def text(self, digits: int = 1) -> str:
        values = self.median, self.least, self.most
        middle, least, most = (printed(value, digits) for value in values)
        between = " to " if "−" in least else "–"
        return middle if least == most else f"{middle} ({least}{between}{most})"


def printed(value: float, digits: int = 1) -> str:
    """As it is printed: with a minus sign, which a hyphen is not."""
    return f"{value:.{digits}f}".replace("-", "−")


def figure(values: Iterable[float]) -> Figure | None:
    """None of no value."""
    found = list(values)
    if not found:
        return None
    return Figure(statistics.median(found), min(found), max(found), len(found))


def ratio(ours: Rounds, theirs: Rounds) -> Figure | None:
    """How many times ours theirs is, each within its round: a machine's drift cancels out."""
    both = ours.keys() & theirs.keys()
    return figure(theirs[number] / ours[number] for number in both if ours[number])


def more(ours: Rounds, theirs: Rounds) -> Figure | None:
    """By how much ours is above theirs, each within its round."""
    return figure(ours[number] - theirs[number] for number in ours.keys() & theirs.keys())


def together(*parts: Rounds) -> dict[int, float]:
    """One after the other, in the rounds that have all of them."""
    both = set.intersection(*(set(part) for part in parts))
    return {number: sum(part[number] for part in parts) for number in both}


@dataclass(frozen=True)
class Line:
    """A straight line through measurements. fit: R², 1 where all lie on it."""

    slope: float
    start: float
    fit: float


def line(points: Iterable[tuple[float, float]]) -> Line | None:
    """Least squares. None where the points have fewer than three places: two always lie on one."""
    x, y = [list(values) for values in zip(*points, strict=True)] or [[], []]
    if len(set(x)) < 3:
        return None
    slope, start = statistics.linear_regression(x, y)
    even = len(set(y)) == 1
    return Line(slope, start, 1.0 if even else statistics.correlation(x, y) ** 2)
