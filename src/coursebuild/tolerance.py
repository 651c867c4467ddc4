"""How far a number may be from the stored one, and by how much it misses."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode

from .errors import CourseError

# Digits that belong to a word (resnet18, float32, 0x1f, 2.15.0's last part) are text, not numbers.
NUMBER = re.compile(
    r"(?<![\w.])[-+]?(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)?(?:(?<=\d)\.\d*|\.\d+|(?<=\d))"
    r"(?:[eE][-+]?\d+)?"
)
SPACES = re.compile(r"[ \t]+")


@dataclass(frozen=True)
class Tolerance:
    """What a cell allows. Whole numbers are exact unless the cell says otherwise."""

    rel: float = 1e-3
    abs: float = 1e-6
    whole_numbers: bool = False
    skip: bool = False

    @classmethod
    def of(cls, cell: NotebookNode) -> Tolerance:
        """From metadata.downhill.tolerance: {"rel": x, "abs": y} or {"skip": true}.

        A value that is left out keeps its default. Raises CourseError.
        """
        given = cell.metadata.get("downhill", {}).get("tolerance")
        if given is None:
            return cls()
        numbers = (int, float)
        if (
            not isinstance(given, dict)
            or not given
            or not set(given) <= {"rel", "abs", "skip"}
            or not isinstance(given.get("skip", False), bool)
            or any(not isinstance(given.get(key, 0), numbers) for key in ("rel", "abs"))
            or any(given.get(key, 0) < 0 for key in ("rel", "abs"))
        ):
            raise CourseError(
                f"the tolerance {given!r} means nothing",
                f"cell “{cell.get('id', '?')}”",
                'in metadata.downhill.tolerance write {"rel": 0.01, "abs": 0.1} or {"skip": true}',
            )
        return cls(
            rel=float(given.get("rel", cls.rel)),
            abs=float(given.get("abs", cls.abs)),
            whole_numbers=True,
            skip=given.get("skip", False),
        )

    def miss(self, stored: float, came: float, *, whole: bool, shown: tuple[str, str]) -> str:
        """By how much `came` is off, in words; empty where it is near enough."""
        if stored == came or (math.isnan(stored) and math.isnan(came)):
            return ""
        change = f"{shown[0]} became {shown[1]}"
        if whole and not self.whole_numbers:
            return f"{change}: whole numbers must be equal"
        off, allowed = abs(came - stored), self.abs + self.rel * abs(stored)
        if off <= allowed:
            return ""
        return (
            f"{change}: off by {off:.3g}, allowed {allowed:.3g} "
            f"(relative {self.rel:g}, absolute {self.abs:g})"
        )


def text_misses(stored: str, came: str, allowed: Tolerance) -> list[str]:
    """Why two texts do not agree; empty where they do. Spaces count as one space.

    A number in the text is compared as a number, everything around it as it stands.
    """
    if stored == came:
        return []
    before, after = NUMBER.findall(stored), NUMBER.findall(came)
    if _frame(stored) != _frame(came) or len(before) != len(after):
        return ["the text differs"]
    found = []
    for one, other in zip(before, after, strict=True):
        kinds = _is_whole(one), _is_whole(other)
        if kinds[0] != kinds[1] and not allowed.whole_numbers:
            found.append(f"{one} became {other}: a whole number is no decimal number")
        else:
            pair = _value(one), _value(other)
            found.append(allowed.miss(*pair, whole=all(kinds), shown=(one, other)))
    return [miss for miss in found if miss]


def json_misses(stored: Any, came: Any, allowed: Tolerance, at: str = "") -> Iterator[str]:
    """Why two JSON values do not agree: the structure exactly, numbers within the tolerance."""
    where = at or "the whole"
    if _is_number(stored) and _is_number(came):
        whole = isinstance(stored, int) and isinstance(came, int)
        shown = (
            f"{stored:.6g}" if not whole else str(stored),
            (f"{came:.6g}" if not whole else str(came)),
        )
        if miss := allowed.miss(stored, came, whole=whole, shown=shown):
            yield f"{where}: {miss}"
    elif type(stored) is not type(came) and not (
        isinstance(stored, dict) and isinstance(came, dict)
    ):
        yield f"{where}: {_brief(stored)} became {_brief(came)}"
    elif isinstance(stored, dict):
        for key in sorted({*stored, *came}):
            inner = f"{at}.{key}" if at else key
            if key not in came:
                yield f"{inner} is missing"
            elif key not in stored:
                yield f"{inner} is new"
            else:
                yield from json_misses(stored[key], came[key], allowed, inner)
    elif isinstance(stored, list):
        if len(stored) != len(came):
            yield f"{where}: {len(stored)} items became {len(came)}"
        for index, (one, other) in enumerate(zip(stored, came, strict=False)):
            yield from json_misses(one, other, allowed, f"{at}[{index}]")
    elif isinstance(stored, str):
        misses = text_misses(stored, came, allowed)
        if misses == ["the text differs"]:
            misses = [f"{_brief(stored)} became {_brief(came)}"]
        yield from (f"{where}: {miss}" for miss in misses)
    elif stored != came:
        yield f"{where}: {_brief(stored)} became {_brief(came)}"


def _frame(text: str) -> list[str]:
    """The text between the numbers. A sign takes the place of a space in a printed tensor."""
    lines = "\n".join(SPACES.sub(" ", line).rstrip() for line in text.strip("\n").split("\n"))
    return [piece.rstrip(" ") for piece in NUMBER.split(lines)]


def _is_whole(token: str) -> bool:
    return not any(mark in token for mark in ".eE")


def _value(token: str) -> float:
    return float(token.replace(",", ""))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _brief(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}…"
