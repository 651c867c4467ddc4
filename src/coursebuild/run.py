"""Brings lessons up to date: from the cache where it can, by running them in a pool where not."""

from __future__ import annotations

import contextlib
import datetime
import os
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from . import library, local, origin
from .behaviour import asks_for_words
from .cache import Cache, Result, executed_text, put_outputs
from .course import Course
from .dependencies import dependencies
from .durations import Durations
from .errand import same_data
from .errors import CourseError
from .files import write_atomic
from .forking import forks, warm_process
from .job import Failure, Job, Outcome, perform
from .lesson import Lesson, code_cells, code_digest, needs_gpu
from .local import Pools
from .means import ALONE, Means
from .preload import modules
from .progress import Progress
from .shared import Shared, shared_cache


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
    means: Means = ALONE,
    pool: Executor | None = None,
) -> list[Run]:
    """Executed notebooks of `lessons`, written to build/executed/PROFILE.

    pool: any `concurrent.futures.Executor`; default: what the means say, processes on this machine
    or a cluster. Raises CourseError for what no lesson can be run with (a broken notebook, missing
    data).
    """
    row = library.profile(course, profile)
    cache = Cache(course, profile, row["device"])
    notebooks = {lesson: lesson.read() for lesson in lessons}
    if row["device"] == "cuda" and pool is None and not means.scheduler:
        # A cache of its own: data that come now are hashed anew.
        before = Cache(course, profile, row["device"])
        ask = {x: nb for x, nb in notebooks.items() if needs_gpu(nb)}
        if names := [x.name for x, nb in ask.items() if before.find(nb) is None]:
            local.need_gpu(profile, names)
    wanted = sorted({name for nb in notebooks.values() for name in _datasets(nb)})
    runs: dict[Lesson, Run] = {}
    stale: dict[Lesson, NotebookNode] = {}
    # Code that never ran has to run, unless others may have run it: its processes start meanwhile.
    elsewhere = pool or means.scheduler or means.cache
    new = 0 if elsewhere else sum(not cache.knows(notebook) for notebook in notebooks.values())
    with shared_cache(means, progress.warn) as shared, local.ahead(_jobs(row, means, new)) as here:
        if wanted:
            library.fetch(course, profile, wanted)
        for lesson, notebook in notebooks.items():
            result = cache.find(notebook)
            if result is None:
                stale[lesson] = notebook
            else:
                runs[lesson] = _finish(course, lesson, notebook, result, profile)
                progress.cached(lesson.name)
        for lesson, result in cache.fetch(stale, shared):
            runs[lesson] = _finish(course, lesson, stale.pop(lesson), result, profile)
            progress.cached(lesson.name, "the shared cache")
        if stale:
            if pool:
                means = replace(means, kernels="fresh")  # whatever runs a job may be anywhere
            pools = _pools(course, means, pool, here)
            runs |= _execute(course, stale, cache, shared, row, progress, means, pools)
    return [runs[lesson] for lesson in lessons]


def _execute(
    course: Course,
    notebooks: dict[Lesson, NotebookNode],
    cache: Cache,
    shared: Shared,
    row: dict[str, Any],
    progress: Progress,
    means: Means,
    pools: Pools,
) -> dict[Lesson, Run]:
    """Run lessons side by side, and keep what each of them says as soon as it has ended."""
    durations = Durations(course, cache.profile)
    # The longest first: a long lesson that starts last makes the others wait for it.
    expected = durations.expected(notebooks)
    lessons = sorted(notebooks, key=lambda lesson: -expected[lesson])
    jobs = _jobs(row, means, len(lessons))
    environment = _environment(course, cache.profile, jobs)
    commit = origin.commit(course)
    source: contextlib.AbstractContextManager[str] = contextlib.nullcontext("")
    if forks(means, row["device"], len(lessons) > jobs, progress.console.print):
        names = modules([notebooks[lesson] for lesson in lessons], course.source_dir)
        source = warm_process(str(course.lessons_dir), environment, names, progress.console.print)
    runs: dict[Lesson, Run] = {}
    began = time.time()  # before anything is sent away
    # A kernel whose worker was killed may write a moment longer.
    room = tempfile.TemporaryDirectory(prefix="course-", ignore_cleanup_errors=True)
    with room as scratch, source as warm, pools(jobs) as workers:
        keys = {lesson: cache.base_key(notebooks[lesson]) for lesson in lessons}
        futures: dict[Future[Outcome], Lesson] = {}
        for lesson in lessons:
            job = _job(course, lesson, notebooks[lesson], row, environment, Path(scratch), warm)
            cells = [cell.id for cell in code_cells(notebooks[lesson])]
            progress.add(lesson.name, cells, durations.of(lesson), Path(job.progress))
            with _alive(lesson):
                futures[workers.submit(perform, job)] = lesson
        for future in progress.as_completed(futures):
            lesson = futures[future]
            outcome = _outcome(lesson, future, cache)
            if outcome.failure:
                # The executed notebook of before stays in place.
                run = Run(lesson, "failed", outcome.seconds, len(outcome.cells))
                run = replace(run, failure=outcome.failure)
            else:
                result, reads = _result(course, cache, notebooks[lesson], outcome, row, commit)
                if not cache.changed_since(reads, began):
                    cache.store(lesson, keys[lesson], reads, result, shared)
                run = _finish(course, lesson, notebooks[lesson], result, cache.profile, outcome)
            runs[lesson] = run
            durations.keep(lesson, outcome)
            progress.finished(lesson.name, run.state, outcome.seconds)
    return runs


