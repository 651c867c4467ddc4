"""What goes to whoever runs a lesson, and what comes back: plain data, that may travel."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .errand import Elsewhere


@dataclass(frozen=True)
class Job:
    """All that a worker needs."""

    name: str
    notebook: str  # JSON
    folder: str  # where the kernel runs
    environment: dict[str, str]
    progress: str = ""  # a file that gets one line of JSON per cell; "" for none
    scratch: str = ""  # a folder for what it needs while it runs; "" for the system's own
    warm: str = ""  # the socket of a process to fork the kernel from; "" to start a fresh one
    gpu: bool = False  # whether it may see one


@dataclass(frozen=True)
class Failure:
    """Where a lesson stopped, why, and what most likely mends it."""

    lesson: str
    problem: str
    cell: str = ""
    section: str = ""
    line: int | None = None
    fix: str = ""

    def __str__(self) -> str:
        place = f", cell “{self.cell}”" if self.cell else ""
        place += f" (section “{self.section}”)" if self.section else ""
        place += f", line {self.line}" if self.line else ""
        return f"lesson {self.lesson}{place}: {self.problem}" + (
            f" — {self.fix}" if self.fix else ""
        )


@dataclass(frozen=True)
class Outcome:
    """What came of a job. `failure` is None where every cell ran and every proof held."""

    outputs: list[list[dict[str, Any]]]
    seconds: float
    cells: list[dict[str, Any]]  # {"id", "seconds"} of each cell that ran
    seen: list[tuple[str, str]]
    failure: Failure | None = None
    warnings: list[dict[str, Any]] = field(default_factory=list)  # see deprecations.py
    elsewhere: Elsewhere | None = None  # where another machine ran it


def perform(job: Job) -> Outcome:
    """Run it. Only who does that imports what talks to kernels: it takes a tenth of a second."""
    from .execute import execute

    return execute(job)
