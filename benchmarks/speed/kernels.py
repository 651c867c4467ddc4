"""What each way to run kernels is worth in a cold build: one change at a time.

    .venv/bin/python benchmarks/speed/kernels.py [--rounds 5] [--lessons 05,06] [--only warm,fresh]
        [--fresh]

Every variant is measured beside the one it differs from by a single thing, in turn. Results go
into benchmarks/results/kernels.json as they come.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from peers import BIN, DATA, draw, names
from process import measure
from results import RESULTS, open_results
from workspace import ROOT, Workspace

WORK = ROOT / "build" / "bench" / "kernels"
COURSE = str(BIN / "course")
# Read by every Python of the copy before anything else: threads are set as a job sets them, later.
BEFORE_ALL = """\
import os

for _pair in os.environ.get("BENCH_SET", "").split():
    _name, _, _value = _pair.partition("=")
    if _value:
        os.environ[_name] = _value
    else:
        os.environ.pop(_name, None)
"""
UNSET = "OMP_NUM_THREADS= MKL_NUM_THREADS="
TWO = "OMP_NUM_THREADS=2 MKL_NUM_THREADS=2"
FRESH = ("--kernels", "fresh")


@dataclass(frozen=True)
class Variant:
    """A way to run all lessons. against: the variant it differs from by one thing."""

    title: str
    against: str = ""
    words: tuple[str, ...] = ()
    sets: str = ""  # variables of the kernels
    order: str = ""  # "longest" or "name"; "": what the course expects of lessons never run


VARIANTS = {
    "fresh": Variant("a fresh kernel for each lesson", words=FRESH),
    "warm": Variant("kernels forked from a warm process", "fresh", ("--kernels", "warm")),
    "unset": Variant("threads as torch has them", "fresh", FRESH, UNSET),
    "two-threads": Variant("two threads for each lesson", "fresh", FRESH, TWO),
    "spinning": Variant("threads that wait spin", "fresh", FRESH, "OMP_WAIT_POLICY=ACTIVE"),
    "one-job": Variant("one lesson at a time", "fresh", (*FRESH, "--jobs", "1")),
    "longest": Variant("the longest lesson first", "", FRESH, order="longest"),
    "name": Variant("lessons in the order of their names", "longest", FRESH, order="name"),
}


def cold(space: Workspace, order: str) -> None:
    """Forget all results; of the durations, keep what the variant's order needs."""
    kept = space.root / "build" / "cache" / "seconds.offline.json"
    known = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    shutil.rmtree(space.root / "build", ignore_errors=True)
    if order == "name":  # as if each lesson were shorter than the one before
        known = {n: dict.fromkeys([*cells][:1], 9000.0 - i) for i, (n, cells) in rows(known)}
    if order:
        kept.parent.mkdir(parents=True)
        kept.write_text(json.dumps(known), encoding="utf-8")


def rows(known: dict[str, dict[str, float]]) -> list[tuple[int, tuple[str, dict[str, float]]]]:
    return list(enumerate(sorted(known.items())))


def possible(variant: Variant) -> bool:
    """Whether this course knows the options."""
    done = subprocess.run(
        [COURSE, "run", "--help"],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=True,
    )
    return all(word in done.stdout for word in variant.words if word.startswith("--"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--lessons", default="", help="numbers: 05,06; default: all")
    parser.add_argument("--only", default="", help=f"of {','.join(VARIANTS)}; default: all")
    parser.add_argument("--results", type=Path, default=RESULTS, help="a folder")
    parser.add_argument("--fresh", action="store_true", help="begin anew")
    options = parser.parse_args()
    lessons = names(options.lessons)
    chosen = options.only.split(",") if options.only else list(VARIANTS)
    settings = {"lessons": lessons, "profile": "offline"}
    results = open_results("kernels", settings, {}, options.fresh, options.results)
    draw(lessons)
    space = Workspace(WORK, lessons[-1])
    space.make(lessons)
    (space.root / "src" / "sitecustomize.py").write_text(BEFORE_ALL, encoding="utf-8")
    for name in [name for name in chosen if not possible(VARIANTS[name])]:
        print(f"{name}: this course has not {VARIANTS[name].words}", flush=True)
        chosen.remove(name)
    for round_ in range(1, options.rounds + 1):
        for name in chosen:
            variant = VARIANTS[name]
            if results.has(variant=name, round=round_):
                continue
            environment = {
                "BENCH_SET": variant.sets,
                "CI": "true",
                "DOWNHILL_HOME": str(DATA),
                "PYTHONPATH": str(ROOT / "src"),
            }
            if variant.order:
                known = space.root / "build" / "cache" / "seconds.offline.json"
                if not known.exists():  # the durations come from a run that is not measured
                    measure([COURSE, "run"], space.root, environment)
            cold(space, variant.order)
            load = os.getloadavg()[0]
            spent = measure([COURSE, "run", *variant.words], space.root, environment)
            results.add(
                variant=name,
                round=round_,
                wall=round(spent.wall, 3),
                cpu=round(spent.cpu, 3),
                memory=round(spent.memory),
                own=round(spent.own),
                load=round(load, 2),
            )
            print(f"round {round_}  {name:<12} {spent.wall:8.2f} s", flush=True)


if __name__ == "__main__":
    main()
