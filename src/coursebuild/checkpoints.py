"""Checkpoints and questionnaires in a lesson's Markdown, read strictly: for the page and for lint.

A checkpoint is a paragraph that begins with **Checkpoint.** and, below it, two to four
<details class="choice"> with nothing between them; CONTRIBUTING.md shows one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .lint.words import TAG, line_of, without_code

BEGIN = re.compile(r"(?:\A|\n[ \t]*\n)(?P<word>\*\*Checkpoint\.\*\*)")
WORD = re.compile(r"\*\*Checkpoint\b[^*\n]*\*\*")
DETAILS = re.compile(r"<details\b[^>]*>|</details>")
CHOICE = re.compile(r"""<details\b[^>]*\bclass=["']choice["'][^>]*>""")
SUMMARY = re.compile(r"<summary\b[^>]*>(?P<text>.*?)</summary>", re.DOTALL)
HEADING = re.compile(r"^#{1,6} ", re.MULTILINE)
QUESTIONNAIRE = re.compile(r"^## +Questionnaire *$", re.MULTILINE)
SECTION = re.compile(r"^## ", re.MULTILINE)
GROUP = re.compile(r"^### ", re.MULTILINE)
ANSWER = re.compile(r"""<details\b[^>]*\bclass=["']answer["'][^>]*>""")
RENDERED = re.compile(r"[`$]|\*\*|\]\(")  # Markdown that Jupyter and GitHub show as it is typed
RIGHT, WRONG = "Right.", "Not so:"
FEWEST, MOST = 2, 4


@dataclass(frozen=True)
class Choice:
    """One choice. start, end: where its <details> and </details> begin; the answer, stripped."""

    start: int
    end: int
    label: str
    answer: str

    @property
    def right(self) -> bool:
        return self.answer.startswith(RIGHT)

    @property
    def why(self) -> str:
        return self.answer.removeprefix(RIGHT).removeprefix(WRONG).strip()


@dataclass(frozen=True)
class Checkpoint:
    """start: where its **Checkpoint.** begins in the cell's source."""

    start: int
    choices: list[Choice] = field(default_factory=list)

    @property
    def end(self) -> int:
        """Where the last choice's </details> ends."""
        return self.choices[-1].end + len("</details>")


@dataclass(frozen=True)
class Malformed:
    """A fault in the form. line: in the cell, from 1."""

    line: int
    what: str
    do: str


@dataclass
class Reading:
    """All checkpoints of a cell, and what is wrong with them."""

    checkpoints: list[Checkpoint] = field(default_factory=list)
    faults: list[Malformed] = field(default_factory=list)


def read(source: str) -> Reading:
    """The checkpoints of a Markdown cell; what is quoted in code is none."""
    quiet = without_code(source)
    reading = Reading([Checkpoint(match.start("word")) for match in BEGIN.finditer(quiet)])
    begun = {checkpoint.start for checkpoint in reading.checkpoints}
    for match in WORD.finditer(quiet):
        if match.start() not in begun:
            what = f"“{match[0]}” begins no checkpoint"
            do = "let a paragraph of its own begin with **Checkpoint.**, in exactly this form"
            reading.faults.append(Malformed(line_of(quiet, match.start()), what, do))
    for choice in _choices(source, quiet):
        _assign(choice, quiet, reading)
    for checkpoint in reading.checkpoints:
        reading.faults += _faults(checkpoint, quiet)
    reading.faults.sort(key=lambda fault: fault.line)
    return reading


def _choices(source: str, quiet: str) -> Iterator[Choice]:
    for opened in CHOICE.finditer(quiet):
        closed = next(
            (mark for mark in DETAILS.finditer(quiet, opened.end()) if mark[0] == "</details>"),
            None,
        )
        end = closed.start() if closed else len(source)
        summary = SUMMARY.search(source, opened.end(), end)
        label = summary["text"].strip() if summary else ""
        answer = source[summary.end() if summary else opened.end() : end].strip()
        yield Choice(opened.start(), end, label, answer)


def _assign(choice: Choice, quiet: str, reading: Reading) -> None:
    """Give a choice to the checkpoint right above it, or say that it has none."""
    above = [checkpoint for checkpoint in reading.checkpoints if checkpoint.start < choice.start]
    line = line_of(quiet, choice.start)
    if not above or HEADING.search(quiet, above[-1].start, choice.start):
        do = "begin the paragraph above it with **Checkpoint.**"
        reading.faults.append(Malformed(line, f"the choice “{choice.label}” has no question", do))
        return
    own = above[-1]
    if own.choices and quiet[own.end : choice.start].strip():
        do = "leave nothing but an empty line between two choices"
        what = f"the choice “{choice.label}” stands apart from the one before"
        reading.faults.append(Malformed(line, what, do))
    own.choices.append(choice)


def _faults(checkpoint: Checkpoint, quiet: str) -> Iterator[Malformed]:
    line, choices = line_of(quiet, checkpoint.start), checkpoint.choices
    if not FEWEST <= len(choices) <= MOST:
        number = {0: "no choices", 1: "one choice"}.get(len(choices), f"{len(choices)} choices")
        do = f'give it {FEWEST} to {MOST} <details class="choice"> below it'
        yield Malformed(line, f"a checkpoint with {number}", do)
    right = sum(choice.right for choice in choices)
    if choices and right != 1:
        what = f"a checkpoint with {right or 'no'} right answer{'s' if right > 1 else ''}"
        yield Malformed(line, what, f"let exactly one begin with {RIGHT} and the others: {WRONG}")
    for choice in choices:
        here = line_of(quiet, choice.start)
        if RENDERED.search(choice.label):
            do = "Jupyter renders none there: write <code>…</code>, <em>…</em> or plain Unicode"
            yield Malformed(here, f"Markdown in the choice “{choice.label}”", do)
        if not choice.label:
            yield Malformed(here, "a choice without words", "write <summary>the choice</summary>")
        if not choice.answer.startswith((RIGHT, WRONG)):
            what = f"the choice “{choice.label}” says neither right nor wrong"
            yield Malformed(here, what, f"begin its answer with {RIGHT} or {WRONG}")
        elif not choice.why:
            do = f"say why, after {RIGHT if choice.right else WRONG}"
            yield Malformed(here, f"the choice “{choice.label}” gives no reason", do)


def self_test(source: str, here: list[tuple[int, str]]) -> int | None:
    """Where in the cell that begins the questionnaire a learner's score belongs.

    here: the cell's own questions. After the words that follow the heading, before what is asked.
    """
    quiet = without_code(source)
    begun = QUESTIONNAIRE.search(quiet)
    if not begun:
        return None
    groups = [match.start() for match in GROUP.finditer(quiet, begun.end())]
    return min([len(source), *groups, *(start for start, _ in here)])


def questions(sources: Iterable[str]) -> list[list[tuple[int, str]]]:
    """Per cell, the questions under “## Questionnaire”: where <details> begins, and the words."""
    found: list[list[tuple[int, str]]] = []
    within = False
    for source in sources:
        quiet, here = without_code(source), []
        marks = sorted(
            [*SECTION.finditer(quiet), *ANSWER.finditer(quiet)], key=lambda match: match.start()
        )
        for mark in marks:
            if not mark[0].startswith("<"):
                within = bool(QUESTIONNAIRE.match(quiet, mark.start()))
            elif within and (summary := SUMMARY.search(source, mark.end())):
                here.append((mark.start(), " ".join(TAG.sub("", summary["text"]).split())))
        found.append(here)
    return found
