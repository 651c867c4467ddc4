"""Brings lessons up to date: from the cache where it can, by running them in a pool where not."""

from __future__ import annotations

import contextlib
import datetime
import json
import multiprocessing
import os
import platform
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from . import library
from .behaviour import asks_for_words
from .cache import Cache, Result, put_outputs
from .course import Course
from .dependencies import dependencies
from .errors import CourseError
from .execute import Failure, Job, Outcome, execute
from .files import write_atomic
from .git import git
from .lesson import Lesson, code_cells, code_digest
from .progress import Progress


@dataclass(frozen=True)
class Run:
    """What became of one lesson in this build."""

    lesson: Lesson
    state: str  # "ran" | "cached" | "failed"
    seconds: float = 0.0
    cells: int = 0  # code cells that this build executed
    notebook: NotebookNode | None = None
    failure: Failure | None = None


def run_lessons(
    course: Course,
    lessons: list[Lesson],
    profile: str,
    progress: Progress,
    jobs: int | None = None,
    pool: Executor | None = None,
) -> list[Run]:
    """Executed notebooks of `lessons`, written to build/executed/PROFILE.

    pool: any `concurrent.futures.Executor`; default: processes on this machine. Raises CourseError
    for what no lesson can be run with (a broken notebook, missing data).
    """
    row = library.profile(course, profile)
    cache = Cache(course, profile, row["device"])
    notebooks = {lesson: lesson.read() for lesson in lessons}
    wanted = sorted({name for nb in notebooks.values() for name in _datasets(nb)})
    if wanted:
        library.fetch(course, profile, wanted)
    runs: dict[Lesson, Run] = {}
    stale: list[Lesson] = []
    for lesson, notebook in notebooks.items():
        result = cache.find(notebook)
        if result is None:
            stale.append(lesson)
        else:
            runs[lesson] = _finish(course, lesson, notebook, result, profile)
            progress.cached(lesson.name)
    if stale:
        timings = _Timings(course, profile)
        # The longest first: a long lesson that starts last makes the others wait for it.
        stale.sort(key=lambda lesson: -timings.total(lesson))
        jobs = 1 if row["device"] == "cuda" else min(jobs or os.cpu_count() or 1, len(stale))
        with tempfile.TemporaryDirectory() as scratch, _pool(jobs, pool) as workers:
            began = time.time()
            keys = {lesson: cache.base_key(notebooks[lesson]) for lesson in stale}
            futures: dict[Future[Outcome], Lesson] = {}
            for lesson in stale:
                job = _job(course, lesson, notebooks[lesson], profile, jobs, Path(scratch))
                cells = [cell.id for cell in code_cells(notebooks[lesson])]
                progress.add(lesson.name, cells, timings.of(lesson), Path(job.progress))
                futures[workers.submit(execute, job)] = lesson
            for future in progress.as_completed(futures):
                lesson = futures[future]
                try:
                    outcome = future.result()
                except BrokenProcessPool:
                    raise CourseError(
                        "a worker process was killed",
                        f"lesson {lesson.name}",
                        "usually memory ran out: use --jobs 1, or close other programs",
                    ) from None
                if outcome.failure:
                    # The executed notebook of before stays in place.
                    run = Run(lesson, "failed", outcome.seconds, len(outcome.cells))
                    run = replace(run, failure=outcome.failure)
                else:
                    result, reads = _result(course, cache, notebooks[lesson], outcome, profile, row)
                    if not cache.changed_since(reads, began):
                        cache.store(lesson, keys[lesson], reads, result)
                    run = _finish(course, lesson, notebooks[lesson], result, profile, outcome)
                runs[lesson] = run
                timings.keep(lesson, outcome)
                progress.finished(lesson.name, run.state, outcome.seconds)
    return [runs[lesson] for lesson in lessons]


def _datasets(notebook: NotebookNode) -> list[str]:
    return list(notebook.metadata.get("downhill", {}).get("data", []))


