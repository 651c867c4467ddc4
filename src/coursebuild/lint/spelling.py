"""Spelling, by codespell: known slips, and American forms, since the lessons are in British.

codespell has a list from British to American; it is read the other way round. Words of the list
whose American form is a British word, too (a meter, a story, a program), are left alone.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode

from ..errors import CourseError
from .code import parsed
from .fault import Found, Subject
from .words import blank, words

FOUND = re.compile(r"^(?P<line>\d+): (?P<wrong>\S+) ==> (?P<right>[^|]+)")
BOTH = {
    "check", "checks", "curb", "curbs", "disk", "disks", "draft", "drafts", "draftsman",
    "inquiry", "inquiries", "license", "licensed", "licenses", "licensing", "meter", "meters",
    "mold", "practice", "practiced", "practices", "practicing", "program", "programs", "story",
    "stories", "tire", "tires", "gray", "ton", "tons",
}  # fmt: skip
SENTENCE = re.compile(r"\w+ \w+ \w+ \w+")  # "outside lower center" is an option
TITLE = re.compile(r"(?<!\*)\*[A-Z][^*\n]*\*(?!\*)")  # of a book or an article: not our words


def spelling(subject: Subject) -> Iterator[Found]:
    """A word is spelled as codespell knows it, and in British."""
    lines = list(_lines(subject))
    for number, wrong, right in _codespell([text for _, _, text in lines]):
        cell, line, _ = lines[number]
        do = f"write {right}"
        if cell.cell_type == "markdown" and "," not in right:
            do += " (course lint --fix does)"
        yield Found(cell.id, line, f"“{wrong}”", do)


def mend_spelling(subject: Subject) -> None:
    """Words of prose that have one right form."""
    lines = list(_lines(subject))
    for number, wrong, right in _codespell([text for _, _, text in lines]):
        cell, line, text = lines[number]
        if cell.cell_type != "markdown" or "," in right:
            continue
        source = cell.source.split("\n")
        # `text` has blanks for code, so a place in it is the same place in the source
        for match in reversed(list(re.finditer(rf"\b{re.escape(wrong)}\b", text))):
            row = source[line - 1]
            source[line - 1] = row[: match.start()] + right + row[match.end() :]
        cell.source = "\n".join(source)


def _lines(subject: Subject) -> Iterator[tuple[NotebookNode, int, str]]:
    """Cell, line and words of each line that people read: prose, and sentences in code."""
    for cell in subject.notebook.cells:
        if cell.cell_type == "markdown":
            plain = blank(TITLE, words(cell.source))
            for number, text in enumerate(plain.split("\n"), start=1):
                if text.strip():
                    yield cell, number, text
        elif cell.cell_type == "code":
            for node in ast.walk(parsed(cell) or ast.Module([], [])):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    for at, text in enumerate(words(node.value).split("\n")):
                        if SENTENCE.search(text):
                            yield cell, node.lineno + at, text


def _codespell(lines: list[str]) -> Iterator[tuple[int, str, str]]:
    """(index of the line, what stands there, what should)."""
    try:
        import codespell_lib
    except ImportError:
        raise CourseError("codespell is not installed", "course lint", "run: make .venv") from None
    data = Path(codespell_lib.__file__).parent / "data"
    with tempfile.TemporaryDirectory() as folder:
        british = Path(folder) / "british.txt"
        british.write_text(american_to_british(data / "dictionary_en-GB_to_en-US.txt"))
        done = subprocess.run(
            [
                *(sys.executable, "-m", "codespell_lib", "--disable-colors", "--stdin-single-line"),
                *("--builtin=clear", f"--dictionary={british}", "--dictionary=-", "-"),
            ],
            input="\n".join(lines),
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            cwd=folder,  # a configuration of the reader's own plays no part
        )
    for line in done.stdout.splitlines():
        if found := FOUND.match(line.strip()):
            yield int(found["line"]) - 1, found["wrong"], found["right"].strip(" ,")


def american_to_british(path: Path) -> str:
    """codespell's list of British words, turned round."""
    pairs = (line.strip().split("->") for line in path.read_text().splitlines() if "->" in line)
    turned = {
        american.strip(" ,"): british
        for british, american in pairs
        if american.strip(" ,") not in BOTH and "," not in american.strip(" ,")
    }
    return "".join(f"{american}->{british}\n" for american, british in sorted(turned.items()))
