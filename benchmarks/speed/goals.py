"""What was to be reached on two cores, and whether it was."""

from __future__ import annotations

from dataclasses import dataclass

from figures import Figure, Rounds, figure, more, ratio
from tables import NONE, Row, done, edits, proven, rounds, slope_over, spent, stale, table

LARGE = 200  # lessons


@dataclass(frozen=True)
class Goal:
    """At most `limit`. value: None where nothing was measured."""

    words: str
    limit: float
    unit: str
    value: Figure | None
    digits: int = 1

    @property
    def verdict(self) -> str:
        if self.value is None:
            return "not measured"
        return "met" if self.value.median <= self.limit else "**not met**"


def goals(peers: list[Row], growth: list[Row]) -> list[Goal]:
    """All of them. peers, growth: the runs of these results, [] where there are none."""
    runs = done(peers)
    above = " over MkDocs alone, whose pages are ready as Markdown"
    course = f"in a course of {LARGE} lessons"
    return [
        Goal(
            "a cold build and its check, as a part of mkdocs-jupyter's and nbval's time",
            0.45,
            "",
            ratio(proven(runs, "mkdocs-jupyter"), proven(runs, "ours")),
            2,
        ),
        Goal(f"a build with nothing changed,{above}", 1.5, "s", bare(runs, "nothing"), 2),
        Goal(f"a build after an edit of prose,{above}", 1.5, "s", bare(runs, "prose"), 2),
        Goal(
            "a build after an edit of one lesson's code, over that lesson's own cells",
            3,
            "s",
            more(spent(runs, "wall", "ours", "code"), spent(runs, "own_cells", "ours", "code")),
            2,
        ),
        Goal("stale pages", 0, "", stale_pages(peers), 0),
        Goal(
            "a lesson more in a build with nothing changed, over MkDocs alone",
            15,
            "ms",
            figure(slope_over(growth, "warm").values()),
        ),
        Goal(f"memory of the coordinator {course}", 300, "MB", figure(memory(growth).values()), 0),
        Goal(f"the preview shows an edit {course}", 2, "s", figure(edits(growth, LARGE)), 2),
    ]


def bare(runs: list[Row], case: str) -> Figure | None:
    return more(spent(runs, "wall", "ours", case), spent(runs, "wall", "bare", case))


def stale_pages(peers: list[Row]) -> Figure | None:
    """How many of ours; its n is of pages looked at."""
    count, total = stale(peers).get("ours", (0, 0))
    return Figure(count, count, count, total) if total else None


def memory(growth: list[Row]) -> Rounds:
    return rounds(growth, "own", size=LARGE, what="cold")


def goals_table(found: list[Goal]) -> str:
    rows = []
    for goal in found:
        unit = f"&nbsp;{goal.unit}" if goal.unit else ""
        came = f"{goal.value.text(goal.digits)}{unit}" if goal.value else NONE
        n = str(goal.value.n) if goal.value else "0"
        rows.append([goal.words, f"≤&nbsp;{goal.limit:g}{unit}", came, n, goal.verdict])
    return table(["what", "goal", "measured", "n", "verdict"], rows)
