"""What counts as the same, for each kind of output: one small rule each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from .canonical import CLAIM, DEMO, FIGURE
from .tolerance import Tolerance, json_misses, text_misses
from .unordered import in_one_order

EXACT = Tolerance()
MEASURED = "measured"

Rule = Callable[[Any, Any, Tolerance], Iterable[str]]


def printed_misses(stored: str, came: str, allowed: Tolerance) -> list[str]:
    """Printed text: numbers within the tolerance; sets and dicts in any order."""
    misses = text_misses(stored, came, allowed)
    if misses and "{" in stored and "{" in came:
        return text_misses(in_one_order(stored), in_one_order(came), allowed)
    return misses


def claim_misses(stored: Any, came: Any, allowed: Tolerance) -> Iterator[str]:
    """A claim: what it says and whether it held exactly, what it measured within the tolerance."""
    inner = f"{MEASURED}."
    yield from _in_part(stored, came, allowed, exact=lambda miss: not miss.startswith(inner))


def figure_misses(stored: Any, came: Any, allowed: Tolerance) -> Iterator[str]:
    """A figure, by what it plots: titles and labels, data of lines, images, bars and points.

    A cell may allow its numbers to vary, never the shape of an image.
    """
    yield from _in_part(stored, came, allowed, exact=lambda miss: ".shape" in miss)


def _in_part(
    stored: Any, came: Any, allowed: Tolerance, exact: Callable[[str], bool]
) -> Iterator[str]:
    """JSON of which a part must be equal: that whose misses are `exact`."""
    if allowed == EXACT:
        yield from json_misses(stored, came, EXACT)
        return
    yield from (miss for miss in json_misses(stored, came, EXACT) if exact(miss))
    yield from (miss for miss in json_misses(stored, came, allowed) if not exact(miss))


def demo_misses(stored: Any, came: Any, allowed: Tolerance) -> Iterator[str]:
    """A demo: shapes must be equal; how many records a list has may differ as the cell allows."""

    def parts(bundle: Any) -> tuple[Any, dict[str, int]]:
        outline = bundle.get("outline", {})
        counts = {name: what for name, what in outline.items() if isinstance(what, int)}
        return {**bundle, "outline": {**outline, **dict.fromkeys(counts, "records")}}, counts

    (shapes, counts), (new_shapes, new_counts) = parts(stored), parts(came)
    yield from json_misses(shapes, new_shapes, EXACT)
    for name in sorted(counts.keys() & new_counts.keys()):
        yield from json_misses(counts[name], new_counts[name], allowed, name)


RULES: dict[str, Rule] = {
    "text/plain": printed_misses,
    "text/html": text_misses,
    "text/markdown": text_misses,
    CLAIM: claim_misses,
    FIGURE: figure_misses,
    DEMO: demo_misses,
}


def rule(mime: str, *values: Any) -> Rule:
    """The rule for two values of this kind: that of the table, else of any text or any JSON."""
    both_text = all(isinstance(value, str) for value in values)
    found = RULES.get(mime)
    if found is None or both_text != mime.startswith("text/"):
        return text_misses if both_text else json_misses
    return found
