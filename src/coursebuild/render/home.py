"""The home page's two places that come from the runs: the path of lessons, and what they proved."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import starmap

from nbformat import NotebookNode

from . import outputs, provenance
from .bundles import CLAIM, find

# Between the word and the end of the comment, the page may say in a line what each lesson is for.
PATH = re.compile(r"<!-- downhill:path\b(?P<leads>.*?)-->", re.DOTALL)
PROOF = "<!-- downhill:proof -->"
SIDE, PITCH, COLUMNS = 7, 10, 40  # of the mosaic's squares: size, distance, in a row


@dataclass(frozen=True)
class Step:
    """A lesson on the home page. times: device → running time in words."""

    name: str
    title: str
    url: str
    notebook: NotebookNode
    times: Mapping[str, str]
    pages: int = 1

    @property
    def states(self) -> Counter[str]:
        return Counter(str(claim.value["state"]) for claim in find(self.notebook, CLAIM))


def fill(page: str, steps: Iterable[Step], claims_url: str) -> str:
    """The page's HTML with its places filled; unchanged where it has none of them."""
    if PROOF not in page and not PATH.search(page):
        return page
    steps = list(steps)
    page = PATH.sub(lambda match: path(steps, leads(match["leads"])), page)
    return page.replace(PROOF, proof(steps, claims_url))


def leads(text: str) -> dict[str, str]:
    """Lines of "01_name: What it is for." → name → sentence."""
    lines = (line.partition(":") for line in text.splitlines() if ":" in line)
    return {name.strip(): sentence.strip() for name, _, sentence in lines}


def path(steps: Sequence[Step], said: Mapping[str, str]) -> str:
    """The lessons in their order, each a step further down; an appendix is not on the way."""
    way = [step for step in steps if not step.notebook.metadata.get("downhill", {}).get("appendix")]
    items = "".join(_step(step, said.get(step.name, "")) for step in way)
    return f'<ol class="path">{items}</ol>'


def _step(step: Step, lead: str) -> str:
    number = int(step.name.split("_")[0])
    pages = f" on {step.pages} pages" if step.pages > 1 else ""
    facts = {"Reading": f"{provenance.reading_minutes(step.notebook)} min{pages}"}
    facts |= {f"Running ({name})": time for name, time in step.times.items()}
    if checked := step.states["held"] + step.states["failed"]:
        facts["Claims held"] = f"{step.states['held']} of {checked}"
    said = f'<p class="path-lead">{html.escape(lead)}</p>' if lead else ""
    rows = "".join(starmap("<div><dt>{}</dt><dd>{}</dd></div>".format, _escaped(facts)))
    return (
        f'<li><a class="path-step" href="{html.escape(step.url)}">'
        f'<span class="path-ball" aria-hidden="true">{number}</span>'
        f"{html.escape(step.title)}</a>{said}<dl>{rows}</dl></li>"
    )


def _escaped(facts: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    return ((html.escape(name), html.escape(value)) for name, value in facts.items())


def proof(steps: Sequence[Step], claims_url: str) -> str:
    """How many claims held in the run behind these pages, and a square for each of them."""
    states = sum((step.states for step in steps), Counter[str]())
    held, checked = states["held"], states["held"] + states["failed"]
    run = next((provenance.of(step.notebook) for step in steps), {})
    elsewhere = (
        f"<p>{states['elsewhere']} more, the hollow squares, are about {outputs.PLACES['real']} "
        "or a GPU: a run that has these checks them.</p>"
        if states["elsewhere"]
        else ""
    )
    rows = "".join(_row(step) for step in steps if step.states.total())
    return (
        '<div class="proof"><div class="proof-count">'
        f"<p><strong>{held}</strong> of {checked} claims held</p>"
        f"<p>when the lessons were run for these pages, in the profile "
        f"<code>{html.escape(str(run.get('profile', 'none')))}</code>.</p>{elsewhere}"
        f'<p><a href="{html.escape(claims_url)}">All claims, with what was measured</a></p></div>'
        f'<ul class="proof-rows">{rows}</ul></div>'
    )


def _row(step: Step) -> str:
    states = [str(claim.value["state"]) for claim in find(step.notebook, CLAIM)]
    count = Counter(states)
    words = f"{count['held']} held"
    words += f", {count['failed']} failed" if count["failed"] else ""
    words += f", {count['elsewhere']} only elsewhere" if count["elsewhere"] else ""
    return f"<li><p>{html.escape(step.title)} <span>{words}</span></p>{mosaic(states)}</li>"


def mosaic(states: Sequence[str]) -> str:
    """A square for each claim, in the lesson's order; the words beside it say the same."""
    squares: dict[str, str] = {}
    for index, state in enumerate(states):
        x, y = index % COLUMNS * PITCH + 1, index // COLUMNS * PITCH + 1
        squares[state] = squares.get(state, "") + f"M{x} {y}h{SIDE}v{SIDE}h-{SIDE}z"
    width, height = COLUMNS * PITCH, ((len(states) - 1) // COLUMNS + 1) * PITCH
    paths = "".join(f'<path class="claim-is-{kind}" d="{d}"/>' for kind, d in squares.items())
    return (
        f'<svg class="mosaic" aria-hidden="true" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}">{paths}</svg>'
    )
