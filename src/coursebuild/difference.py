"""What a cell's run says that its stored outputs do not, for people to read."""

from __future__ import annotations

import difflib
import json
from dataclasses import asdict, dataclass
from typing import Any

from .tolerance import Tolerance

LINES = 30  # of a long difference; the rest is counted
REASONS = 12
WIDTH = 200


@dataclass(frozen=True)
class Change:
    """One output that differs. `stored` and `came` are empty where `reasons` say it all.

    allowed: how far its numbers may be off; None for the default.
    """

    what: str
    stored: str = ""
    came: str = ""
    reasons: tuple[str, ...] = ()
    allowed: Tolerance | None = None


@dataclass(frozen=True)
class Difference:
    """All that differs in one cell. `cell` is empty where the whole lesson cannot be compared."""

    lesson: str
    cell: str
    heading: str
    changes: tuple[Change, ...]

    @property
    def place(self) -> str:
        """Lesson, heading and cell, as far as there are any."""
        cell = f"cell {self.cell}" if self.cell else ""
        return " · ".join(part for part in (self.lesson, self.heading, cell) if part)

    def __str__(self) -> str:
        """One below the other, as a log shows it; `sidebyside.show` is for a terminal."""
        text = [f"✗ {self.place}"]
        for change in self.changes:
            text.append(f"  {change.what}")
            text += [f"    {line}" for line in _lines(change)]
        return "\n".join(text)

    def dumps(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def loads(cls, text: str) -> Difference:
        fields = json.loads(text)
        return cls(**fields | {"changes": tuple(_change(one) for one in fields["changes"])})


def _change(fields: dict[str, Any]) -> Change:
    allowed = fields.pop("allowed")
    reasons = tuple(fields.pop("reasons"))
    return Change(**fields, reasons=reasons, allowed=Tolerance(**allowed) if allowed else None)


def _lines(change: Change) -> list[str]:
    stored, came = change.stored.rstrip("\n"), change.came.rstrip("\n")
    if "\n" in stored or "\n" in came:
        pairs = difflib.unified_diff(stored.split("\n"), came.split("\n"), n=1, lineterm="")
        shown = [
            _short(f"{line[0]} {line[1:]}") for line in list(pairs)[2:] if not line.startswith("@@")
        ]
        if len(shown) > LINES:
            shown[LINES:] = [f"… and {len(shown) - LINES} more lines"]
    else:
        shown = [_short(f"stored  {stored}")] if stored else []
        shown += [_short(f"came    {came}")] if came else []
    shown += change.reasons[:REASONS]
    if len(change.reasons) > REASONS:
        shown.append(f"… and {len(change.reasons) - REASONS} more")
    return shown


def _short(line: str) -> str:
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"
