"""Exercises and questions are whole: a prompt, a stub, a solution, a check; an answer to each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from nbformat import NotebookNode

from ..lesson import tags
from .fault import Found, Subject, short
from .headings import HEADING
from .words import COMMENT, FENCED, blank, line_of, without_code

DETAILS = re.compile(r"<details\b[^>]*>|</details>")
SUMMARY = re.compile(r"<summary\b[^>]*>(.*?)</summary>", re.DOTALL)
OPEN = re.compile(r"\bNotImplementedError\b|(?<![.\w\[])\.\.\.(?![.\w\]])")
CLASS = re.compile(r"""\bclass=["']([^"']*)["']""")


def exercises(subject: Subject) -> Iterator[Found]:
    """Each stub has words that set the task above it, and a solution and a check below it."""
    cells = subject.notebook.cells
    stubs = [at for at, cell in enumerate(cells) if "exercise" in tags(cell)]
    for cell in cells[: stubs[0]] if stubs else cells:
        for mark in {"solution", "check"} & set(tags(cell)):
            yield Found(cell.id, 0, f"a {mark} without an exercise", "tag the stub: exercise")
    for at, end in pairwise([*stubs, len(cells)]):
        stub, after = cells[at], [tags(cell) for cell in cells[at + 1 : end]]
        if not _prompt(cells[:at]):
            do = "put a heading and the task above the stub"
            yield Found(stub.id, 0, "an exercise without a prompt", do)
        if not OPEN.search(stub.source):
            do = "leave something to do: raise NotImplementedError, or … = ..."
            yield Found(stub.id, 0, "an exercise whose stub is complete", do)
        for mark in ("solution", "check"):
            if not any(mark in marks for marks in after):
                do = f"tag the cell that holds it: {mark}"
                yield Found(stub.id, 0, f"an exercise without a {mark}", do)


def _prompt(before: list[NotebookNode]) -> bool:
    """Whether words under a heading stand above, and no part of another exercise between."""
    for cell in reversed(before):
        if cell.cell_type == "markdown" and (heading := _last_heading(cell.source)):
            return bool(cell.source[heading.end() :].strip())
        if {"exercise", "check"} & set(tags(cell)):
            return False
    return False


def _last_heading(source: str) -> re.Match[str] | None:
    found = list(HEADING.finditer(blank(FENCED, source)))
    return found[-1] if found else None


def answers(subject: Subject) -> Iterator[Found]:
    """What is folded has a question on it and an answer in it."""
    for cell in subject.prose:
        # Code counts as an answer, but a tag that is quoted in code opens nothing.
        source, quiet = blank(COMMENT, cell.source), without_code(cell.source)
        opened: re.Match[str] | None = None
        for mark in DETAILS.finditer(quiet):
            line = line_of(quiet, mark.start())
            if mark[0] != "</details>":
                if opened is not None:
                    yield _not_closed(cell.id, quiet, opened)
                opened = mark
            elif opened is None:
                yield Found(cell.id, line, "</details> closes nothing", "take it out")
            else:
                yield from _folded(cell.id, quiet, opened, source[opened.end() : mark.start()])
                opened = None
        if opened is not None:
            yield _not_closed(cell.id, quiet, opened)


def _not_closed(cell: str, source: str, opened: re.Match[str]) -> Found:
    line = line_of(source, opened.start())
    return Found(cell, line, "<details> is not closed", "end it with </details>")


def _folded(cell: str, source: str, opened: re.Match[str], inner: str) -> Iterator[Found]:
    line = line_of(source, opened.start())
    given = CLASS.search(opened[0])
    kind = given[1] if given else "fold"
    if kind == "choice":
        return  # the rule `checkpoints` reads it whole
    summary = SUMMARY.search(inner)
    if summary is None or not summary[1].strip():
        do = "begin with <summary>the question</summary>"
        yield Found(cell, line, f"a {kind} without a question", do)
    elif not inner[summary.end() :].strip():
        what = f"a {kind} without an answer: “{short(summary[1])}”"
        yield Found(cell, line, what, "write the answer between </summary> and </details>")
