"""The status page: when, where and how each lesson last ran; and the badge that leads there."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode

from .. import deprecations, history
from . import provenance
from .bundles import CLAIM, find

PLACE = "<!-- downhill:status -->"
COLUMNS = ("Lesson", "Profile", "Last run", "Time", "Claims", "Warnings", "Last build")
NONE = "<p>None.</p>"
STATES = {"ran": "ran", "cached": "from the cache", "failed": "failed"}
WIDTH, HEIGHT = 64, 18  # of a trend, in pixels


@dataclass(frozen=True)
class Ran:
    """One run of a lesson, by what its executed notebook says."""

    profile: str
    facts: dict[str, Any]
    claims: Counter[str]
    warnings: list[dict[str, Any]] | None  # None: the run is older than their noting
    new: frozenset[str]

    @property
    def seconds(self) -> float:
        return float(self.facts.get("seconds", 0))

    @property
    def device(self) -> str:
        """Either "CPU" or "GPU": what the lesson computed on, whatever its profile."""
        return "GPU" if str(self.facts.get("device", "")).startswith("GPU") else "CPU"


@dataclass(frozen=True)
class Source:
    """A lesson on the status page. pages: cell id → URL, from the status page."""

    name: str
    title: str
    url: str
    runs: list[Ran]
    pages: Mapping[str, str]


def runs(notebooks: Iterable[NotebookNode]) -> list[Ran]:
    """The runs behind executed notebooks, one for each profile: the first that names it."""
    found: dict[str, Ran] = {}
    for notebook in notebooks:
        facts = provenance.of(notebook)
        if facts:
            states = Counter(str(claim.value["state"]) for claim in find(notebook, CLAIM))
            new = frozenset(deprecations.key(entry) for entry in deprecations.new(notebook))
            row = Ran(str(facts["profile"]), facts, states, deprecations.of(notebook), new)
            found.setdefault(row.profile, row)
    return list(found.values())


def times(notebook: NotebookNode, runs: Iterable[Ran]) -> dict[str, str]:
    """Running time on each device, in words: measured where there is a run, else as stated."""
    runs = list(runs)
    devices = {run.profile: run.device for run in runs}
    found: dict[str, list[str]] = {}
    told = provenance.running(notebook, {run.profile: run.seconds for run in runs})
    for profile in sorted(told, key=lambda name: name not in devices):  # the measured ones first
        device = devices.get(profile, "CPU")  # nobody states a time on a GPU: the cards differ
        whose = "" if device == "GPU" else f" ({profile})"
        found.setdefault(device, []).append(told[profile] + whose)
    return {device: ", ".join(found[device]) for device in sorted(found)}


def badge(run: Ran | None, url: str) -> str:
    """A link to the lesson's row: what its run proved; "" where it has not run or url is ""."""
    if run is None or not url:
        return ""
    held, checked = run.claims["held"], run.claims["held"] + run.claims["failed"]
    plural = "claim" if checked == 1 else "claims"
    claims = f"{held} {plural} held" if held == checked else f"{held} of {checked} {plural} held"
    raised = {0: "", 1: ", 1 new warning"}.get(len(run.new), f", {len(run.new)} new warnings")
    kind = "good" if held == checked and not run.new else "look"
    mark = "✓" if kind == "good" else "!"
    return (
        f'<a class="lesson-badge lesson-badge-{kind}" href="{html.escape(url)}">'
        f'<span aria-hidden="true">{mark}</span> {claims}{raised}</a>'
    )


def table(sources: Iterable[Source], known: history.History) -> str:
    """The runs of all lessons, the machines they ran on, and what they warned of."""
    sources = list(sources)
    machines = list(dict.fromkeys(_machine(run.facts) for s in sources for run in s.runs))
    head = "".join(f'<th scope="col">{name}</th>' for name in COLUMNS)
    rows = "".join(_rows(source, known, machines) for source in sources)
    listed = "".join(
        f'<li id="machine-{number}">{html.escape(words)}</li>'
        for number, words in enumerate(machines, 1)
    )
    warned = _warnings(sources)
    return (
        '<div class="nb-scroll status" tabindex="0" role="region" aria-label="Runs of the lessons" '
        f'data-search-exclude><table class="nb-table"><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
        f'<section data-search-exclude><h2 id="machines">Machines</h2><ol>{listed}</ol></section>'
        f'<section data-search-exclude><h2 id="warnings">Warnings</h2>{warned}</section>'
    )


