"""Tables of the page, from results as they were written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from figures import Figure, Rounds, figure, line, printed, ratio, together

Row = dict[str, Any]
NONE = "–"

TITLES = {
    "ours": "**this course**",
    "mkdocs-jupyter": "mkdocs-jupyter, `execute: true`",
    "jupyter-cache": "jupyter-cache in parallel, mkdocs-jupyter",
    "papermill": "papermill in a loop, mkdocs-jupyter",
    "nbval": "`pytest --nbval` alone",
    "plugin": "`mkdocs build`, nothing executed",
    "bare": "MkDocs alone, pages ready as Markdown",
}
CASES = {
    "cold": "Everything for the first time",
    "nothing": "Nothing changed",
    "prose": "An edit of prose",
    "code": "An edit of code in one lesson",
    "module": "An edit of a module that one lesson uses",
    "clone": "A clone in another folder, with the cache carried over",
}
WAYS = {
    "fresh": "a fresh kernel for each lesson",
    "warm": "kernels forked from a warm process",
    "unset": "threads as torch has them",
    "two-threads": "two threads for each lesson",
    "spinning": "threads that wait spin",
    "one-job": "one lesson at a time",
    "longest": "the longest lesson first",
    "name": "lessons in the order of their names",
}
AGAINST = {"name": "longest"} | dict.fromkeys(
    ("warm", "unset", "two-threads", "spinning", "one-job"), "fresh"
)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Markdown. The first column is words, the others are figures."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def text(value: Figure | None, digits: int = 1) -> str:
    return value.text(digits) if value else NONE


def rounds(runs: Iterable[Row], value: str, **key: Any) -> dict[int, float]:
    """What was measured in each round, of the rows that have these values."""
    return {
        run["round"]: run[value]
        for run in runs
        if value in run and all(run.get(name) == wanted for name, wanted in key.items())
    }


# --- against other tools


def phases(runs: list[Row], tool: str, case: str) -> list[str]:
    """What a tool did in a case: it builds, checks, or both."""
    found = {run["phase"] for run in runs if (run["tool"], run["case"]) == (tool, case)}
    return [phase for phase in ("build", "check") if phase in found]


def spent(runs: list[Row], value: str, tool: str, case: str) -> dict[int, float]:
    """What making the pages took; of a tool that makes none, its check."""
    main = phases(runs, tool, case)[:1]
    return rounds(runs, value, tool=tool, case=case, phase=main[0]) if main else {}


def proven(runs: list[Row], tool: str, value: str = "wall") -> dict[int, float]:
    """A cold build and its regression check, one after the other; mkdocs-jupyter's is nbval."""
    key = {"case": "cold", "tool": tool}
    build = rounds(runs, value, phase="build", **key)
    checker = "ours" if tool == "ours" else "nbval"
    return together(build, rounds(runs, value, case="cold", tool=checker, phase="check"))


def judged(runs: list[Row], tool: str, case: str) -> str:
    """Whether pages were right, with how often where not always."""
    main = phases(runs, tool, case)[:1]
    pages = Counter(
        run["page"]
        for run in runs
        if (run["tool"], run["case"]) == (tool, case) and run["phase"] in main
    )
    if not pages or set(pages) == {"none"}:
        return "no page"
    total = pages.total()
    return "right" if pages["right"] == total else f"**stale** {pages['stale']} of {total}"


def done(runs: list[Row]) -> list[Row]:
    """Those that ended well."""
    return [run for run in runs if "failed" not in run]


def against(runs: list[Row], case: str) -> str:
    """One case, a row per tool."""
    runs, rows = done(runs), []
    ours = spent(runs, "wall", "ours", case)
    for tool, title in TITLES.items():
        wall = spent(runs, "wall", tool, case)
        if wall:
            rows.append(
                [
                    title,
                    text(figure(wall.values())),
                    "1" if tool == "ours" else text(ratio(ours, wall), 2),
                    text(figure(spent(runs, "cpu", tool, case).values())),
                    text(figure(spent(runs, "memory", tool, case).values()), 0),
                    text(figure(spent(runs, "executed", tool, case).values()), 0),
                    judged(runs, tool, case),
                    str(len(wall)),
                ]
            )
    head = ["tool", "wall, s", "× ours", "CPU, s", "memory, MB", "cells run", "page", "n"]
    return table(head, rows) if rows else ""


def with_check(runs: list[Row]) -> str:
    """A cold build and its regression check: ours, and mkdocs-jupyter with nbval after it."""
    runs, rows = done(runs), []
    ours = proven(runs, "ours")
    words = {"ours": "`course build`, `course check`", "mkdocs-jupyter": "mkdocs-jupyter, nbval"}
    for tool, title in words.items():
        wall = proven(runs, tool)
        if wall:
            times = "1" if tool == "ours" else text(ratio(ours, wall), 2)
            cpu = text(figure(proven(runs, tool, "cpu").values()))
            rows.append([title, text(figure(wall.values())), times, cpu, str(len(wall))])
    return table(["tools", "wall, s", "× ours", "CPU, s", "n"], rows) if rows else ""


