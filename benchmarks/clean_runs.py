"""Does a lesson that nobody has changed say the same each time? On one thread, on two, without
deterministic algorithms, and as on an older processor.

    .venv/bin/python benchmarks/clean_runs.py [--runs 10] [LESSON…]

Every run is compared with the outputs stored in lessons/, by the comparison of `course check`.
Nothing may differ: an alarm at an unchanged lesson is one that people learn to ignore. No run
comes from the cache, and none is kept in it.
"""

import argparse
import copy
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell
from rich.console import Console
from rich.table import Table

from coursebuild import library
from coursebuild.canonical import canonical
from coursebuild.compare import differences
from coursebuild.course import Course
from coursebuild.execute import Job, Outcome, execute
from coursebuild.lesson import Lesson, code_cells

ROOT = Path(__file__).parents[1]
PROFILE = "offline"
TIMEOUT = 600
# In front of the lesson: whatever it seeds, repeatable kernels are not asked for.
LOOSE = """\
import torch
from downhill import repro

def _loose(seed, _seeded=repro.set_seed):
    _seeded(seed)
    torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark = False, True

torch.use_deterministic_algorithms(False)
repro.set_seed = _loose
"""
# What the libraries of an x86 processor without AVX-512 would choose; others ignore it.
OLDER = {
    "ATEN_CPU_CAPABILITY": "avx2",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "MKL_ENABLE_INSTRUCTIONS": "AVX2",
    "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",
}
# name: (threads, code in front of the lesson, what else the kernel is told)
SETTINGS: dict[str, tuple[int, str, dict[str, str]]] = {
    "two threads": (2, "", {}),
    "one thread": (1, "", {}),
    "not deterministic": (2, LOOSE, {}),
    "an older processor": (2, "", OLDER),
}


def job(course: Course, lesson: Lesson, setting: str) -> Job:
    """The lesson as the setting wants it run."""
    threads, before, told = SETTINGS[setting]
    notebook = copy.deepcopy(lesson.read())
    notebook.metadata.setdefault("downhill", {}).setdefault("timeout", TIMEOUT)
    notebook.cells.insert(0, new_code_cell(before, id="before-all"))
    environment = library.environment(course, PROFILE) | told
    environment |= dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS"), str(threads))
    environment |= {"OMP_WAIT_POLICY": "PASSIVE", "CUDA_VISIBLE_DEVICES": ""}
    return Job(lesson.name, nbformat.writes(notebook), str(course.lessons_dir), environment)


def alarms(lesson: Lesson, outcome: Outcome) -> list[str]:
    """What this run says that the stored lesson does not; empty where they agree."""
    if outcome.failure:
        return [str(outcome.failure)]
    stored = lesson.read()
    executed = copy.deepcopy(stored)
    for cell, outputs in zip(code_cells(executed), outcome.outputs[1:], strict=True):
        cell.outputs, cell.execution_count = [nbformat.from_dict(o) for o in outputs], 1
    return [str(found) for found in differences(canonical(stored), executed, lesson.name)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("--runs", type=int, default=10, help="shared out to the settings in turn")
    parser.add_argument("lessons", nargs="*", metavar="LESSON")
    words = parser.parse_args()
    course = Course(ROOT)
    lessons = course.select(words.lessons)
    needed = {name for each in lessons for name in each.read().metadata.downhill.get("data", [])}
    library.fetch(course, PROFILE, sorted(needed))
    os.environ.pop("COURSE_CACHE", None)
    console, seen = Console(), []
    table = Table("run", "setting", "lesson", "seconds", "cells that differ")
    for run in range(words.runs):
        setting = list(SETTINGS)[run % len(SETTINGS)]
        for lesson in lessons:
            # A process each: a kernel inherits the threads of the one that starts it.
            with ProcessPoolExecutor(1) as pool:
                outcome = pool.submit(execute, job(course, lesson, setting)).result()
            found = alarms(lesson, outcome)
            seen += [f"run {run + 1}, {setting}: {words}" for words in found]
            row = str(run + 1), setting, lesson.name, f"{outcome.seconds:.0f}", str(len(found))
            console.print("  ".join(row))
            table.add_row(*row)
    console.print(table)
    if seen:
        sys.exit(f"{len(seen)} alarms at lessons that nobody has changed:\n" + "\n".join(seen))
    console.print(f"{words.runs} runs of {len(lessons)} lessons: nothing differs")


if __name__ == "__main__":
    main()
