"""What is stored and what came, line beside line: the words and numbers that differ are marked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby, zip_longest

from .agreement import printed_misses
from .difference import Change
from .tolerance import NUMBER, Tolerance, text_misses

CONTEXT = 1  # lines that agree, kept around those that differ
# To align takes the square of the length: of a run that prints without end, this much is shown.
MOST_LINES = 1000
MOST_WORDS = 1000  # of a line; a longer one is marked as a whole
TOKEN = re.compile(rf"(?P<number>{NUMBER.pattern})|(?P<space>[ \t]+)|\w+|.")
MISS = re.compile(r"(?P<where>.+?): (?P<stored>.+?) became (?P<came>.+?)(?:: (?P<why>.*))?$", re.S)


@dataclass(frozen=True)
class Piece:
    """A part of a line. state: "same", "near" (a number within its tolerance) or "other"."""

    text: str
    state: str = "same"


@dataclass(frozen=True)
class Row:
    """One line beside another; empty where it has no partner. skipped: lines left out here."""

    stored: tuple[Piece, ...] = ()
    came: tuple[Piece, ...] = ()
    misses: tuple[str, ...] = ()
    skipped: int = 0


@dataclass(frozen=True)
class Miss:
    """A value inside a bundle, from one of a change's reasons."""

    where: str
    stored: str = ""
    came: str = ""
    why: str = ""


def rows(change: Change) -> list[Row]:
    """Lines of a text that differs, with a line around each that agree."""
    return lines(change.stored, change.came, change.allowed or Tolerance())


def lines(stored: str, came: str, allowed: Tolerance) -> list[Row]:
    """Both texts, aligned by what stands around their numbers."""
    before, after = _split(stored), _split(came)
    found: list[tuple[bool, Row]] = []  # (agrees, row)
    for i, j in pairs([_frame(line) for line in before], [_frame(line) for line in after]):
        if i is None:
            found.append((False, Row(came=(Piece(after[j or 0], "other"),))))
        elif j is None:
            found.append((False, Row(stored=(Piece(before[i], "other"),))))
        else:
            misses = tuple(printed_misses(before[i], after[j], allowed))
            left, right = words(before[i], after[j], allowed)
            shown = tuple(_tail(miss, len(misses)) for miss in misses if " became " in miss)
            found.append((not misses, Row(left, right, shown)))
    return _folded(found)


def pairs(stored: list[str], came: list[str]) -> list[tuple[int | None, int | None]]:
    """Indices that belong together, in order; None where one side has no partner."""
    found: list[tuple[int | None, int | None]] = []
    for _, i1, i2, j1, j2 in SequenceMatcher(None, stored, came, autojunk=False).get_opcodes():
        found += zip_longest(range(i1, i2), range(j1, j2))
    return found


def words(
    stored: str, came: str, allowed: Tolerance
) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both lines in pieces: what only one of them has is "other"."""
    before, after = _tokens(stored), _tokens(came)
    left, right = ["same"] * len(before), ["same"] * len(after)
    for i, j in _matches(before, after):
        state = _state(
            before[i] if i is not None else "", after[j] if j is not None else "", allowed
        )
        if i is not None:
            left[i] = state
        if j is not None:
            right[j] = state
    return _joined(before, left), _joined(after, right)


def misses(change: Change) -> list[Miss]:
    """The reasons of a change, in columns."""
    found = (MISS.match(reason) for reason in change.reasons)
    return [
        Miss(**{key: value or "" for key, value in match.groupdict().items()})
        if match
        else Miss(reason)
        for match, reason in zip(found, change.reasons, strict=True)
    ]


def advice(change: Change) -> tuple[str, ...]:
    """What to do, where the reasons are not those of two texts that were compared."""
    return change.reasons if change.allowed is None else ()


def _matches(before: list[str], after: list[str]) -> list[tuple[int | None, int | None]]:
    kinds = [_kind(token) for token in before], [_kind(token) for token in after]
    if kinds[0] == kinds[1]:  # only numbers differ: each belongs to the one in its place
        return [(i, i) for i in range(len(before))]
    if max(len(before), len(after)) > MOST_WORDS:
        return [*((i, None) for i in range(len(before))), *((None, j) for j in range(len(after)))]
    return pairs(before, after)


def _state(stored: str, came: str, allowed: Tolerance) -> str:
    if stored == came or (stored.isspace() and came.isspace()):
        return "same"
    if NUMBER.fullmatch(stored) and NUMBER.fullmatch(came):
        return "other" if text_misses(stored, came, allowed) else "near"
    return "other" if (stored + came).strip() else "same"


def _tokens(line: str) -> list[str]:
    return [match[0] for match in TOKEN.finditer(line)]


def _split(text: str) -> list[str]:
    split = text.rstrip("\n").split("\n")
    more = len(split) - MOST_LINES
    return split if more <= 0 else [*split[:MOST_LINES], f"… and {more} more lines, not shown"]


def _kind(token: str) -> str:
    if token.isspace():
        return " "
    return "#" if NUMBER.fullmatch(token) else token


def _frame(line: str) -> str:
    """A line without its numbers, by which lines are aligned."""
    return "".join(_kind(token) for token in _tokens(line.strip()))


def _joined(tokens: list[str], states: list[str]) -> tuple[Piece, ...]:
    """Neighbours in the same state as one piece; a space between two others is other too."""
    settled = list(states)
    for number in range(1, len(tokens) - 1):
        if tokens[number].isspace():
            around = {states[number - 1], states[number + 1]}
            settled[number] = "other" if around == {"other"} else "same"
    groups = groupby(zip(tokens, settled, strict=True), key=lambda pair: pair[1])
    return tuple(Piece("".join(token for token, _ in group), state) for state, group in groups)


def _tail(miss: str, of: int) -> str:
    """By how much, without the two numbers where they stand beside it anyway."""
    return miss.split(": ", 1)[-1] if of == 1 else miss


def _folded(found: list[tuple[bool, Row]]) -> list[Row]:
    """Lines that agree and are far from any that differs, counted."""
    near = {
        k
        for number, (agrees, _) in enumerate(found)
        if not agrees
        for k in range(number - CONTEXT, number + CONTEXT + 1)
    }
    folded: list[Row] = []
    for number, (_, row) in enumerate(found):
        if number in near:
            folded.append(row)
        elif folded and folded[-1].skipped:
            folded[-1] = Row(skipped=folded[-1].skipped + 1)
        else:
            folded.append(Row(skipped=1))
    return folded