def _jobs(row: dict[str, Any], means: Means, lessons: int) -> int:
    """How many of them run at the same time."""
    return min(1 if row["device"] == "cuda" else means.jobs or os.cpu_count() or 1, lessons)


def _pools(course: Course, means: Means, given: Executor | None, here: Pools) -> Pools:
    """Where jobs are sent, by how many run at the same time."""
    if given:
        return lambda jobs: contextlib.nullcontext(given)
    if not means.scheduler:
        return here
    from . import cluster  # late: its packages are there only where they are wanted

    return lambda jobs: cluster.pool(course, means.scheduler)


def _outcome(lesson: Lesson, future: Future[Outcome], cache: Cache) -> Outcome:
    with _alive(lesson):
        return same_data(lesson.name, future.result(), cache.hash)


@contextlib.contextmanager
def _alive(lesson: Lesson) -> Iterator[None]:
    """Raises CourseError where a process of a pool has died, which shows at the next lesson too."""
    try:
        yield
    except BrokenProcessPool:
        raise CourseError(
            "a worker process was killed",
            f"lesson {lesson.name}",
            "usually memory ran out: use --jobs 1, or close other programs",
        ) from None


def _datasets(notebook: NotebookNode) -> list[str]:
    return list(notebook.metadata.get("downhill", {}).get("data", []))


def _on_gpu(notebook: NotebookNode, row: dict[str, Any]) -> bool:
    return row["device"] == "cuda" and needs_gpu(notebook)


def _environment(course: Course, profile: str, jobs: int) -> dict[str, str]:
    threads = str(max(1, (os.cpu_count() or 1) // jobs))  # parallel lessons must not fight
    return library.environment(course, profile) | {
        "OMP_NUM_THREADS": threads,
        "MKL_NUM_THREADS": threads,
        # Threads that wait sleep instead of spinning: on a busy machine a lesson of small matrix
        # products was seen to take 60 times as long without it.
        "OMP_WAIT_POLICY": "PASSIVE",
    }


def _job(
    course: Course,
    lesson: Lesson,
    notebook: NotebookNode,
    row: dict[str, Any],
    environment: dict[str, str],
    scratch: Path,
    warm: str,
) -> Job:
    if not (gpu := _on_gpu(notebook, row)):
        # The CPU profiles give the same everywhere; and CUDA that is not declared fails at once.
        environment = environment | {"CUDA_VISIBLE_DEVICES": "", "DOWNHILL_NO_GPU": "1"}
    return Job(
        name=lesson.name,
        notebook=nbformat.writes(notebook),
        folder=str(course.lessons_dir),
        environment=environment,
        progress=str(scratch / lesson.name),
        scratch=str(scratch),
        warm=warm,
        gpu=gpu,
    )


def _result(
    course: Course,
    cache: Cache,
    notebook: NotebookNode,
    outcome: Outcome,
    row: dict[str, Any],
    commit: dict[str, Any],
) -> tuple[Result, set[str]]:
    """What to keep of a run that went well, and the names of what it depended on."""
    sources = [cell.source for cell in code_cells(notebook)]
    there = outcome.elsewhere
    reads = (
        set(there.reads)
        if there
        else dependencies(course, outcome.seen, words_count=asks_for_words(sources))
    )
    device = "cuda" if _on_gpu(notebook, row) else "cpu"
    datasets = sorted(name.removeprefix("data:") for name in reads if name.startswith("data:"))
    provenance = {
        "profile": cache.profile,
        "device": there.device if there else origin.device(device),
        "versions": there.versions if there else origin.versions(),
        **commit,
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
    write_executed(course, profile, lesson, executed)
    if outcome is None:
        return Run(lesson, "cached", notebook=executed)
    return Run(lesson, "ran", outcome.seconds, len(outcome.cells), executed)


def write_executed(course: Course, profile: str, lesson: Lesson, executed: NotebookNode) -> None:
    """The one artefact; one that stays as it is keeps its file and its date."""
    path = course.executed(profile) / lesson.path.name
    text = executed_text(executed)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        write_atomic(path, text)


def _public(facts: dict[str, str | int]) -> dict[str, str | int]:
    return {"digest": facts["digest"], "files": facts["files"]} if facts else {}
