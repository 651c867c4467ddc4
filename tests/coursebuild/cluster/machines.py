"""Machines of a cluster on loopback: a real scheduler and real workers, each in its own process.

A worker's Python has the packages of this one and a copy of coursebuild, and neither the repository
nor the library that the lessons import: those must come with the lesson. Each has a home folder of
its own.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sysconfig
import time
import venv
from pathlib import Path

import psutil
from distributed import Client

import coursebuild

PATIENCE = 120  # seconds for a process to start or to end, on a machine that is busy
OURS = re.compile(r"downhill|a1_coverage|__pycache__")  # an installation of this repository
NOBODY = "http://127.0.0.1:9"  # nothing listens there: a worker asks no other host for anything
KEPT = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH")


def computer(root: Path) -> Path:
    """A Python with the packages of this one and a copy of our package; gives its program."""
    venv.create(root, with_pip=False, symlinks=True)
    packages = next((root / "lib").glob("python*")) / "site-packages"
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if not OURS.search(entry.name):
            (packages / entry.name).symlink_to(entry)
    assert coursebuild.__file__ is not None
    shutil.copytree(
        Path(coursebuild.__file__).parent,
        packages / "coursebuild",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    return root / "bin" / "python"


class Machines:
    """The processes of one cluster. `end` leaves none of them."""

    def __init__(self, root: Path, python: Path) -> None:
        self.root, self.python = root, python
        self.address = ""
        self.scheduler: subprocess.Popen[bytes] | None = None
        self.workers: list[subprocess.Popen[bytes]] = []

    def begin(self, workers: int, *words: str, nanny: bool = False) -> Machines:
        self.start_scheduler()
        for _ in range(workers):
            self.add_worker(*words, nanny=nanny)
        if workers:
            self.wait(workers)
        return self

    def start_scheduler(self) -> None:
        file = self.root / "scheduler.json"
        file.unlink(missing_ok=True)
        self.scheduler = self._start(
            *("scheduler", "scheduler", "--host", "127.0.0.1", "--port", "0"),
            *("--no-dashboard", "--scheduler-file", str(file)),
        )
        deadline = time.monotonic() + PATIENCE
        while not self.address:
            assert self.scheduler.poll() is None, self.words("scheduler")
            assert time.monotonic() < deadline, self.words("scheduler")
            time.sleep(0.1)
            if file.exists() and (text := file.read_text()):
                self.address = json.loads(text)["address"]

    def add_worker(self, *words: str, nanny: bool = False, python: Path | None = None) -> None:
        name = f"worker{len(self.workers)}"
        process = self._start(
            *(name, "worker", self.address, "--name", name, "--nthreads", "1"),
            *("--host", "127.0.0.1", "--no-dashboard", "--memory-limit", "0"),
            *("--local-directory", str(self.root / name / "scratch")),
            "--nanny" if nanny else "--no-nanny",
            *words,
            python=python,
        )
        self.workers.append(process)

    def wait(self, workers: int) -> None:
        """Until so many workers are known to the scheduler."""
        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=PATIENCE)

    def home(self, worker: int = 0) -> Path:
        return self.root / f"worker{worker}"

    def words(self, name: str) -> str:
        """What a process has said."""
        return (self.root / f"{name}.log").read_text()

    def end(self) -> None:
        """Kill all at once; what they had started is to end by itself."""
        processes = [process for process in (self.scheduler, *self.workers) if process]
        children = [child for process in processes for child in below(process.pid)]
        for process in processes:
            process.kill()
            process.wait(PATIENCE)
        _, left = psutil.wait_procs(children, timeout=PATIENCE)
        for child in left:
            child.kill()
        assert not left, left

    def _start(self, name: str, *words: str, python: Path | None = None) -> subprocess.Popen[bytes]:
        home = self.root / name
        (home / "tmp").mkdir(parents=True, exist_ok=True)
        environment = {key: os.environ[key] for key in KEPT if key in os.environ}
        with (self.root / f"{name}.log").open("wb") as log:
            return subprocess.Popen(
                [python or self.python, "-m", "dask", *words],
                cwd=home,
                env=environment
                | {"HOME": str(home), "TMPDIR": str(home / "tmp")}
                | {"HTTPS_PROXY": NOBODY, "HTTP_PROXY": NOBODY},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )


def below(pid: int) -> list[psutil.Process]:
    """Everything that a process has started, and what those have."""
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []
