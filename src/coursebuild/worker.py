"""What a Dask worker does for a lesson: hands it to a process of its own, and watches that.

A thread cannot be stopped, and the environment of a process is one for all of its threads. So each
lesson gets a process (hand.py), which ends when its standard input does: with this worker, however
that dies, or when nobody wants the lesson any more.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from dask.system import CPU_COUNT
from distributed import Status, Variable, get_client, get_worker

from .errand import Errand
from .errors import CourseError
from .files import write_atomic
from .job import Failure, Outcome
from .pack import kept
from .versions import agree, installed

HOME = "COURSE_WORKER_HOME"
INTERVAL = 0.2  # seconds between looks at the lesson's process
PATIENCE = 10.0  # seconds that a process gets to end by itself
DEATHS = 3  # workers that may die under a lesson
KEEP = 30 * 24 * 3600.0  # seconds
OVER = (Status.closing, Status.closed, Status.failed)


def perform(errand: Errand) -> Outcome:
    """Run a lesson. Raises CourseError where this machine cannot run it as the asker would."""
    worker = get_worker()
    agree(errand.versions, installed(), f"worker {worker.address}")
    beginnings = f"{errand.topic} {errand.job.name}"
    if len(get_client().get_events(beginnings)) >= DEATHS:
        return _deadly(errand.job.name)
    worker.log_event(beginnings, worker.address)
    parcel = _parcel(errand)
    with tempfile.TemporaryDirectory(prefix="lesson-", dir=worker.local_directory) as name:
        room = Path(name)
        (room / "errand").write_bytes(pickle.dumps((errand, worker.address, str(parcel))))
        return _watched(errand, worker, room)


def home() -> Path:
    """Where parcels and drawn data stay from lesson to lesson, for all workers of a machine."""
    return Path(os.environ.get(HOME, "~/.cache/course-worker")).expanduser().absolute()


def _parcel(errand: Errand) -> Path:
    """The file of the parcel, fetched from the scheduler by the first lesson that needs it."""
    path = home() / "parcels" / f"{errand.parcel}.zip"
    if not kept(path, errand.parcel):
        write_atomic(path, Variable(errand.store, client=get_client()).get(timeout=60))
        _prune()
    os.utime(path)
    return path


def _prune() -> None:
    """Remove parcels, and what was drawn for them, that no lesson has used for a while."""
    for path in (*home().glob("parcels/*"), *home().glob("data/*")):
        with contextlib.suppress(OSError):  # another worker was faster
            if time.time() - path.stat().st_mtime > KEEP:
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def _watched(errand: Errand, worker: Any, room: Path) -> Outcome:
    """Wait for the lesson's process and tell how far it is; end it where it is not wanted."""
    key = worker.get_current_task()
    threads = str(max(1, CPU_COUNT // worker.state.nthreads))
    told = ""
    with (room / "words").open("wb") as words:
        process = subprocess.Popen(
            [sys.executable, "-m", "coursebuild.hand", str(room)],
            cwd=room,
            env=os.environ | {"OMP_NUM_THREADS": threads, "MKL_NUM_THREADS": threads},
            stdin=subprocess.PIPE,
            stdout=words,
            stderr=words,
            start_new_session=True,  # a Ctrl-C in the worker's terminal is the worker's
        )
        try:
            while process.poll() is None:
                if worker.status in OVER or _dropped(worker, key):
                    raise InterruptedError(f"lesson {errand.job.name} is not wanted any more")
                with contextlib.suppress(OSError):
                    text = (room / "progress").read_text(encoding="utf-8")
                    if text != told:
                        told = text
                        news = {"lesson": errand.job.name, "progress": text}
                        worker.log_event(errand.topic, news)
                time.sleep(INTERVAL)
        finally:
            _end(process)
    try:
        outcome: Outcome = pickle.loads((room / "outcome").read_bytes())
    except OSError:
        said = (room / "words").read_text(encoding="utf-8", errors="replace").strip()
        raise CourseError(
            f"the lesson's process died with {process.returncode}"
            + (f" ({said.splitlines()[-1]})" if said else ""),
            f"lesson {errand.job.name}, worker {worker.address}",
            "usually memory ran out: give the worker fewer threads",
        ) from None
    return outcome


def _deadly(lesson: str) -> Outcome:
    problem = f"{DEATHS} workers died while they ran it"
    fix = "usually memory ran out: give workers more of it, or fewer threads"
    return Outcome([], 0.0, [], [], Failure(lesson, problem, fix=fix))


def _dropped(worker: Any, key: Any) -> bool:
    """Whether the scheduler has taken the task back: Ctrl-C over there, or the asker is gone."""
    task = worker.state.tasks.get(key)
    return task is None or task.state == "cancelled"


def _end(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    process.stdin.close()  # it ends its kernel, then itself
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
