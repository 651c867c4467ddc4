"""What a command spends: seconds, seconds of all cores, and memory of its whole tree."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

SHARE = 0.02  # of the time may go into looking at memory
SHORTEST = 0.2  # seconds between two looks


class CommandError(Exception):
    """A command that should have ended well did not."""


@dataclass(frozen=True)
class Spent:
    """Of one command, its children included."""

    wall: float  # seconds
    cpu: float  # seconds, of all cores together
    memory: float  # MB: the highest sum of PSS, in which a page that n processes share counts 1/n
    own: float  # MB: the highest RSS of the command's own process
    code: int
    said: str  # the end of what it printed

    def __add__(self, other: Spent) -> Spent:
        """One command after another."""
        return Spent(
            self.wall + other.wall,
            self.cpu + other.cpu,
            max(self.memory, other.memory),
            max(self.own, other.own),
            self.code or other.code,
            other.said,
        )


class Memory(threading.Thread):
    """Looks at a process and all that it started, until it is told to stop."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.process, self.done = psutil.Process(pid), threading.Event()
        self.peak = self.own = 0.0
        self.seen: dict[tuple[int, float], float] = {}  # a process → CPU seconds when last seen

    def run(self) -> None:
        while True:
            began = time.thread_time()
            self.look()
            if self.done.wait(max(SHORTEST, (time.thread_time() - began) / SHARE)):
                return

    def look(self) -> None:
        total = 0.0
        try:
            tree = [self.process, *self.process.children(recursive=True)]
        except psutil.Error:
            return  # it has ended
        for process in tree:
            try:
                total += process.memory_full_info().pss / 1e6
                times = process.cpu_times()
                self.seen[process.pid, process.create_time()] = times.user + times.system
            except (psutil.Error, AttributeError, OSError):
                continue  # it ended meanwhile
        self.peak = max(self.peak, total)
        try:
            self.own = max(self.own, self.process.memory_info().rss / 1e6)
        except psutil.Error:
            return


def measure(
    words: Sequence[str], folder: Path, environment: Mapping[str, str], fine: Collection[int] = (0,)
) -> Spent:
    """Run a command to its end. Raises CommandError, with its words, on a status not in `fine`."""
    log = folder / "command.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as out:
        began = time.perf_counter()
        process = subprocess.Popen(
            words,
            cwd=folder,
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        memory = Memory(process.pid)
        memory.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
    memory.done.set()
    memory.join()
    process.returncode = code = os.waitstatus_to_exitcode(status)
    said = log.read_text(encoding="utf-8", errors="replace")[-4000:]
    if code not in fine:
        raise CommandError(f"{' '.join(words)}\nended with {code}:\n{said}")
    # A grandchild that nobody waited for is missing from what the system adds up.
    cpu = max(usage.ru_utime + usage.ru_stime, sum(memory.seen.values()))
    return Spent(wall, cpu, memory.peak, memory.own, code, said)
