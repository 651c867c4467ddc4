"""What is new in a run besides its outputs: claims that flipped, times that doubled, warnings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode

from .. import deprecations
from ..cache import Result
from ..canonical import CLAIM
from ..job import Failure
from ..lesson import code_cells

TWICE = 2.0
NOTICED = 1.0  # seconds: less is the weather of the machine
NONE = "–"


@dataclass(frozen=True)
class Flip:
    """A claim that is not what it was. was, now: "held", "failed", "elsewhere" or NONE."""

    text: str
    was: str
    now: str
    measured: str = ""


@dataclass(frozen=True)
class Slower:
    """A cell, or "" for the whole lesson, that takes at least twice as long. In seconds."""

    cell: str
    was: float
    now: float


def flips(stored: NotebookNode, came: NotebookNode, failure: Failure | None = None) -> list[Flip]:
    """Claims whose state is another one, that are gone, or new. failure: why the run stopped."""
    before, after = _claims(stored), _claims(came)
    found = []
    if failure is not None:  # of a run that stopped nothing else is known
        return [
            Flip(text, claim["state"], "failed", failure.problem)
            for (text, _), claim in before.items()
            if failure.problem.startswith("ClaimError") and text in failure.problem
        ]
    for name in dict.fromkeys([*before, *after]):
        was, now = (claims[name]["state"] if name in claims else NONE for claims in (before, after))
        if was != now:
            found.append(Flip(name[0], was, now, _measured(after.get(name, {}))))
    return found


def slower(before: Result | None, came: NotebookNode) -> list[Slower]:
    """Cells that take twice as long as in the run before, the slowest first."""
    if before is None:
        return []
    facts = came.metadata.get("downhill", {}).get("provenance", {})
    was, now = _seconds(before.provenance), _seconds(facts)
    found = [
        Slower(cell, was[cell], now[cell])
        for cell in now
        if cell in was and now[cell] >= TWICE * was[cell] and now[cell] - was[cell] >= NOTICED
    ]
    return sorted(found, key=lambda one: one.was - one.now)


def warned(before: Result | None, came: NotebookNode) -> list[dict[str, Any]]:
    """Deprecations of this run that the run before had not; without one, those not yet known."""
    new = deprecations.new(came)
    if before is None or "warnings" not in before.provenance:
        return new
    old = {deprecations.key(entry) for entry in before.provenance["warnings"]}
    return [entry for entry in new if deprecations.key(entry) not in old]


def _claims(notebook: NotebookNode) -> dict[tuple[str, int], dict[str, Any]]:
    """By text, and number where a text is claimed more than once."""
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for cell in code_cells(notebook):
        for output in cell.outputs:
            if claim := output.get("data", {}).get(CLAIM):
                number = 0
                while (claim["text"], number) in found:
                    number += 1
                found[claim["text"], number] = claim
    return found


def _measured(claim: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in claim.get("measured", {}).items())


def _seconds(provenance: Mapping[str, Any]) -> dict[str, float]:
    cells = {cell["id"]: float(cell["seconds"]) for cell in provenance.get("cells", [])}
    return {"": float(provenance.get("seconds", 0)), **cells}
