"""One fault of a lesson, and the lesson as the rules see it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from nbformat import NotebookNode

from ..course import Course
from ..lesson import Lesson

TEXT = 60  # characters of a line that are shown


@dataclass(frozen=True)
class Fault:
    """What is wrong, in which cell and line (from 1), and what to do. line 0: the cell as such."""

    rule: str
    lesson: str
    cell: str
    line: int
    what: str
    do: str

    @property
    def place(self) -> str:
        cell = f", cell {self.cell}" if self.cell else ""
        return self.lesson + cell + (f", line {self.line}" if self.line else "")

    def __str__(self) -> str:
        return f"{self.place}: {self.what} — {self.do} [{self.rule}]"


@dataclass
class Subject:
    """A lesson to be looked at. The notebook may be changed by a rule that mends."""

    course: Course
    lesson: Lesson
    notebook: NotebookNode = field(init=False)
    stored: str = field(init=False)

    def __post_init__(self) -> None:
        self.notebook = self.lesson.read()
        self.stored = self.lesson.path.read_text(encoding="utf-8")

    @property
    def prose(self) -> Iterator[NotebookNode]:
        return (cell for cell in self.notebook.cells if cell.cell_type == "markdown")

    @property
    def code(self) -> Iterator[NotebookNode]:
        return (cell for cell in self.notebook.cells if cell.cell_type == "code")

    def raw(self) -> list[NotebookNode]:
        """The cells as the file has them."""
        cells: list[NotebookNode] = json.loads(self.stored)["cells"]
        return cells


@dataclass(frozen=True)
class Found:
    """What a rule says; the table of rules adds the rule's name and the lesson's."""

    cell: str
    line: int
    what: str
    do: str


def short(text: str) -> str:
    """The beginning of a line, to be quoted."""
    text = text.strip()
    return text if len(text) <= TEXT else text[: TEXT - 1].rstrip() + "…"
