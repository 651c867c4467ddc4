"""Runs a small lesson again and again, each time with another planted fault, and judges it.

    python tests/coursebuild/mutating.py FOUND.json

One kernel for all runs: to start one, and to import torch and fastai, takes longer than to run
the lesson. A fault of the package is planted in a copy of it, which is imported anew.
"""

from __future__ import annotations

import copy
import json
import os
import shutil
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from jupyter_client.manager import KernelManager, start_new_kernel
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from coursebuild.canonical import canonical
from coursebuild.compare import differences
from coursebuild.execute import _unproven
from coursebuild.lesson import code_cells, read_notebook

ROOT = Path(__file__).parents[2]
LESSON = ROOT / "tests" / "fixtures" / "mutated_lesson.ipynb"
BEFORE = "before-all"  # the id of a cell that is put in front, and taken away again
AFTER = "after-all"

# Names of the run before go, and so does the package where another copy of it is asked for.
FRESH = """\
%reset -f
import sys
source = {source!r}
if sys.path[0] != source:
    if sys.path[0].endswith("-src"):
        del sys.path[0]
    sys.path.insert(0, source)
    for name in [name for name in sys.modules if name.partition(".")[0] == "downhill"]:
        del sys.modules[name]
del sys
"""
# What tests/downhill asks of every check: a typical wrong answer gets its own hint.
HINTS = """\
from downhill.exercises import grade, sgd_momentum
for slip in sgd_momentum.MOMENTUM_SLIPS:
    verdict = grade("02.E1", slip.answer)
    assert verdict.hint == slip.hint, f"the wrong answer {slip.name} gets no hint: {verdict.text}"
"""


@dataclass(frozen=True)
class Fault:
    """A change that somebody could make: in a cell of the lesson, or in a file of the package."""

    name: str
    place: str  # the cell's id, or a path under src/downhill
    old: str
    new: str

    @property
    def in_package(self) -> bool:
        return self.place.endswith(".py")


@dataclass(frozen=True)
class Found:
    """What became of a planted fault: which guard saw it ("" for none), and its words."""

    name: str
    guard: str
    words: str = ""


def planted(text: str, fault: Fault) -> str:
    """The text with the fault in it. The table must say something that is there, once."""
    if text.count(fault.old) != 1:
        raise ValueError(f"{fault.name}: {fault.old!r} stands {text.count(fault.old)} times there")
    return text.replace(fault.old, fault.new)


def with_fault(notebook: NotebookNode, fault: Fault) -> NotebookNode:
    """A copy of the stored lesson whose code has changed and whose outputs have not."""
    changed = copy.deepcopy(notebook)
    if fault.old and not fault.in_package:
        [cell] = [cell for cell in changed.cells if cell.id == fault.place]
        cell.source = planted(cell.source, fault)
    return changed


class Bench:
    """One kernel, and copies of the package to import into it."""

    def __init__(self, manager: KernelManager, scratch: Path) -> None:
        self.manager, self.scratch = manager, scratch
        self.sound = self._source("sound")

    def _source(self, name: str) -> Path:
        folder = self.scratch / f"{name}-src"
        leave = shutil.ignore_patterns("__pycache__", "coursebuild", "*.egg-info")
        shutil.copytree(ROOT / "src", folder, ignore=leave)
        return folder

    def source(self, fault: Fault | None) -> Path:
        """The folder to import from: with the fault in it, where it is one of the package."""
        if fault is None or not fault.in_package:
            return self.sound
        folder = self._source(f"fault-{len(list(self.scratch.iterdir()))}")
        file = folder / "downhill" / fault.place
        file.write_text(planted(file.read_text(encoding="utf-8"), fault), encoding="utf-8")
        return folder

    def run(self, notebook: NotebookNode, source: Path, after: str = "") -> NotebookNode:
        """The executed notebook. Raises CellExecutionError where a cell does."""
        executed = copy.deepcopy(notebook)
        for cell in code_cells(executed):
            cell.outputs, cell.execution_count = [], None
        executed.cells.insert(0, new_code_cell(FRESH.format(source=str(source)), id=BEFORE))
        executed.cells.append(new_code_cell(after, id=AFTER))
        NotebookClient(executed, km=self.manager, timeout=60).execute()
        executed.cells = [cell for cell in executed.cells if cell.id not in (BEFORE, AFTER)]
        return executed

    def judge(self, stored: NotebookNode, fault: Fault) -> Found:
        """Which guard sees the fault, in the order in which a contributor meets them."""
        changed, source = with_fault(stored, fault), self.source(fault)
        try:
            executed = self.run(changed, source)
        except CellExecutionError as error:
            return Found(fault.name, "run", f"{error.ename}: {error.evalue.strip()}"[:120])
        if failure := _unproven("lesson", executed):
            return Found(fault.name, "proof", failure.problem[:120])
        if found := differences(changed, executed, "lesson"):
            change = found[0].changes[0]
            words = change.reasons[0] if change.reasons else change.came
            return Found(fault.name, "check", f"{found[0].cell}, {change.what}: {words}"[:120])
        if fault.place.startswith("exercises"):
            try:
                self.run(changed, source, HINTS)
            except CellExecutionError as error:
                return Found(fault.name, "hints", error.evalue[:120])
        return Found(fault.name, "")


def main(faults: list[Fault], harmless: list[Fault], clean_runs: int) -> dict[str, list[Found]]:
    """Judge all: the faults, edits that change nothing, and the lesson as it is."""
    # As in a build: nothing personal, and the order of a set is not drawn anew.
    os.environ |= {"PYTHONHASHSEED": "0", "NO_COLOR": "", "MPLBACKEND": "agg"}
    os.environ["DOWNHILL_PROFILE"] = "offline"
    manager, client = start_new_kernel(kernel_name="python3")
    client.stop_channels()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(manager, Path(folder))
        bench.run(read_notebook(LESSON), bench.sound)  # fastai warns when it is first imported
        stored = canonical(bench.run(read_notebook(LESSON), bench.sound, HINTS))
        same = [
            Fault(f"clean run {n + 1}", "setup", "style()", "style()") for n in range(clean_runs)
        ]
        found = {
            "faults": [bench.judge(stored, fault) for fault in faults],
            "harmless": [bench.judge(stored, edit) for edit in [*harmless, *same]],
        }
    manager.shutdown_kernel(now=True)
    return found


if __name__ == "__main__":
    from mutation_table import CLEAN_RUNS, FAULTS, HARMLESS

    results = main(FAULTS, HARMLESS, CLEAN_RUNS)
    text = json.dumps({kind: [asdict(one) for one in each] for kind, each in results.items()})
    Path(sys.argv[1]).write_text(text, encoding="utf-8")
