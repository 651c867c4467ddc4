"""Sets and dicts in printed text: their items in one order, whatever order they were printed in."""

from __future__ import annotations

import re

from .tolerance import NUMBER

# Before the brace of a set or a dict; not in `\frac{a}{b}`, `x_{i,j}`, `${HOME}`, `f{x}`.
BEFORE = re.compile(r"(?:^|[\s(\[{,:=])\Z")
ORDERED = re.compile(r"OrderedDict\(\Z")  # its order is part of what it says
QUOTED = re.compile(r"(?:^|\W)[bBrRuU]?\Z")  # before a quote that begins a string
BRACE_OR_QUOTE = re.compile("[{'\"]")
OPEN, CLOSE = "([{", ")]}"
LOOK_BACK = 12


def in_one_order(text: str) -> str:
    """`{'b': 2, 'a': {3, 1}}` → `{'a': {1, 3}, 'b': 2}`. What is no set and no dict stays."""
    done, at = [], 0
    while (brace := _next_brace(text, at)) is not None:
        before = text[max(0, brace - LOOK_BACK) : brace]
        items = None
        if BEFORE.search(before) and not ORDERED.search(before):
            items = _items(text, brace)
        if items is None:
            done.append(text[at : brace + 1])
            at = brace + 1
            continue
        inside, end = items
        done.append(text[at:brace])
        done.append("{" + ", ".join(sorted(map(in_one_order, inside), key=_rank)) + "}")
        at = end
    return "".join(done) + text[at:]


def _next_brace(text: str, at: int) -> int | None:
    """The next brace that opens and is not part of a quoted string; None where there is none."""
    while mark := BRACE_OR_QUOTE.search(text, at):
        if mark.group() == "{":
            return mark.start()
        end = _end_of_string(text, mark.start()) if _begins_string(text, mark.start()) else None
        at = end or mark.end()
    return None


def _items(text: str, brace: int) -> tuple[list[str], int] | None:
    """The items between this brace and the one that closes it, and where that ends.

    None where brackets or quotes do not match, or where there is nothing between two commas.
    """
    expected, items, start, at = ["}"], [], brace + 1, brace + 1
    while at < len(text):
        letter = text[at]
        if letter in "'\"" and _begins_string(text, at):
            end = _end_of_string(text, at)
            if end is None:
                return None
            at = end
            continue
        if letter in OPEN:
            expected.append(CLOSE[OPEN.index(letter)])
        elif letter in CLOSE and letter != expected.pop():
            return None
        if (letter == "," and len(expected) == 1) or not expected:
            items.append(text[start:at].strip())
            start = at + 1
        if not expected:
            return (items, at + 1) if all(items) else None
        at += 1
    return None


def _begins_string(text: str, quote: int) -> bool:
    return QUOTED.search(text[max(0, quote - 2) : quote]) is not None


def _end_of_string(text: str, at: int) -> int | None:
    """Behind the quote that closes the one at `at`; None where the line ends first."""
    quote, at = text[at], at + 1
    while at < len(text) and text[at] != "\n":
        if text[at] == "\\":
            at += 1
        elif text[at] == quote:
            return at + 1
        at += 1
    return None


def _rank(item: str) -> tuple[str, list[float]]:
    """By the words; where these are alike, by the numbers: near ones then stand side by side."""
    numbers = [float(number.replace(",", "")) for number in NUMBER.findall(item)]
    return NUMBER.sub("0", item), numbers
