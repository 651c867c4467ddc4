"""The outputs of a cell as HTML, richest form first."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from nbformat import NotebookNode

from ..lesson import tags
from . import demos, figures, folding, sanitise, terminal
from .assets import Assets
from .bundles import CLAIM, DARK, DEMO, EXERCISE, FIGURE, VIDEO
from .problem import PageError

SAID = {"held": "Held", "failed": "Failed"}
TICKS = {"held": "✓", "failed": "✗", "elsewhere": "○"}
PLACES = {  # as in downhill.claims, which this package does not import
    "real": "the real data",
    "drawn": "the drawn data",
    "gpu": "all the real data, on a GPU",
}


@dataclass
class Page:
    """What a page's outputs need, and what they leave for the page to know."""

    lesson: str
    assets: Assets
    root: str
    markdown: Callable[[str], str]
    demos: list[str] = field(default_factory=list)
    tables: int = 0


def render(cell: NotebookNode, page: Page) -> str:
    """All outputs of a code cell. "" where it has none."""
    pieces: list[str] = []
    claims = 0
    for is_stream, group in groupby(cell.outputs, key=lambda o: o.output_type == "stream"):
        if is_stream:  # stdout and stderr as one text, as a terminal shows them
            pieces.append(_pre("".join(output.text for output in group), "nb-stream"))
            continue
        for output in group:
            if output.output_type == "error":
                pieces.append(_error(output, cell, page))
                continue
            data = output.data
            if CLAIM in data:
                claims += 1
                anchor = f"claim-{cell.id}" + (f"-{claims}" if claims > 1 else "")
                pieces.append(_claim(data[CLAIM], anchor, page))
            else:
                pieces.append(_bundle(data, output.get("metadata", {}), cell, page))
    return "".join(pieces)


def _bundle(data: NotebookNode, metadata: Any, cell: NotebookNode, page: Page) -> str:
    where = f"lesson {page.lesson}, cell {cell.id}"
    if DEMO in data:
        name = data[DEMO]["demo"]
        page.demos += [] if name in page.demos else [name]
        return demos.element(data, page.assets, page.root)
    if EXERCISE in data:
        return _exercise(data[EXERCISE])
    if VIDEO in data:
        return _video(data, where, page)
    for kind in ("image/png", "image/jpeg"):
        if kind in data:
            alt = _alt(data)
            if not alt:
                raise PageError(
                    "a figure has no alt text", where, "show it with downhill.plot.show(alt=…)"
                )
            size, dark = metadata.get(kind), data.get(DARK, "")
            shown = figures.image(data[kind], alt, page.assets, page.root, size, dark=dark)
            return f'<figure class="nb-fig">{shown}</figure>'
    if "text/markdown" in data:
        return f'<div class="nb-say">{sanitise.clean(page.markdown(data["text/markdown"]))}</div>'
    if "text/html" in data:
        page.tables += 1
        return sanitise.table_html(data["text/html"], f"Output table {page.tables}")
    if "text/latex" in data:
        return f'<div class="arithmatex">{html.escape(data["text/latex"])}</div>'
    if "text/plain" in data:
        return _pre(data["text/plain"], "nb-result")
    raise PageError(
        f"nothing can show an output of {', '.join(data)}", where, "give it a text/plain form"
    )


def _video(data: NotebookNode, where: str, page: Page) -> str:
    alt = _alt(data)
    if not alt or "image/png" not in data:
        raise PageError(
            "a video has no alt text or no poster",
            where,
            "show it with downhill.plot.show_animation(alt=…)",
        )
    return (
        '<figure class="nb-fig">'
        f"{figures.video(data[VIDEO], data['image/png'], alt, page.assets, page.root)}</figure>"
    )


def _alt(data: NotebookNode) -> str:
    return str(data.get(FIGURE, {}).get("alt", "")).strip()


def _pre(text: str, kind: str) -> str:
    shown = terminal.to_html(text).rstrip()
    if not shown.strip():
        return ""
    box = f'<pre class="{kind}" tabindex="0">{shown}</pre>'
    return box if kind == "nb-trace" else folding.text(box, shown.count("\n") + 1)


def _error(output: NotebookNode, cell: NotebookNode, page: Page) -> str:
    """A failure shown on purpose: its last line, and the traceback for whoever opens it."""
    if "raises-exception" not in tags(cell):
        raise PageError(
            f"{output.ename}: {output.evalue}".splitlines()[0],
            f"lesson {page.lesson}, cell {cell.id}",
            "mend the cell, or tag it raises-exception if the failure is meant",
        )
    last = html.escape(f"{output.ename}: {output.evalue}".strip())
    trace = _pre("\n".join(output.traceback), "nb-trace")
    return (
        f'<details class="nb-error"><summary><span class="nb-error-name">{last}</span></summary>'
        f"{trace}</details>"
    )


def _claim(claim: dict[str, Any], anchor: str, page: Page) -> str:
    """A quiet line that opens to what was measured, or says where it is checked instead.

    The anchor is within what opens, not on it: browsers unfold what they are led into.
    """
    state, anchor = claim["state"], html.escape(anchor)
    line = (
        f'<span class="claim-tick" aria-hidden="true">{TICKS[state]}</span> '
        f'<span class="claim-text">{inline(page.markdown(claim["text"]))}</span>'
    )
    value = measured(claim)
    if state == "elsewhere" or not value:
        note = f' <span class="claim-value">{value}</span>' if value else ""
        return f'<p class="claim claim-{state}" id="{anchor}">{line}{note}</p>'
    return (
        f'<details class="claim claim-{state}"><summary>{line}</summary>'
        f'<p class="claim-value" id="{anchor}">{SAID[state]} in this run: {value}</p></details>'
    )


def measured(claim: dict[str, Any]) -> str:
    """The values behind a claim, as HTML."""
    if claim["state"] == "elsewhere":
        return f"checked on {PLACES[claim['on']]}"
    pairs = claim.get("measured", {}).items()
    return ", ".join(
        f"<code>{html.escape(str(name))}</code> = {html.escape(str(value))}"
        for name, value in pairs
    )


def inline(block: str) -> str:
    """Cleaned HTML of one paragraph, without its <p>."""
    return sanitise.clean(block).strip().removeprefix("<p>").removesuffix("</p>")


def _exercise(exercise: dict[str, Any]) -> str:
    name = html.escape(exercise["exercise"])
    if exercise["passed"]:
        return (
            '<p class="claim claim-held"><span class="claim-tick" aria-hidden="true">✓</span> '
            f'<span class="claim-text">The check of exercise {name} passes for the solution.</span>'
            "</p>"
        )
    hint = html.escape(exercise.get("hint") or "")
    return (
        '<p class="claim claim-failed"><span class="claim-tick" aria-hidden="true">✗</span> '
        f'<span class="claim-text">The check of exercise {name} does not pass. {hint}</span></p>'
    )
