"""The process in which a worker's lesson runs: `python -m coursebuild.hand FOLDER`.

FOLDER holds the errand and gets the outcome. The process ends, its kernel before it, when its
standard input does.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import sys
import threading
from dataclasses import replace
from pathlib import Path

import nbformat
import psutil

from . import library, origin
from .behaviour import asks_for_words
from .course import Course
from .dependencies import Hasher, dependencies
from .errand import NOT_SENT, Elsewhere, Errand
from .errors import CourseError
from .execute import execute
from .files import write_atomic
from .job import Failure, Job, Outcome
from .lesson import code_cells
from .pack import source_digest, unpack


def main(folder: str) -> None:
    threading.Thread(target=_follow, daemon=True).start()
    room = Path(folder)
    errand, worker, parcel = pickle.loads((room / "errand").read_bytes())
    outcome = carry_out(errand, worker, Path(parcel), room)
    write_atomic(room / "outcome", pickle.dumps(outcome))


def carry_out(errand: Errand, worker: str, parcel: Path, room: Path) -> Outcome:
    """Run the lesson in a checkout of its own, and say what it read there by its names."""
    content = parcel.read_bytes()
    course = unpack(content, room / "course")
    # Drawn once for each version of the library, whatever else of a course changes.
    data = parcel.parent.with_name("data") / source_digest(content)
    data.mkdir(parents=True, exist_ok=True)
    os.utime(data)  # used today: see _prune in worker.py
    os.environ |= {"DOWNHILL_HOME": str(data), "COURSE_CACHE": str(data / "cache")}
    job = _at_home(errand.job, course, room)
    notebook = nbformat.reads(job.notebook, 4)
    profile = job.environment["DOWNHILL_PROFILE"]
    if datasets := list(notebook.metadata.get("downhill", {}).get("data", [])):
        try:
            library.fetch(course, profile, datasets)
        except CourseError:
            return _without_data(job.name, worker, room)
    outcome = execute(job)
    sources = [cell.source for cell in code_cells(notebook)]
    reads = dependencies(course, outcome.seen, words_count=asks_for_words(sources))
    ours = Hasher(course)
    elsewhere = Elsewhere(
        worker=worker,
        device=origin.device("cuda" if job.gpu else "cpu"),
        versions=origin.versions(),
        reads=frozenset(reads),
        hashes={name: ours(name) for name in reads if name.startswith(NOT_SENT)},
    )
    return replace(outcome, seen=[], elsewhere=elsewhere)


def _at_home(job: Job, course: Course, room: Path) -> Job:
    """The job with this machine's folders and threads in the place of the asker's."""
    environment = job.environment | library.environment(course, job.environment["DOWNHILL_PROFILE"])
    if outer := os.environ.get("PYTHONPATH"):  # where this machine has the package, maybe
        environment["PYTHONPATH"] += os.pathsep + outer
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        environment[name] = os.environ[name]
    return replace(
        job,
        folder=str(course.lessons_dir),
        environment=environment,
        progress=str(room / "progress"),
        scratch="",  # a worker's folder may be too long for the names of sockets
    )


def _without_data(lesson: str, worker: str, room: Path) -> Outcome:
    said = (room / "words").read_text(encoding="utf-8", errors="replace").strip().splitlines()
    problem = f"worker {worker} does not have its data"
    problem += f" ({said[-1].removeprefix('Error: ')})" if said else ""
    fix = "put them where that worker's FASTAI_HOME says, see docs/cluster.md"
    return Outcome([], 0.0, [], [], Failure(lesson, problem, fix=fix))


def _follow() -> None:
    """End with whoever started this: no lesson runs for nobody."""
    while os.read(0, 1024):
        pass
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            child.kill()
    os._exit(1)


if __name__ == "__main__":
    main(sys.argv[1])
