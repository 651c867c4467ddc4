"""build/report.md: what each lesson claimed and measured in its last run, for people."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode

from . import deprecations, times
from .canonical import CLAIM
from .course import Course
from .files import write_atomic
from .lesson import code_cells
from .run import Run

STATES = {"held": "held", "failed": "FAILED", "elsewhere": "not checked here"}


def write_findings(course: Course, profile: str, runs: list[Run]) -> None:
    """Write one section per lesson of the build: its run, then its claims with their values."""
    parts = [f"# What the lessons claim and measured: profile {profile}\n", news(runs)]
    parts += [section(run) for run in runs]
    if took := times.table(course):
        parts.append("\n".join(["## Times of the last runs\n", *took, ""]))
    write_atomic(course.build / "report.md", "\n".join(parts))


def news(runs: list[Run]) -> str:
    """The lessons that failed, and the warnings that nobody has accepted yet, each once."""
    failed = [f"- **failed** {run.failure}\n" for run in runs if run.failure]
    lessons: dict[str, list[str]] = {}
    for run in runs:
        for entry in deprecations.new(run.notebook) if run.notebook else ():
            lessons.setdefault(deprecations.key(entry), []).append(run.lesson.number)
    new = [f"- **new** {_cell(key)}: lessons {', '.join(of)}\n" for key, of in lessons.items()]
    return f"{len(failed)} lessons failed, {len(new)} new warnings.\n\n{''.join(failed + new)}"


def section(run: Run) -> str:
    """Markdown of one lesson; for one that failed, where and why."""
    if run.failure is not None or run.notebook is None:
        return f"## {run.lesson.name}\n\nFailed: {run.failure}\n"
    facts = run.notebook.metadata.get("downhill", {}).get("provenance", {})
    versions = ", ".join(f"{name} {value}" for name, value in facts.get("versions", {}).items())
    claims = _claims(run.notebook)
    rows = "".join(
        f"| {STATES[c['state']]} | {_cell(c['text'])} | {_cell(_measured(c))} |\n" for c in claims
    )
    held = sum(c["state"] == "held" for c in claims)
    return (
        f"## {run.lesson.name}\n\n"
        f"{facts.get('device', 'unknown device')}; {facts.get('seconds', 0)} s; {versions}; "
        f"commit {str(facts.get('commit'))[:12]}; {str(facts.get('date'))[:16]}.\n"
        f"{held} of {len(claims)} claims held.\n\n"
        f"| | Claim | Measured |\n| --- | --- | --- |\n{rows}"
        f"{_warnings(run.notebook)}"
    )


def _warnings(notebook: NotebookNode) -> str:
    """What was deprecated in this run; the news first, in bold."""
    new = {deprecations.key(entry) for entry in deprecations.new(notebook)}
    raised = {deprecations.key(entry): entry for entry in deprecations.of(notebook) or []}
    lines = [
        f"- {'**new** ' if key in new else ''}{_cell(key)}, cell {entry['cell']}\n"
        for key, entry in sorted(raised.items(), key=lambda item: (item[0] not in new, item[0]))
    ]
    return f"\nWarnings: {len(raised)}, new: {len(new)}.\n\n{''.join(lines)}" if raised else ""


def _claims(notebook: NotebookNode) -> list[dict[str, Any]]:
    return [
        output["data"][CLAIM]
        for cell in code_cells(notebook)
        for output in cell.outputs
        if CLAIM in output.get("data", {})
    ]


def _measured(claim: dict[str, Any]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in claim.get("measured", {}).items())


def _cell(text: str) -> str:
    """Text that a table of Markdown can hold."""
    return text.replace("|", "\\|").replace("\n", " ")
