"""Checkpoints and questionnaires of a lesson, marked in its Markdown so that a script finds them.

Without a script they fold as they do in Jupyter. docs/assets/quiz.js is the other half.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from nbformat import NotebookNode

from ..checkpoints import DETAILS, Checkpoint, questions, read, self_test
from .parts import Part
from .problem import PageError

WORD = "**Checkpoint.**"
NOTE = '<p class="quiz-note" data-search-exclude>Choose one: it answers at once.</p>'
TEST = (
    '<div class="self-test" id="self-test" data-search-exclude>'
    '<p class="self-test-score" tabindex="-1">'
    "Answer each to yourself, open it, and say whether you knew.</p>"
    '<button type="button" class="self-test-missed" disabled>Go through the missed ones again'
    "</button>"
    '<button type="button" class="self-test-again" disabled>Start over</button></div>'
)
SPAN = '<summary markdown="span">'  # as a block of Markdown, a choice “1.” would be a list


@dataclass
class Asked:
    """What a lesson asks. checkpoints and questions: id → name of the page that it is on.

    within: cell id → its questions, each with the place where its <details> begins.
    """

    checkpoints: dict[str, str] = field(default_factory=dict)
    questions: dict[str, str] = field(default_factory=dict)
    within: dict[str, list[tuple[int, str]]] = field(default_factory=dict)


def asked(parts: Iterable[Part]) -> Asked:
    """All that the pages of a lesson ask, in their order. Raises PageError for a malformed one."""
    found = Asked()
    cells = [(part, cell) for part in parts for cell in part.cells if _is_prose(cell)]
    for part, cell in cells:
        where = f"lessons/{part.lesson}.ipynb, cell {cell.id}"
        reading = read(cell.source)
        for fault in reading.faults:
            raise PageError(fault.what, f"{where}, line {fault.line}", fault.do)
        for number in range(len(reading.checkpoints)):
            found.checkpoints[checkpoint_id(cell, number)] = part.name
    asked_in = questions(cell.source for _, cell in cells)
    for (part, cell), here in zip(cells, asked_in, strict=True):
        found.within[cell.id] = here
        for _, words in here:
            if (name := question_id(words)) in found.questions:
                where = f"lessons/{part.lesson}.ipynb, cell {cell.id}"
                raise PageError(f"“{words}” is asked twice", where, "ask something else")
            found.questions[name] = part.name
    return found


def checkpoint_id(cell: NotebookNode, number: int) -> str:
    """Stays when a lesson grows: from the cell's id, and the place (from 0) within the cell."""
    return f"quiz-{cell.id}" if number == 0 else f"quiz-{cell.id}--{number + 1}"


def question_id(words: str) -> str:
    """From the words, which make the question: one that is put otherwise is another."""
    return "question-" + hashlib.sha256(words.encode()).hexdigest()[:8]


def mark(part: Part, everything: Asked) -> list[NotebookNode]:
    """The cells of a page, their checkpoints and questions marked; the notebook stays as it is."""
    return [_marked(cell, everything) if _is_prose(cell) else cell for cell in part.cells]


def _marked(cell: NotebookNode, everything: Asked) -> NotebookNode:
    here = everything.within[cell.id]
    source = _questions(cell.source, here) if everything.questions else cell.source
    source = _checkpoints(cell, source, list(everything.checkpoints))
    return cell if source == cell.source else NotebookNode({**cell, "source": source})


def _is_prose(cell: NotebookNode) -> bool:
    return bool(cell.cell_type == "markdown")


def _checkpoints(cell: NotebookNode, source: str, names: list[str]) -> str:
    found = read(source).checkpoints
    for number, checkpoint in reversed(list(enumerate(found))):
        name = checkpoint_id(cell, number)
        place = names.index(name) + 1
        opened = (
            f'<div class="quiz" id="{name}" role="group" '
            f'aria-label="Checkpoint {place} of {len(names)}" markdown="1">'
        )
        body = f"**Checkpoint {place}.**" + _choices(source, checkpoint)
        source = (
            f"{source[: checkpoint.start]}{opened}\n\n{body}\n\n{NOTE}\n\n</div>"
            f"{source[checkpoint.end :]}"
        )
    return source


def _choices(source: str, checkpoint: Checkpoint) -> str:
    """A checkpoint's Markdown after its first word, each choice with its verdict."""
    pieces, at = [], checkpoint.start + len(WORD)
    for choice in checkpoint.choices:
        verdict = "right" if choice.right else "wrong"
        tag = f'<details class="choice" data-verdict="{verdict}" markdown="1">'
        opened = DETAILS.match(source, choice.start)
        assert opened is not None  # `read` found it there
        inner = source[opened.end() : choice.end].replace("<summary>", SPAN, 1)
        pieces += [source[at : choice.start], tag, inner]
        at = choice.end
    return "".join([*pieces, source[at : checkpoint.end]])


def _questions(source: str, here: list[tuple[int, str]]) -> str:
    score = self_test(source, here)
    for start, words in reversed(here):
        tag = f'<details id="{question_id(words)}"'
        source = source[:start] + tag + source[start + len("<details") :]
    if score is not None:  # it stands before all of them, so its place has not moved
        source = f"{source[:score]}\n\n{TEST}\n\n{source[score:]}"
    return source