def stale(runs: list[Row]) -> dict[str, tuple[int, int]]:
    """Tool → pages that were stale, and pages looked at, over all cases and rounds."""
    pages: dict[str, Counter[str]] = {}
    for run in done(runs):
        if run["page"] != "none" and run["phase"] == "build":
            pages.setdefault(run["tool"], Counter())[run["page"]] += 1
    return {tool: (count["stale"], count.total()) for tool, count in pages.items()}


def differing(runs: list[Row]) -> Figure | None:
    """Cells of the unedited lessons that nbval calls different from what is stored."""
    return figure(rounds(runs, "differing", tool="nbval", case="cold").values())


# --- kernels


def kernels(runs: list[Row]) -> str:
    rows = []
    for name, title in WAYS.items():
        wall = rounds(runs, "wall", variant=name)
        if wall:
            other = AGAINST.get(name, "")
            base = rounds(runs, "wall", variant=other)
            times = ratio(base, wall)
            cpu, memory = (rounds(runs, key, variant=name) for key in ("cpu", "memory"))
            rows.append(
                [
                    title,
                    text(figure(wall.values())),
                    f"{text(times, 2)} of {WAYS[other]}" if other else "1",
                    verdict(times) if times else "",
                    text(figure(cpu.values())),
                    text(figure(memory.values()), 0),
                    str(len(wall)),
                ]
            )
    head = ["kernels", "wall, s", "ratio", "which is", "CPU, s", "memory, MB", "n"]
    return table(head, rows) if rows else ""


def verdict(times: Figure) -> str:
    """What a ratio of times says: something only where all of its rounds say the same."""
    if times.most < 1:
        return "faster"
    return "slower" if times.least > 1 else "no difference seen"


# --- growth


def sizes(runs: list[Row]) -> list[int]:
    return sorted({run["size"] for run in runs})


def edits(runs: list[Row], size: int) -> list[float]:
    """Seconds of every edit in a preview."""
    return [
        value
        for run in runs
        if run["size"] == size and run["what"] == "preview"
        for key, value in sorted(run.items())
        if key.startswith("edit_")
    ]


def over(runs: list[Row], what: str) -> list[tuple[float, float]]:
    """(lessons, seconds above MkDocs alone) of each round."""
    points = []
    for size in sizes(runs):
        wall = rounds(runs, "wall", size=size, what=what)
        bare = rounds(runs, "wall", size=size, what="bare")
        points += [(size, wall[n] - bare[n]) for n in sorted(wall.keys() & bare.keys())]
    return points


def growth(runs: list[Row]) -> str:
    rows = []
    for size in sizes(runs):
        wall = {w: rounds(runs, "wall", size=size, what=w) for w in ("cold", "warm", "bare")}
        first = rounds(runs, "first", size=size, what="preview")
        own = rounds(runs, "own", size=size, what="cold")
        rows.append(
            [
                str(size),
                *(text(figure(wall[what].values()), 2) for what in ("cold", "warm", "bare")),
                text(figure(own.values()), 0),
                text(figure(first.values()), 2),
                text(figure(edits(runs, size)), 2),
                str(max(len(values) for values in wall.values())),
            ]
        )
    head = ["lessons", "cold, s", "warm, s", "MkDocs alone, s", "coordinator, MB"]
    return table([*head, "first page, s", "an edit shows, s", "n"], rows) if rows else ""


def fits(runs: list[Row]) -> str:
    """A straight line for each way: seconds per lesson, seconds at the start, R²."""
    ways: dict[str, list[tuple[float, float]]] = {
        "cold, above MkDocs alone": over(runs, "cold"),
        "warm, above MkDocs alone": over(runs, "warm"),
        "MkDocs alone": points(runs, "wall", "bare"),
        "the preview's first page": points(runs, "first", "preview"),
    }
    rows = []
    for words, found in ways.items():
        if fitted := line(found):
            slope, start = printed(1000 * fitted.slope), printed(fitted.start, 2)
            rows.append([words, slope, start, f"{fitted.fit:.4f}", str(len(found))])
    if fitted := line(points(runs, "own", "cold")):
        slope, start = f"{1000 * fitted.slope:.0f} kB", f"{fitted.start:.0f} MB"
        rows.append(["the coordinator's memory", slope, start, f"{fitted.fit:.4f}", ""])
    return table(["what grows", "ms per lesson", "start, s", "R²", "n"], rows) if rows else ""


def points(runs: list[Row], value: str, what: str) -> list[tuple[float, float]]:
    return [
        (size, each)
        for size in sizes(runs)
        for each in rounds(runs, value, size=size, what=what).values()
    ]


def slope_over(runs: list[Row], what: str) -> Rounds:
    """Milliseconds per lesson above MkDocs alone, a line of its own for each round."""
    found = {}
    for number in sorted({run["round"] for run in runs}):
        fitted = line(over([run for run in runs if run["round"] == number], what))
        if fitted:
            found[number] = 1000 * fitted.slope
    return found