def _rows(source: Source, known: history.History, machines: list[str]) -> str:
    name = html.escape(source.name)
    first = (
        f'<th scope="rowgroup" rowspan="{len(source.runs)}" id="{name}">'
        f'<a href="{html.escape(source.url)}">{html.escape(source.title)}</a></th>'
    )
    rows = ""
    for run in source.runs:
        past = history.of(known, run.profile, source.name)
        cells = (
            f"<code>{html.escape(run.profile)}</code>",
            _when(run.facts, machines.index(_machine(run.facts)) + 1),
            _time(run, past["runs"]),
            _claims(run.claims),
            _count(run),
            STATES.get(past["last"].get("state", ""), "not known"),
        )
        told = zip(COLUMNS[1:], cells, strict=True)  # on a phone each cell says what it is
        rows += f"<tr>{first}{''.join(f'<td data-of="{of}">{cell}</td>' for of, cell in told)}</tr>"
        first = ""
    return rows


def _when(facts: Mapping[str, Any], machine: int) -> str:
    commit = str(facts.get("commit") or "")[:7]
    edited = " and edits" if facts.get("dirty") else ""
    date = html.escape(str(facts.get("date", "not known")).replace("T", " ")[:16])
    of = f"commit <code>{html.escape(commit)}</code>{edited}, " if commit else ""
    return f'{date}<br><small>{of}<a href="#machine-{machine}">machine {machine}</a></small>'


def _machine(facts: Mapping[str, Any]) -> str:
    """Device and versions of a run, in words."""
    versions = ", ".join(f"{k} {v}" for k, v in facts.get("versions", {}).items())
    return "; ".join(part for part in (str(facts.get("device", "not known")), versions) if part)


def _time(run: Ran, past: list[dict[str, Any]]) -> str:
    words = provenance.duration(run.seconds) + trend([float(row["seconds"]) for row in past])
    return words + ("<br><strong>twice the usual</strong>" if history.doubled(past) else "")


def trend(seconds: list[float]) -> str:
    """The last runs' times as a small line, oldest first; "" for fewer than two."""
    if len(seconds) < 2:
        return ""
    step, highest = WIDTH / (len(seconds) - 1), max(max(seconds), 1e-9)
    points = " ".join(
        f"{i * step:.1f},{1 + (HEIGHT - 2) * (1 - value / highest):.1f}"
        for i, value in enumerate(seconds)
    )
    told = ", ".join(provenance.duration(value) for value in seconds)
    return (
        f' <svg class="trend" role="img" aria-label="The last {len(seconds)} runs: {told}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f'<polyline points="{points}" fill="none" stroke="currentColor" stroke-width="1.5"/></svg>'
    )


def _claims(states: Counter[str]) -> str:
    checked = states["held"] + states["failed"]
    elsewhere = (
        f"<br><small>{states['elsewhere']} only elsewhere</small>" if states["elsewhere"] else ""
    )
    return f"{states['held']} of {checked} held{elsewhere}"


def _count(run: Ran) -> str:
    if run.warnings is None:
        return "not noted"
    count = len(_different(run.warnings))
    new = f", {len(run.new)} new" if run.new else ""
    return f'<a href="#warnings">{count}{new}</a>' if count else "none"


def _different(warnings: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Each warning once, however often and in however many cells it was raised."""
    return {deprecations.key(entry): entry for entry in reversed(warnings)}


def _warnings(sources: Iterable[Source]) -> str:
    """Each warning once, with the cells that it came from."""
    entries: dict[str, dict[str, Any]] = {}
    cells: dict[str, dict[str, list[str]]] = {}  # key → cell, as a link → profiles
    new: set[str] = set()
    unnoted = False
    for source in sources:
        for run in source.runs:
            unnoted = unnoted or run.warnings is None
            new |= run.new
            for key, entry in _different(run.warnings or []).items():
                entries.setdefault(key, entry)
                cells.setdefault(key, {}).setdefault(_cell(entry, source), []).append(run.profile)
    if not entries:
        return "<p>None noted; some runs are older than the noting.</p>" if unnoted else NONE
    items = (
        f"<li>{'<strong>new</strong> ' if key in new else ''}"
        f"<code>{html.escape(entry['category'])}</code> {html.escape(entry['text'])} "
        f"<small>({html.escape(entry['where'])})</small><br><small>From "
        + "; ".join(f"{cell} ({', '.join(profiles)})" for cell, profiles in cells[key].items())
        + "</small></li>"
        for key, entry in entries.items()
    )
    return f"<ul>{''.join(items)}</ul>"


def _cell(entry: Mapping[str, Any], source: Source) -> str:
    page = source.pages.get(entry["cell"], "")
    words = f"{html.escape(source.title)}, cell <code>{html.escape(entry['cell'])}</code>"
    return f'<a href="{html.escape(page)}">{words}</a>' if page else words