def _job(
    course: Course, lesson: Lesson, notebook: NotebookNode, profile: str, jobs: int, scratch: Path
) -> Job:
    threads = str(max(1, (os.cpu_count() or 1) // jobs))  # parallel lessons must not fight
    environment = library.environment(course, profile) | {
        "OMP_NUM_THREADS": threads,
        "MKL_NUM_THREADS": threads,
        # Threads that wait sleep instead of spinning: on a busy machine a lesson of small matrix
        # products was seen to take 60 times as long without it.
        "OMP_WAIT_POLICY": "PASSIVE",
    }
    if library.profile(course, profile)["device"] != "cuda":
        environment["CUDA_VISIBLE_DEVICES"] = ""  # the CPU profiles give the same everywhere
    return Job(
        name=lesson.name,
        notebook=nbformat.writes(notebook),
        folder=str(course.lessons_dir),
        environment=environment,
        progress=str(scratch / lesson.name),
    )


def _result(
    course: Course,
    cache: Cache,
    notebook: NotebookNode,
    outcome: Outcome,
    profile: str,
    row: dict[str, Any],
) -> tuple[Result, set[str]]:
    """What to keep of a run that went well, and the names of what it depended on."""
    sources = [cell.source for cell in code_cells(notebook)]
    reads = dependencies(course, outcome.seen, words_count=asks_for_words(sources))
    datasets = sorted(name.removeprefix("data:") for name in reads if name.startswith("data:"))
    provenance = {
        "profile": profile,
        "device": _device(row["device"]),
        "versions": {"python": platform.python_version(), **_versions("torch", "fastai")},
        **_commit(course),
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "seconds": outcome.seconds,
        "datasets": [
            {"name": key.split("/", 1)[1], **_public(cache.hash.dataset(key))} for key in datasets
        ],
        "cells": outcome.cells,
        "warnings": outcome.warnings,
        "code": code_digest(notebook),
    }
    return Result(outcome.outputs, sources, provenance), reads


def _finish(
    course: Course,
    lesson: Lesson,
    notebook: NotebookNode,
    result: Result,
    profile: str,
    outcome: Outcome | None = None,
) -> Run:
    """Write the executed notebook. outcome: of this build's run; None for a result of before."""
    executed = put_outputs(notebook, result)
    path = course.executed(profile) / lesson.path.name
    text = nbformat.writes(executed) + "\n"
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        write_atomic(path, text)
    if outcome is None:
        return Run(lesson, "cached", notebook=executed)
    return Run(lesson, "ran", outcome.seconds, len(outcome.cells), executed)


def _public(facts: dict[str, str | int]) -> dict[str, str | int]:
    return {"digest": facts["digest"], "files": facts["files"]} if facts else {}


def _versions(*packages: str) -> dict[str, str]:
    found = {}
    for package in packages:
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[package] = metadata.version(package)
    return found


def _commit(course: Course) -> dict[str, Any]:
    """The commit that was run, and whether files differed from it; empty outside git."""
    commit = git(course, "rev-parse", "HEAD")
    if commit is None:
        return {"commit": None, "dirty": False}
    changed = git(course, "status", "--porcelain", "--", "lessons", "src", "requirements.txt")
    return {"commit": commit.strip(), "dirty": bool(changed)}


def _device(kind: str) -> str:
    """The device that ran, in words."""
    if kind == "cuda" and shutil.which("nvidia-smi"):
        query = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
        done = subprocess.run(query, capture_output=True, text=True, check=False)
        if done.returncode == 0 and done.stdout.strip():
            return f"GPU: {done.stdout.splitlines()[0].strip()}"
    return f"CPU: {platform.machine()}, {os.cpu_count()} cores"


class _Timings:
    """Seconds per cell of the last run: only to tell the time left, so never a reason to fail."""

    def __init__(self, course: Course, profile: str) -> None:
        self.path = course.cache / f"seconds.{profile}.json"
        try:
            self.known: dict[str, dict[str, float]] = json.loads(self.path.read_text("utf-8"))
        except (OSError, ValueError):
            self.known = {}

    def of(self, lesson: Lesson) -> dict[str, float]:
        return self.known.get(lesson.name, {})

    def total(self, lesson: Lesson) -> float:
        return sum(self.of(lesson).values())

    def keep(self, lesson: Lesson, outcome: Outcome) -> None:
        if outcome.failure is None:
            self.known[lesson.name] = {cell["id"]: cell["seconds"] for cell in outcome.cells}
            write_atomic(self.path, json.dumps(self.known))


@contextlib.contextmanager
def _pool(jobs: int, given: Executor | None) -> Iterator[Executor]:
    if given is not None:
        yield given
        return
    # "spawn": a fork of a process that has threads (the progress bars) may lock up.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_worker)
    try:
        yield pool
    except BaseException:  # Ctrl-C too: do not wait for lessons that nobody wants any more
        for process in list((pool._processes or {}).values()):
            # Not SIGTERM: nbclient catches it, and a lock held by the dead would hang the rest.
            process.kill()
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


def _worker() -> None:
    """Leave Ctrl-C to the parent, and die with it: an orphan would run its lesson for nobody."""
    os.setsid()  # the terminal's Ctrl-C does not reach another session
    parent = multiprocessing.parent_process()

    def follow() -> None:
        assert parent is not None
        parent.join()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()
