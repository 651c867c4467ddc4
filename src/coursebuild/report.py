"""build/report.json: what a build did, for machines and for the closing line."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from nbformat import NotebookNode

from . import deprecations
from .canonical import CLAIM
from .course import Course
from .files import write_atomic
from .lesson import code_cells
from .run import Run


def claims(notebook: NotebookNode | None) -> dict[str, int]:
    """How many claims of an executed notebook held, failed, or are checked elsewhere."""
    states = Counter(
        output["data"][CLAIM]["state"]
        for cell in (code_cells(notebook) if notebook else [])
        for output in cell.outputs
        if CLAIM in output.get("data", {})
    )
    return {state: states[state] for state in ("held", "failed", "elsewhere")}


def warnings(notebook: NotebookNode | None) -> dict[str, int]:
    """How many different warnings a run raised, and how many of them nobody has accepted."""
    raised = deprecations.of(notebook) if notebook else None
    if notebook is None or raised is None:
        return {}
    different = {deprecations.key(entry) for entry in raised}
    return {"raised": len(different), "new": len(deprecations.new(notebook))}


def write_report(course: Course, profile: str, device: str, wall: float, runs: list[Run]) -> None:
    """Write the report. `seconds` and `cells` are what this build spent: 0 for a cached lesson."""
    lessons: list[dict[str, Any]] = [
        {
            "name": run.lesson.name,
            "state": run.state,
            "seconds": run.seconds,
            "cells": run.cells,
            "claims": claims(run.notebook)
            if run.failure is None
            else {"held": 0, "failed": int("ClaimError" in run.failure.problem), "elsewhere": 0},
            "warnings": warnings(run.notebook),
        }
        | ({"error": str(run.failure)} if run.failure else {})
        for run in runs
    ]
    report = {"profile": profile, "device": device, "wall_s": round(wall, 2), "lessons": lessons}
    write_atomic(course.report, json.dumps(report, indent=1, ensure_ascii=False) + "\n")
