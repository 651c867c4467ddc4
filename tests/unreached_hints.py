"""Which hints of the exercises no test has reached: run after the tests, with their coverage.

    .venv/bin/python tests/unreached_hints.py

A hint that nobody has seen may be wrong, or hidden by another one. Reads .coverage, names each
statement that raises a Hint and was not executed, and exits 1 if there is any. That each Slip gets
its own hint is tested one by one, list by list.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from coverage import CoverageData

EXERCISES = Path(__file__).parents[1] / "src" / "downhill" / "exercises"


def hints(path: Path) -> Iterator[tuple[int, str]]:
    """(line, first words) of each `raise Hint(…)` in a module."""
    source = path.read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            called = node.exc.func
            if isinstance(called, ast.Name) and called.id == "Hint":
                words = " ".join((ast.get_source_segment(source, node.exc) or "").split())
                yield node.lineno, words[:90]


def main() -> None:
    data = CoverageData()
    data.read()
    total, missed = 0, []
    for path in sorted(EXERCISES.glob("*.py")):
        executed = set(data.lines(str(path)) or ())
        for line, words in hints(path):
            total += 1
            if line not in executed:
                missed.append(f"{path.name}:{line}: {words}")
    print(*missed, sep="\n", end="\n" if missed else "")
    print(f"{total - len(missed)} of {total} hints are reached by a test")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
