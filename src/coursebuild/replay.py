"""A pytest plugin: nbval compares a lesson with the notebook that the build has executed.

    pytest -p coursebuild.replay --nbval --executed build/executed/offline lessons/01_x.ipynb

nbval collects, reads its markers and compares, but its kernel is replaced by one that plays the
recorded outputs. An output that agrees with the stored one, by our tolerance and summaries, is
played as it is stored; so nbval's exact comparison sees only what does differ.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Generator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from queue import Empty
from typing import Any

import nbval.plugin
import pytest
from nbformat import NotebookNode

from .canonical import canonical, canonical_outputs
from .compare import compare_cell, difference, incomparable, of_lesson, ran
from .difference import Change, Difference
from .errors import CourseError
from .lesson import code_cells, read_notebook

NBVAL = "0.11.0"  # whose kernel class, cells and order of calls are known here
DIFFERENCE = "difference"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("nbval")
    group.addoption("--executed", metavar="DIR", help="replay executed notebooks from this folder")
    group.addoption("--differences", metavar="FILE", help="write what differs, as JSON")


def pytest_configure(config: pytest.Config) -> None:
    if not config.getoption("--executed"):
        return
    found = version("nbval")
    if found != NBVAL:
        raise pytest.UsageError(f"nbval {NBVAL} is needed, found {found}: make .venv anew")
    # A lesson that cannot be compared must not keep the others from being compared.
    config.option.continue_on_collection_errors = True
    config.pluginmanager.register(Replay(config), "downhill-replay")


@dataclass
class Pair:
    """A stored lesson and the notebook that was executed from it."""

    stored: NotebookNode
    executed: NotebookNode

    def changes(self, number: int) -> tuple[list[Change], list[NotebookNode]]:
        """What differs in the code cell of this number, counted from 0, and what to play."""
        return compare_cell(code_cells(self.stored)[number], code_cells(self.executed)[number])

    def alive(self, number: int) -> bool:
        """Whether the run got as far as this cell."""
        return all(ran(cell) for cell in code_cells(self.executed)[: number + 1])


class Replay:
    """The hooks. Knows which cell is on, since nbval's kernel is not told."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.folder = Path(config.getoption("--executed"))
        self.pairs: dict[Path, Pair] = {}
        self.found: list[str] = []
        self.item: Any = None
        self.original = nbval.plugin.RunningKernel
        nbval.plugin.RunningKernel = lambda *args, **kwargs: ReplayedKernel(self)

    def pytest_unconfigure(self) -> None:
        nbval.plugin.RunningKernel = self.original

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        problem = None
        if isinstance(collector, nbval.plugin.IPyNbFile):
            problem = self._problem(collector.path)
        report = yield
        if problem is None:
            return report
        return pytest.CollectReport(
            report.nodeid, "failed", str(problem), [], difference=problem.dumps()
        )

    def _problem(self, path: Path) -> Difference | None:
        """Read both notebooks; why they cannot be compared, if so."""
        artefact = self.folder / path.name
        if not artefact.exists():
            do = f"run it: course run {path.stem}"
            return of_lesson(path.stem, "there is no executed notebook of this lesson", do)
        try:
            stored, executed = read_notebook(path), read_notebook(artefact)
            canonical(stored)  # speaks up where a tolerance means nothing
        except CourseError as error:
            return of_lesson(path.stem, f"{error.what} ({error.where})", error.do)
        self.pairs[path] = Pair(stored, executed)
        return incomparable(stored, executed, path.stem)

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        if isinstance(item, nbval.plugin.IPyNbCell):
            # Stored lessons have no counts, which nbval takes for “not run”.
            item.cell.execution_count = 0
            item.cell.outputs = as_text(canonical_outputs(item.cell.outputs))

    @pytest.hookimpl(tryfirst=True)  # before nbval asks for its kernel
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        self.item = item

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        if not isinstance(item, nbval.plugin.IPyNbCell):
            return (yield)
        complaint: Exception | None = None
        try:
            yield
        except Exception as error:  # what nbval found; it raises several kinds
            complaint = error
        pair = self.pairs[item.path]
        changes, _ = pair.changes(item.cell_num)
        if complaint is not None and not changes:
            changes = [Change("nbval", reasons=(str(complaint).strip(),))]
        if changes:
            found = difference(
                pair.stored, code_cells(pair.stored)[item.cell_num], changes, item.path.stem
            )
            item.user_properties.append((DIFFERENCE, found.dumps()))
            said = getattr(complaint, "inner_traceback", None) or ""
            item.raise_cell_error(str(complaint or "Cell outputs differ"), f"{said}\n{found}")
        return None

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if text := getattr(report, DIFFERENCE, None):
            self.found.append(text)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call":
            self.found += [
                str(value) for name, value in report.user_properties if name == DIFFERENCE
            ]

    def pytest_sessionfinish(self) -> None:
        if target := self.config.getoption("--differences"):
            Path(target).write_text(json.dumps(self.found), encoding="utf-8")


class ReplayedKernel:
    """Stands in for nbval's RunningKernel: asked to execute, it plays what was recorded."""

    def __init__(self, replay: Replay) -> None:
        self.replay = replay
        self.messages: deque[dict[str, Any]] = deque()

    def is_alive(self) -> bool:
        """Whether the run reached the current cell: a dead kernel is noticed at once."""
        item = self.replay.item
        return self.replay.pairs[item.path].alive(item.cell_num)

    def execute_cell_input(self, source: str, allow_stdin: bool | None = None) -> str:
        """Put the current cell's recorded outputs in the queue; returns their message id."""
        item = self.replay.item
        name = f"cell-{item.cell_num}"
        _, outputs = self.replay.pairs[item.path].changes(item.cell_num)
        for output in as_text(outputs):
            content = {key: value for key, value in output.items() if key != "output_type"}
            self._put(name, output.output_type, content)
        self._put(name, "status", {"execution_state": "idle"})
        return name

    def _put(self, name: str, kind: str, content: dict[str, Any]) -> None:
        self.messages.append(
            {"msg_type": kind, "content": content, "parent_header": {"msg_id": name}}
        )

    def await_reply(self, msg_id: str, timeout: float | None = None) -> None:
        """The reply is there: the run is over."""

    def get_message(self, stream: str, timeout: float | None = None) -> dict[str, Any]:
        """The next message. Raises Empty where there is none, as nbval expects."""
        if not self.messages:
            raise Empty
        return self.messages.popleft()

    def await_idle(self, parent_id: str, timeout: float) -> None:
        """Skip to the end of the cell."""
        self.messages.clear()

    def stop(self) -> None:
        """Nothing runs, so nothing has to be stopped."""


def as_text(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Outputs with JSON written out: nbval cannot report one that is missing otherwise."""
    for output in outputs:
        for mime, value in output.get("data", {}).items():
            if not isinstance(value, str):
                output.data[mime] = json.dumps(value, sort_keys=True, indent=1)
    return outputs
