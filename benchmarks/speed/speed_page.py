"""docs/speed.md, made from benchmarks/results: no number of it is typed by hand.

.venv/bin/python benchmarks/speed/speed_page.py
"""

from __future__ import annotations

import json
from pathlib import Path
from string import Template
from typing import Any

from goals import goals, goals_table
from tables import CASES, TITLES, against, differing, fits, growth, kernels, stale, with_check

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "benchmarks" / "results"
WORDS = Path(__file__).with_name("page.md")
TRIED = Path(__file__).with_name("tried.md")
PAGE = ROOT / "docs" / "speed.md"
MISSING = "Not measured yet: `make bench` measures it.\n"

CHECKED = """\
What also compares the run with the stored outputs: of the others, mkdocs-jupyter and then nbval.

"""


def load(folder: Path, name: str) -> dict[str, Any]:
    """The results of one harness; {} where there are none."""
    path = folder / f"{name}.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def origin(results: dict[str, Any]) -> str:
    """Where figures come from: the machine, the versions, the commit and the dates."""
    machine, began, ended = results["machine"], results["began"][:10], results["ended"][:10]
    dates = began if began == ended else f"{began} to {ended}"
    versions = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    settings = results["settings"]
    lessons = f"Lessons: {', '.join(settings['lessons'])}.\n" if "lessons" in settings else ""
    edited = f"Edited: {settings['edited']}.\n" if "edited" in settings else ""
    return (
        f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gb']} GB, "
        f"{machine['system']}; {dates}; commit {results['commit'][:12]}.\n"
        f"{lessons}{edited}Versions: {versions}.\n\n"
    )


def against_others(peers: dict[str, Any]) -> str:
    if not peers:
        return MISSING
    runs = peers["runs"]
    parts = [origin(peers)]
    if failed := sum("failed" in run for run in runs):
        parts.append(f"Runs that failed three times and are not in the tables: {failed}.\n\n")
    if both := with_check(runs):
        parts += ["### A cold build and its regression check\n\n", CHECKED, both, "\n"]
    if cells := differing(runs):
        parts += [
            f"Cells that nbval calls different though nothing has changed: {cells.text(0)}.\n\n"
        ]
    for case, title in CASES.items():
        if found := against(runs, case):
            parts += [f"### {title}\n\n", found, "\n"]
    counts = [
        f"- {TITLES[tool]}: {count} of {total}\n" for tool, (count, total) in stale(runs).items()
    ]
    parts += ["### Stale pages, over all cases and rounds\n\n", *counts]
    return "".join(parts)


def page(folder: Path = RESULTS) -> str:
    """The whole page, from the results in a folder."""
    peers, ways, grown = (load(folder, name) for name in ("peers", "kernels", "growth"))
    runs = grown.get("runs", [])
    return Template(WORDS.read_text(encoding="utf-8")).substitute(
        goals=goals_table(goals(peers.get("runs", []), runs)),
        peers=against_others(peers),
        kernels=origin(ways) + kernels(ways["runs"]) if ways else MISSING,
        growth=f"{origin(grown)}{growth(runs)}\n{fits(runs)}" if grown else MISSING,
        tried=TRIED.read_text(encoding="utf-8").strip(),
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
