"""What a build costs beside the lessons' own work, for courses of 10, 50 and 200 lessons.

    .venv/bin/python benchmarks/speed/growth.py [--rounds 5] [--sizes 10,50,200] [--fresh]

Of each generated course, whose kernels import nothing: a cold build, a build with nothing to do,
MkDocs alone on the same pages as Markdown, the preview's first page, and one edit of prose in it.
Results go into benchmarks/results/growth.json as they come.
"""

from __future__ import annotations

import argparse
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import bare
import generated
from preview import Preview
from process import measure
from results import RESULTS, Results, open_results
from tools import BIN
from workspace import ROOT

WORK = ROOT / "build" / "bench" / "growth"
COURSE = str(BIN / "course")
ENVIRONMENT = {"CI": "true", "PYTHONPATH": str(ROOT / "src")}
EDITS = 3  # in one preview: the first is for the disk's and the templates' caches too


class Growth:
    """One generated course, measured in every way."""

    def __init__(self, size: int, results: Results, work: Path) -> None:
        self.size, self.results, self.root = size, results, work / str(size)
        self.names = generated.make(self.root, size)

    def round(self, number: int) -> None:
        ways: dict[str, Callable[[], dict[str, float]]] = {
            "cold": self.cold,
            "warm": self.warm,
            "bare": self.bare,
            "preview": self.preview,
        }
        for what, way in ways.items():
            if not self.results.has(size=self.size, what=what, round=number):
                load = round(os.getloadavg()[0], 2)
                row = {key: round(value, 3) for key, value in way().items()}
                self.results.add(size=self.size, what=what, round=number, **row, load=load)
                print(f"round {number}  {self.size:>4} lessons  {what:<8} {row}", flush=True)

    def command(self, *words: str) -> dict[str, float]:
        spent = measure(words, self.root, ENVIRONMENT)
        return {"wall": spent.wall, "cpu": spent.cpu, "memory": spent.memory, "own": spent.own}

    def cold(self) -> dict[str, float]:
        shutil.rmtree(self.root / "build", ignore_errors=True)
        return self.command(COURSE, "build")

    def warm(self) -> dict[str, float]:
        self.built()
        return self.command(COURSE, "build")

    def bare(self) -> dict[str, float]:
        self.built()
        bare.convert(self.root)
        return self.command(str(BIN / "mkdocs"), "build", "--quiet", "-f", "bare.yml")

    def preview(self) -> dict[str, float]:
        """Seconds to the first page, and from an edit to the page that shows it."""
        self.built()
        name = self.names[len(self.names) // 2]
        path = f"/lessons/{name}/"
        words = (COURSE, "serve")
        with Preview(words, self.root, ENVIRONMENT) as preview:
            found = {"first": preview.until(path, "</html>") - preview.began}
            for number in range(1, EDITS + 1):
                mark = f"mark{time.monotonic_ns()}"
                began = time.perf_counter()
                generated.edit(self.root, name, mark)
                found[f"edit_{number}"] = preview.until(path, mark) - began
            found["own"] = preview.memory.own
        measure([COURSE, "build"], self.root, ENVIRONMENT)  # the next way finds nothing to do
        return found

    def built(self) -> None:
        if not (self.root / "build" / "site").exists():
            measure([COURSE, "build"], self.root, ENVIRONMENT)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sizes", default="10,50,200")
    parser.add_argument("--results", type=Path, default=RESULTS, help="a folder")
    parser.add_argument("--fresh", action="store_true", help="begin anew")
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    settings = {"sections": generated.SECTIONS, "edits": EDITS}
    results = open_results("growth", settings, {}, options.fresh, options.results)
    courses = [Growth(size, results, WORK) for size in sizes]
    for number in range(1, options.rounds + 1):
        for course in courses:
            course.round(number)


if __name__ == "__main__":
    main()
