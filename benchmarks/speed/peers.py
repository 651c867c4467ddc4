"""The same lessons with this course's build and with what a user would pick instead.

    .venv/bin/python benchmarks/speed/peers.py [--rounds 5] [--lessons 05,06] [--edited 06]
        [--tools ours,papermill:cold] [--fresh]

`make bench` installs the others first. A round is every case of every tool in turn, so that a
machine whose speed drifts does all the same harm. Each measurement goes into
benchmarks/results/peers.json as it ends; what is there already is not measured again.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
from pathlib import Path

from process import CommandError, Spent, measure
from results import RESULTS, Results, open_results
from tools import (
    BIN,
    CASES,
    COUNT,
    PACKAGES,
    PEERS,
    TOOLS,
    Tool,
    differing,
    environment,
    executed,
    furnish,
    own_cells,
)
from workspace import ROOT, Workspace

WORK = ROOT / "build" / "bench" / "peers"
DATA = ROOT / "build" / "bench" / "data"
EDITS = {"prose", "code", "module"}
ATTEMPTS = 3


class Bench:
    """The tools' workspaces, and how far each of them has come."""

    def __init__(self, lessons: list[str], edited: str, results: Results, work: Path) -> None:
        self.lessons, self.edited, self.results, self.work = lessons, edited, results, work
        self.spaces: dict[str, Workspace] = {}
        self.reached: dict[str, tuple[int, str]] = {}  # tool → round and case it is after

    def attempt(self, name: str, case: str, round_: int) -> None:
        """A lesson that times something may stop where the machine was busy: try again."""
        for left in reversed(range(ATTEMPTS)):
            try:
                self.case(name, TOOLS[name], case, round_)
                return
            except CommandError as error:
                self.reached.pop(TOOLS[name].within or name, None)
                print(f"round {round_}  {case}  {name} failed:\n{error}", flush=True)
                if not left:
                    self.results.add(tool=name, case=case, round=round_, failed=str(error)[-500:])

    def case(self, name: str, tool: Tool, case: str, round_: int) -> None:
        """Measure one tool in one case, unless that is known."""
        if self.results.has(tool=name, case=case, round=round_):
            return
        if tool.within:
            space = self.beside(tool.within, case, round_)
        else:
            space = self.ready(name, case, round_)
            if case in EDITS:
                space.edit(case, 1000 * round_ + 10 * CASES.index(case))
        if case == "clone":
            space = self.clone(name, tool, space)
        tool.before(space)
        load, rows = os.getloadavg()[0], []
        for phase in tool.commands:
            if phase == "check" and name == "ours" and case != "cold":
                continue  # its regression check is compared where both make everything
            (space.root / COUNT).unlink(missing_ok=True)
            spent = self.phase(name, tool, phase, space)
            page = "none" if not tool.site else space.found(space.root / tool.site, wanted(case))
            row = {"executed": executed(name, space), "page": page, "load": round(load, 2)}
            if tool.differing:
                row["differing"] = differing(spent)
            if name == "ours":
                row["own_cells"] = round(own_cells(space), 2)
            rows.append((phase, spent, row))
        for phase, spent, row in rows:  # all or none: a case is known when it has a row
            self.keep(name, case, round_, phase, spent, row)
        if not tool.within:
            self.reached[name] = (round_, case)

    def ready(self, name: str, case: str, round_: int) -> Workspace:
        """The tool's workspace as the case before has left it, or as if it had."""
        before = [c for c in TOOLS[name].cases if CASES.index(c) < CASES.index(case)]
        at = self.reached.get(name)
        if case != "cold" and at and at[0] == round_ and at[1] in before:
            return self.spaces[name]
        space = Workspace(self.work / name, self.edited)
        space.make(self.lessons)
        furnish(space)
        self.spaces[name] = space
        if case != "cold":
            for phase in TOOLS[name].commands:
                self.phase(name, TOOLS[name], phase, space)
        return space

    def beside(self, name: str, case: str, round_: int) -> Workspace:
        """Another tool's workspace, which that tool has brought up to date."""
        return self.spaces[name] if name in self.reached else self.ready(name, case, round_)

    def phase(self, name: str, tool: Tool, phase: str, space: Workspace) -> Spent:
        fine = (0, 1) if tool.differing else (0,)
        said = [
            measure(words, space.root, environment(name, space, DATA), fine)
            for words in tool.commands[phase]
        ]
        total = said[0]
        for spent in said[1:]:
            total += spent
        return total

    def clone(self, name: str, tool: Tool, space: Workspace) -> Workspace:
        """What is in git, in another folder, and the tool's cache with it."""
        copy = Workspace(self.work / f"{name}-elsewhere", self.edited, dict(space.marks))
        shutil.rmtree(copy.root, ignore_errors=True)
        for part in ("src", "lessons", "docs", *tool.keeps):
            if (space.root / part).exists():
                # Not the files' times: a clone's are those of the cloning.
                shutil.copytree(space.root / part, copy.root / part, copy_function=shutil.copyfile)
        for file in ("mkdocs.yml", "requirements.txt"):
            shutil.copyfile(space.root / file, copy.root / file)
        (copy.root / "node_modules").symlink_to(ROOT / "node_modules")
        copy.commit()
        furnish(copy)
        return copy

    def keep(
        self, name: str, case: str, round_: int, phase: str, spent: Spent, row: dict[str, object]
    ) -> None:
        seconds = {"wall": round(spent.wall, 3), "cpu": round(spent.cpu, 3)}
        memory = {"memory": round(spent.memory), "own": round(spent.own)}
        key = {"tool": name, "case": case, "round": round_, "phase": phase}
        self.results.add(**key, **seconds, **memory, **row)
        words = f"round {round_}  {case:<8} {name:<15} {phase:<6} {spent.wall:8.2f} s"
        print(f"{words} {row['executed']:>5} cells  {row['page']}", flush=True)


