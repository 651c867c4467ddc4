"""Runs one lesson in a kernel of its own: notebook in, outputs out. The work of a pool's worker."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import json
import os
import re
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from . import deprecations, ending, warm
from .canonical import CLAIM, EXERCISE
from .dependencies import read_log
from .hints import likely_fix
from .job import Failure, Job, Outcome
from .kernel import manager
from .lesson import code_cells, section, tags

CELL_TIMEOUT = 900  # seconds; a lesson sets its own as metadata.downhill.timeout
STARTUP_TIMEOUT = 120
CALLERS = {warm.__file__, ending.__file__}
CREDENTIALS = ("AWS_", "FSSPEC_")  # of the shared cache: no lesson needs them


@dataclass
class _Clock:
    """Times cells and writes the progress file that the coordinator reads."""

    progress: str
    cells: list[dict[str, Any]] = field(default_factory=list)
    running: str = ""
    began: float = 0.0

    def start(self, cell: NotebookNode, cell_index: int) -> None:
        self.running, self.began = cell.id, time.perf_counter()
        self._tell({"cell": cell.id})

    def stop(self, cell: NotebookNode, cell_index: int, execute_reply: object) -> None:
        self.cells.append({"id": cell.id, "seconds": round(time.perf_counter() - self.began, 3)})
        self._tell({"done": len(self.cells)})

    def _tell(self, event: dict[str, Any]) -> None:
        if self.progress:
            with Path(self.progress).open("a", encoding="utf-8") as file:
                file.write(json.dumps(event) + "\n")


def execute(job: Job) -> Outcome:
    """Run all cells in order; stop at the first that fails. Raises nothing a lesson can cause."""
    notebook = nbformat.reads(job.notebook, 4)
    timeout = int(notebook.metadata.get("downhill", {}).get("timeout", CELL_TIMEOUT))
    for cell in code_cells(notebook):
        cell.outputs, cell.execution_count = [], None
    clock = _Clock(job.progress)
    began = time.perf_counter()
    failure: Failure | None = None
    # In the asker's folder, who is still there to remove it where this process is killed.
    room = tempfile.TemporaryDirectory(prefix="course-", dir=job.scratch or None)
    with room as scratch, _environment(job, scratch):
        log = Path(scratch, "observed")
        client = NotebookClient(
            notebook,
            timeout=timeout,
            startup_timeout=STARTUP_TIMEOUT,
            km=manager(Path(scratch), job.warm),
            resources={"metadata": {"path": job.folder}},
            extra_arguments=[
                # What watches is not to be seen itself: `observe` comes last.
                f"--IPKernelApp.extra_extensions=coursebuild.{name}"
                for name in ("ending", "deprecations", "observe")
            ],
            on_cell_execute=clock.start,
            on_cell_executed=clock.stop,
            coalesce_streams=True,
        )
        # Quiet: what a lesson prints belongs into its outputs, what goes wrong into the failure.
        client.log.setLevel("CRITICAL")
        words = Path(scratch, "stderr")  # what C code says when it dies
        try:
            with words.open("w") as stderr:
                # asyncio.run closes its loop, unlike execute().
                asyncio.run(client.async_execute(stderr=stderr, cleanup_kc=True))
        except CellExecutionError as error:
            failure = _raised(job.name, notebook, clock, error)
        except CellTimeoutError:
            problem = f"the cell ran for more than {timeout} s and was stopped"
            fix = "find what hangs, or raise metadata.downhill.timeout"
            failure = _at(job.name, notebook, clock.running, problem, fix)
        except (DeadKernelError, RuntimeError) as error:
            said = [line for line in words.read_text().splitlines() if "[IPKernelApp]" not in line]
            problem = "the kernel died" if clock.running else f"the kernel did not start: {error}"
            problem += f" ({said[-1].strip()})" if said else ""
            fix = "usually it ran out of memory: use less data at a time, or close other programs"
            failure = _at(job.name, notebook, clock.running, problem, fix)
        atexit.unregister(client._cleanup_kernel)  # nbclient leaves it where no kernel started
        seen = (read_log(Path(warm.observed(job.warm))) if job.warm else []) + read_log(log)
        news = deprecations.read_log(Path(scratch, "warnings"), code_cells(notebook))
    failure = failure or _unproven(job.name, notebook)
    return Outcome(
        outputs=[json.loads(json.dumps(cell.outputs)) for cell in code_cells(notebook)],
        seconds=round(time.perf_counter() - began, 2),
        cells=clock.cells,
        # What calls a kernel is read where a lesson lists its callers, and is no part of it.
        seen=[x for x in seen if not x[1].startswith(scratch) and x[1] not in CALLERS],
        failure=failure,
        warnings=news,
    )


@contextlib.contextmanager
def _environment(job: Job, scratch: str) -> Any:
    """The kernel's environment: nothing personal of whoever runs the build reaches a lesson."""
    new = {
        **job.environment,
        "COURSE_OBSERVED": str(Path(scratch, "observed")),
        "COURSE_WARNINGS": str(Path(scratch, "warnings")),
        "IPYTHONDIR": str(Path(scratch, "ipython")),  # no start-up files
        "JUPYTER_CONFIG_DIR": str(Path(scratch, "jupyter")),
        "JUPYTER_PREFER_ENV_PATH": "1",  # this Python's kernel, not one in the home folder
        "PYTHONHASHSEED": "0",
        "NO_COLOR": "",
    }
    hidden = [name for name in os.environ if name.startswith(CREDENTIALS)]
    old = {name: os.environ.get(name) for name in (*new, *hidden)}
    for name in hidden:
        del os.environ[name]
    os.environ.update(new)
    try:
        yield
    finally:
        for name, value in old.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _raised(
    lesson: str, notebook: NotebookNode, clock: _Clock, error: CellExecutionError
) -> Failure:
    # IPython's own way to name a line, or that of an error which shows itself in one line.
    pattern = re.compile(r"Cell In\s*\[\d+\], line (\d+)|^-+> (\d+)\b", re.MULTILINE)
    place = pattern.search(_plain(error.traceback))
    problem = (
        f"{error.ename}: {_plain(error.evalue).strip().splitlines()[0] if error.evalue else ''}"
    )
    # A failed claim's or check's last frame is ours; the first is the line in the lesson.
    line = int(place[1] or place[2]) if place else None
    fix = likely_fix(error.ename, error.evalue)
    return _at(lesson, notebook, clock.running, problem.rstrip(": "), fix, line)


