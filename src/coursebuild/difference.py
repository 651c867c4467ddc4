"""What a cell's run says that its stored outputs do not, for people to read."""

from __future__ import annotations

import difflib
import json
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.text import Text

LINES = 30  # of a long difference; the rest is counted
REASONS = 12
WIDTH = 200


@dataclass(frozen=True)
class Change:
    """One output that differs. `stored` and `came` are empty where `reasons` say it all."""

    what: str
    stored: str = ""
    came: str = ""
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Difference:
    """All that differs in one cell. `cell` is empty where the whole lesson cannot be compared."""

    lesson: str
    cell: str
    heading: str
    changes: tuple[Change, ...]

    def render(self) -> Text:
        """For a rich console: where, then each output as it was stored and as it came."""
        text = Text("✗ ", style="bold red")
        text.append(self.lesson, style="bold")
        if self.heading:
            text.append(f" · {self.heading}")
        if self.cell:
            text.append(f" · cell {self.cell}", style="cyan")
        for change in self.changes:
            text.append(f"\n  {change.what}", style="bold")
            for line, style in _lines(change):
                text.append(f"\n    {line}", style=style)
        return text

    def __str__(self) -> str:
        console = Console(width=10_000, no_color=True, color_system=None, soft_wrap=True)
        with console.capture() as captured:
            console.print(self.render())
        return captured.get().rstrip("\n")

    def dumps(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def loads(cls, text: str) -> Difference:
        fields = json.loads(text)
        changes = [Change(**{**c, "reasons": tuple(c["reasons"])}) for c in fields.pop("changes")]
        return cls(**fields, changes=tuple(changes))


def _lines(change: Change) -> list[tuple[str, str]]:
    """Lines of one change, each with its style."""
    stored, came = change.stored.rstrip("\n"), change.came.rstrip("\n")
    shown: list[tuple[str, str]] = []
    if "\n" in stored or "\n" in came:
        pairs = difflib.unified_diff(stored.split("\n"), came.split("\n"), n=1, lineterm="")
        style = {"-": "red", "+": "green"}
        shown += [
            (_short(f"{line[0]} {line[1:]}"), style.get(line[0], "dim"))
            for line in list(pairs)[2:]
            if not line.startswith("@@")
        ]
        if len(shown) > LINES:
            shown[LINES:] = [(f"… and {len(shown) - LINES} more lines", "dim")]
    else:
        shown += [(_short(f"stored  {stored}"), "red")] if stored else []
        shown += [(_short(f"came    {came}"), "green")] if came else []
    shown += [(reason, "yellow") for reason in change.reasons[:REASONS]]
    if len(change.reasons) > REASONS:
        shown.append((f"… and {len(change.reasons) - REASONS} more", "dim"))
    return shown


def _short(line: str) -> str:
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"
