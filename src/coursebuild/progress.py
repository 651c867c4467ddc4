"""Shows how far the lessons are: a bar each in a terminal, a line each in a log."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

T = TypeVar("T")
INTERVAL = 0.1  # seconds between looks at the progress files


class Progress:
    """Reports on lessons. `quiet` where nobody watches: CI, or output that goes to a file.

    meanwhile: called once lessons run and there is nothing to do but wait for them.
    """

    def __init__(
        self,
        console: Console,
        quiet: bool | None = None,
        meanwhile: Callable[[], object] = lambda: None,
    ) -> None:
        self.console, self.meanwhile = console, meanwhile
        self.quiet = (not console.is_terminal or "CI" in os.environ) if quiet is None else quiet
        self.bars = Bars(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[left]}"),
            TextColumn("[dim]{task.fields[cell]}"),
            console=console,
            transient=True,
        )
        self.watched: dict[str, _Watched] = {}

    def cached(self, name: str, cache: str = "the cache") -> None:
        self.console.print(f"{name}: nothing changed, taken from {cache}")

    def warn(self, words: str) -> None:
        """Say in one line what the build goes on without."""
        self.console.print(f"warning: {words}", markup=False, soft_wrap=True)

    def add(self, name: str, cells: list[str], seconds: dict[str, float], log: Path) -> None:
        """Watch a lesson. seconds: how long each cell took last time, as far as is known."""
        task = self.bars.add_task(name, total=len(cells), left="", cell="starting")
        self.watched[name] = _Watched(cells, seconds, log, task)
        if self.quiet:
            self.console.print(f"{name}: running {len(cells)} cells")

    def finished(self, name: str, state: str, seconds: float) -> None:
        watched = self.watched.pop(name)
        self.bars.remove_task(watched.task)
        self.console.print(f"{name}: {state} in {seconds:.0f} s ({len(watched.cells)} cells)")

    def as_completed(self, futures: Iterable[Future[T]]) -> Iterator[Future[T]]:
        """Like concurrent.futures.as_completed, with the bars kept moving."""
        waiting = set(futures)
        self.meanwhile()
        if not self.quiet:
            self.bars.start()
        try:
            while waiting:
                done, waiting = wait(waiting, timeout=INTERVAL, return_when=FIRST_COMPLETED)
                if not self.quiet:
                    for watched in self.watched.values():
                        self._update(watched)
                # What went well first: whoever stops at a failure has kept it by then.
                yield from sorted(done, key=lambda f: f.cancelled() or f.exception() is not None)
        finally:
            if not self.quiet:
                self.bars.stop()

    def _update(self, watched: _Watched) -> None:
        done, cell = watched.read()
        left = watched.left(done)
        self.bars.update(
            watched.task,
            completed=done,
            cell=cell,
            left=f"about {left:.0f} s left" if left is not None else "",
        )


class _Watched:
    """One lesson's progress file, and what the last run says of the time left."""

    def __init__(
        self, cells: list[str], seconds: dict[str, float], log: Path, task: TaskID
    ) -> None:
        self.cells, self.seconds, self.log, self.task = cells, seconds, log, task
        self.began = time.monotonic()

    def read(self) -> tuple[int, str]:
        """Cells done, and the id of the cell that runs."""
        try:
            lines = self.log.read_text(encoding="utf-8").splitlines()
            events = [json.loads(line) for line in lines]
        except (OSError, ValueError):
            return 0, "starting"
        done = max((event.get("done", 0) for event in events), default=0)
        running = [event["cell"] for event in events if "cell" in event]
        return done, running[-1] if running else "starting"

    def left(self, done: int) -> float | None:
        """Seconds still to go, from the last run's cells, scaled by how fast this one has been.

        None where most cells have never been timed: no guess is better than a wild one.
        """
        known = [self.seconds.get(cell) for cell in self.cells]
        if sum(value is not None for value in known) < len(known) / 2:
            return None
        past = sum(value or 0 for value in known[:done])
        rest = sum(value or 0 for value in known[done:])
        elapsed = time.monotonic() - self.began
        pace = min(max(elapsed / past, 0.5), 3) if past > 5 else 1
        return max(rest * pace, 0)