def _at(
    lesson: str, notebook: NotebookNode, cell: str, problem: str, fix: str, line: int | None = None
) -> Failure:
    return Failure(lesson, problem, cell, section(notebook, cell) if cell else "", line, fix)


def _plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def _unproven(lesson: str, notebook: NotebookNode) -> Failure | None:
    """A run that raised nothing may still fail to prove: claims, exercises, planned errors."""
    for cell in code_cells(notebook):
        failed = any(output.output_type == "error" for output in cell.outputs)
        if "raises-exception" in tags(cell) and not failed:
            problem = "the cell is tagged raises-exception, but raised nothing"
            fix = "take the tag away, or mend the demonstration"
            return _at(lesson, notebook, cell.id, problem, fix)
        for output in cell.outputs:
            data = output.get("data", {})
            if data.get(CLAIM, {}).get("state") == "failed":
                problem = f"the claim “{data[CLAIM]['text']}” does not hold"
                return _at(lesson, notebook, cell.id, problem, likely_fix("ClaimError", ""))
            if data.get(EXERCISE, {}).get("passed") is False:
                name, hint = data[EXERCISE]["exercise"], data[EXERCISE].get("hint")
                problem = f"the solution of exercise {name} fails its own check ({hint})"
                return _at(lesson, notebook, cell.id, problem, "mend the solution or the check")
    return None
