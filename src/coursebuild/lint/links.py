"""Links within the course: the file is there, and so is the heading. Nothing is asked of a host."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from ..errors import CourseError
from ..lesson import read_notebook
from ..render.parts import headings
from .fault import Found, Subject
from .words import MATHS, blank, line_of, without_code

LINK = re.compile(r"""!?\]\(\s*<?([^()\s<>]+)>?[^()]*\)|\b(?:href|src)=["']([^"']*)["']""")
REFERENCE = re.compile(r"^ {0,3}\[[^\]^]+\]: +<?(\S+?)>?(?: +[\"'(].*)?$", re.MULTILINE)
ELSEWHERE = re.compile(r"^(https|mailto):")
IDENTIFIER = re.compile(r"""\b(?:id|name)=["']([^"']+)["']""")


def links(subject: Subject) -> Iterator[Found]:
    """Every link leads somewhere."""
    known: dict[Path, set[str]] = {subject.lesson.path: anchors(subject.notebook.cells)}
    for cell in subject.prose:
        source = blank(MATHS, without_code(cell.source))
        for match in [*LINK.finditer(source), *REFERENCE.finditer(source)]:
            target = next(group for group in match.groups() if group is not None)
            for what, do in _broken(target, subject, known):
                yield Found(cell.id, line_of(source, match.start()), what, do)


def _broken(
    target: str, subject: Subject, known: dict[Path, set[str]]
) -> Iterator[tuple[str, str]]:
    if ELSEWHERE.match(target):
        return
    if re.match(r"^[a-z]+:|^/", target):
        yield f"the link “{target}” is not one that we follow", "use https, or a path from here"
        return
    name, _, anchor = target.partition("#")
    file = subject.lesson.path
    if name:
        file = (subject.lesson.path.parent / name).resolve()
        if not file.is_file():
            folder = file.parent
            near = [path.name for path in folder.iterdir()] if folder.is_dir() else []
            yield f"the link “{target}” leads to no file", nearest(file.name, near)
            return
        file = next((path for path in known if path.samefile(file)), file)
    if anchor and file.suffix in (".ipynb", ".md"):
        if file not in known:
            known[file] = _anchors_of(file)
        if anchor not in known[file]:
            do = nearest(anchor, known[file], "#")
            yield f"{file.name} has no heading “#{anchor}”", do


def anchors(cells: list[NotebookNode]) -> set[str]:
    """The names that a link into these cells may use; a heading's second namesake is `name_1`."""
    found: set[str] = set()
    for _, anchor in headings(cells):
        name, count = anchor, 0
        while name in found:
            count += 1
            name = f"{anchor}_{count}"
        found.add(name)
    prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return found | set(IDENTIFIER.findall(prose)) | {"provenance"}


def _anchors_of(file: Path) -> set[str]:
    if file.suffix == ".md":
        return anchors([new_markdown_cell(file.read_text(encoding="utf-8"))])
    try:
        return anchors(read_notebook(file).cells)
    except CourseError:
        return set()  # said where that lesson is looked at


def nearest(wanted: str, there: set[str] | list[str], sign: str = "") -> str:
    """What was probably meant."""
    close = difflib.get_close_matches(wanted, sorted(there), n=1, cutoff=0.5)
    return f"did you mean {sign}{close[0]}?" if close else "mend the link, or take it out"