def wanted(case: str) -> set[str]:
    """The edits that a page must show after a case."""
    return {case} if case in EDITS else EDITS


def chosen(text: str) -> dict[str, tuple[str, ...]]:
    """`ours,papermill:cold` → tool → its cases."""
    found: dict[str, tuple[str, ...]] = {}
    for item in text.split(",") if text else TOOLS:
        name, _, case = item.partition(":")
        if name not in TOOLS or (case and case not in TOOLS[name].cases):
            raise SystemExit(f"{item}: there are {', '.join(TOOLS)}, with the cases {CASES}")
        found[name] = (*found.get(name, ()), *([case] if case else TOOLS[name].cases))
    return found


def names(numbers: str) -> list[str]:
    """Names of lessons, by their numbers; all where none is given."""
    every = sorted(path.stem for path in (ROOT / "lessons").glob("*.ipynb"))
    wanted = numbers.split(",") if numbers else []
    return [name for name in every if not wanted or name.partition("_")[0] in wanted]


def versions() -> dict[str, str]:
    code = "import importlib.metadata as m, json, sys\n"
    code += "print(json.dumps({n: m.version(n) for n in sys.argv[1:]}))"
    done = subprocess.run(
        [PEERS / "python", "-c", code, *PACKAGES], capture_output=True, text=True, check=True
    )
    return dict(json.loads(done.stdout))


def draw(lessons: list[str]) -> None:
    """The data are there before anything is measured."""
    environment = {"PYTHONPATH": str(ROOT / "src"), "DOWNHILL_HOME": str(DATA)}
    words = [str(BIN / "course"), "data", "--profile", "offline", *lessons]
    subprocess.run(words, cwd=ROOT, env=os.environ | environment, check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--lessons", default="", help="numbers: 05,06; default: all")
    parser.add_argument("--edited", default="", help="number of the lesson to edit; default: last")
    parser.add_argument("--tools", default="", help="ours,papermill:cold; default: all, all cases")
    parser.add_argument("--results", type=Path, default=RESULTS, help="a folder")
    parser.add_argument("--fresh", action="store_true", help="begin anew")
    options = parser.parse_args()
    lessons = names(options.lessons)
    edited = names(options.edited)[-1] if options.edited else lessons[-1]
    settings = {"lessons": lessons, "edited": edited, "profile": "offline"}
    results = open_results("peers", settings, versions(), options.fresh, options.results)
    draw(lessons)
    bench, tools = Bench(lessons, edited, results, WORK), chosen(options.tools)
    for round_ in range(1, options.rounds + 1):
        for case in CASES:
            for name in turned(list(tools), round_):
                if case in tools[name]:
                    bench.attempt(name, case, round_)


def turned(tools: list[str], round_: int) -> list[str]:
    """Each round begins with another: who comes first finds the files of others in memory."""
    first = (round_ - 1) % len(tools)
    return tools[first:] + tools[:first]


if __name__ == "__main__":
    main()
