"""Spelling, by codespell's lists: known slips, and American forms, since the lessons are British.

Its list from British to American is read the other way round. Words whose American form is a
British word, too (a meter, a story, a program), are left alone. The lists are read here, and not
by codespell's command, which needs a second for them each time and knows nothing of cells.
"""

from __future__ import annotations

import ast
import functools
import importlib.util
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from ..errors import CourseError
from .code import parsed
from .fault import Found, Subject
from .words import blank, words

LISTS = "codespell_lib"
WORD = re.compile(r"[\w'’-]+")  # what codespell takes for a word
SENTENCE = re.compile(r"\w+ \w+ \w+ \w+")  # "outside lower center" is an option
TITLE = re.compile(r"(?<!\*)\*[A-Z][^*\n]*\*(?!\*)")  # of a book or an article: not our words
BOTH = {
    "check", "checks", "curb", "curbs", "disk", "disks", "draft", "drafts", "draftsman",
    "inquiry", "inquiries", "license", "licensed", "licenses", "licensing", "meter", "meters",
    "mold", "practice", "practiced", "practices", "practicing", "program", "programs", "story",
    "stories", "tire", "tires", "ton", "tons",
}  # fmt: skip


@dataclass(frozen=True)
class Slip:
    """A word that is spelled otherwise. start: its place in the line; sure: there is one form."""

    cell: NotebookNode
    line: int
    start: int
    wrong: str
    right: str
    sure: bool

    @property
    def mends(self) -> bool:
        return self.sure and self.cell.cell_type == "markdown"


def spelling(subject: Subject) -> Iterator[Found]:
    """A word is spelled as codespell knows it, and in British."""
    for slip in _slips(subject):
        do = f"write {slip.right}" + (" (course lint --fix does)" if slip.mends else "")
        yield Found(slip.cell.id, slip.line, f"“{slip.wrong}”", do)


def mend_spelling(subject: Subject) -> None:
    """Put the right form for words of prose that have one; code is left to people."""
    for slip in reversed([slip for slip in _slips(subject) if slip.mends]):  # from the end
        source = slip.cell.source.split("\n")
        row = source[slip.line - 1]
        source[slip.line - 1] = row[: slip.start] + slip.right + row[slip.start + len(slip.wrong) :]
        slip.cell.source = "\n".join(source)


def _slips(subject: Subject) -> Iterator[Slip]:
    known = corrections()
    for cell, line, text in _lines(subject):
        for word in WORD.finditer(text):
            if word[0].lower() in known:
                right, sure = known[word[0].lower()]
                yield Slip(cell, line, word.start(), word[0], _as(word[0], right), sure)


def _as(wrong: str, right: str) -> str:
    """The right word, with a capital where the wrong one has it."""
    if wrong.isupper() and len(wrong) > 1:
        return right.upper()
    return right[:1].upper() + right[1:] if wrong[:1].isupper() else right


def _lines(subject: Subject) -> Iterator[tuple[NotebookNode, int, str]]:
    """Cell, line and words of each line that people read: prose, and sentences in code.

    What is no word is blank, so that a place in the words is the same place in the source.
    """
    for cell in subject.notebook.cells:
        if cell.cell_type == "markdown":
            plain = blank(TITLE, words(cell.source))
            for number, text in enumerate(plain.split("\n"), start=1):
                yield cell, number, text
        elif cell.cell_type == "code":
            for node in ast.walk(parsed(cell) or ast.Module([], [])):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    for at, text in enumerate(words(node.value).split("\n")):
                        if SENTENCE.search(text):
                            yield cell, node.lineno + at, text


@functools.cache
def corrections() -> dict[str, tuple[str, bool]]:
    """Of each word that is wrong: the right ones, and whether there is but one."""
    found = importlib.util.find_spec(LISTS)
    if found is None or found.origin is None:
        raise CourseError("codespell is not installed", "course lint", "run: make .venv")
    data = Path(found.origin).parent / "data"
    known = {}
    for wrong, right in _pairs(data / "dictionary.txt"):
        # "a, b," are two forms; "a, why" is one that codespell doubts, with the reason
        forms, comma, _ = right.rpartition(",")
        known[wrong] = (forms, False) if comma else (right, True)
    for british, american in _pairs(data / "dictionary_en-GB_to_en-US.txt"):
        if "," not in american and american not in BOTH:
            known[american] = (british, True)
    return known


def _pairs(path: Path) -> Iterator[tuple[str, str]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        wrong, arrow, right = line.strip().partition("->")
        if arrow:
            yield wrong, right
