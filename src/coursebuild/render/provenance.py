"""Where a page's numbers come from: the line under the title and the table at the foot."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping
from typing import Any

from nbformat import NotebookNode

WORDS_PER_MINUTE = 180  # prose that is read with a pencil, not skimmed
CODE_LINES_PER_MINUTE = 12
SLOWEST = 5


def reading_minutes(notebook: NotebookNode) -> int:
    """Minutes to read a lesson: what it says itself, else an estimate from its length."""
    stated = notebook.metadata.get("downhill", {}).get("reading_minutes")
    if stated:
        return int(stated)
    words: int = sum(len(c.source.split()) for c in notebook.cells if c.cell_type == "markdown")
    lines: int = sum(c.source.count("\n") + 1 for c in notebook.cells if c.cell_type == "code")
    return max(1, math.ceil(words / WORDS_PER_MINUTE + lines / CODE_LINES_PER_MINUTE))


def duration(seconds: float) -> str:
    """Seconds as people say them: "0.4 s", "38 s", "6 min"."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def running(notebook: NotebookNode, measured: Mapping[str, float]) -> dict[str, str]:
    """Running time per profile: measured where it ran here, else what the lesson states.

    measured: profile → seconds; the lesson's own figures are metadata.downhill.running_minutes.
    """
    stated = notebook.metadata.get("downhill", {}).get("running_minutes", {})
    times = {name: f"about {minutes} min" for name, minutes in stated.items()}
    return times | {name: duration(seconds) for name, seconds in measured.items()}


def of(notebook: NotebookNode) -> dict[str, Any]:
    """The provenance that the run wrote into the notebook; {} for one that has not run."""
    return dict(notebook.metadata.get("downhill", {}).get("provenance", {}))


def table(notebook: NotebookNode, times: Mapping[str, str]) -> str:
    """The table at the foot of a lesson; "" where the lesson has not run."""
    facts = of(notebook)
    if not facts:
        return ""
    versions = facts.get("versions", {})
    rows = {
        "Profile": f"<code>{_text(facts.get('profile'))}</code>",
        "Data": "<br>".join(_dataset(data) for data in facts.get("datasets", [])) or "none",
        "Device": _text(facts.get("device")),
        "Versions": ", ".join(f"{_text(k)} {_text(v)}" for k, v in versions.items()),
        "Commit": f"<code>{_text(facts.get('commit'))[:12]}</code>"
        + (", with changes not yet committed" if facts.get("dirty") else ""),
        "Date": _text(facts.get("date")).replace("T", " ")[:16],
        "Time": duration(float(facts.get("seconds", 0))),
        "Elsewhere": ", ".join(
            f"<code>{_text(k)}</code> {_text(v)}"
            for k, v in times.items()
            if k != facts.get("profile")
        ),
        "Slowest cells": _slowest(notebook, facts),
    }
    lines = "".join(
        f'<tr><th scope="row">{name}</th><td>{value}</td></tr>'
        for name, value in rows.items()
        if value
    )
    return (
        '<section class="provenance" data-search-exclude>'
        "<p>Every output on this page comes from one run of the notebook. This is that run.</p>"
        '<div class="nb-scroll" tabindex="0" role="region" aria-label="How this page was made">'
        f'<table class="nb-table"><tbody>{lines}</tbody></table></div></section>'
    )


def _text(value: object) -> str:
    return html.escape(str(value if value is not None else "unknown"))


def _dataset(data: Mapping[str, Any]) -> str:
    name = _text(data.get("name"))
    digest = _text(data.get("digest"))[:12]
    return f"{name}: {int(data.get('files', 0)):,} files, sha256 <code>{digest}…</code>"


def _slowest(notebook: NotebookNode, facts: Mapping[str, Any]) -> str:
    """The cells that took longest, each by its first line of code."""
    sources = {cell.id: cell.source for cell in notebook.cells}
    cells = sorted(facts.get("cells", []), key=lambda cell: -float(cell["seconds"] or 0))
    names = [
        f"<code>{_text(cell['id'])}</code> {duration(float(cell['seconds']))}"
        for cell in cells[:SLOWEST]
        if cell["id"] in sources and float(cell["seconds"] or 0) >= 0.1
    ]
    return "<br>".join(names)
