"""A lesson: one notebook, read strictly, with the facts that the build needs of it."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4.rwbase import rejoin_lines

from .errors import CourseError

# What a lesson promises, in its first cell: plain Markdown, so that Jupyter and GitHub show it too.
OUTCOMES = re.compile(
    r"^\*\*After this lesson you can\*\*\n\n(?P<list>(?:- .+(?:\n|\Z))+)", re.MULTILINE
)


@dataclass(frozen=True)
class Lesson:
    """A file `lessons/NN_topic.ipynb`."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def number(self) -> str:
        return self.name.split("_", 1)[0]

    def read(self) -> NotebookNode:
        return read_notebook(self.path)


def by_number(lesson: Lesson) -> tuple[int, str]:
    """The order of lessons: 100 comes after 99, as it would not by name."""
    return int(lesson.number), lesson.name


def read_notebook(path: Path) -> NotebookNode:
    """A notebook that is fit to be executed: nbformat 4, a kernel named, ids that are unique.

    Raises CourseError that says what to mend.
    """
    where = f"{path.parent.name}/{path.name}"
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise CourseError("the notebook is missing", where, "restore it from git") from None
    except UnicodeDecodeError:
        raise CourseError("the notebook is not UTF-8 text", where, "restore it from git") from None
    return parse_notebook(text, where)


def parse_notebook(text: str, where: str) -> NotebookNode:
    """The notebook that a file's text holds, as strictly. where: for the error, what to mend."""
    try:
        raw = json.loads(text)
    except json.JSONDecodeError as error:
        if "<<<<<<<" in text:
            raise CourseError(
                "the notebook holds a merge conflict", where, "choose one side of each, then rerun"
            ) from None
        raise CourseError(
            f"the notebook is not JSON (line {error.lineno}: {error.msg})",
            where,
            "restore it from git, or save it again from Jupyter",
        ) from None
    if not (
        isinstance(raw, dict) and isinstance(raw.get("cells"), list) and raw.get("nbformat") == 4
    ):
        raise CourseError(
            "the file is JSON but no notebook of format 4", where, "save it again from Jupyter"
        )
    ids = Counter(cell.get("id") for cell in raw["cells"])
    if None in ids:
        raise CourseError("cells have no id", where, "set nbformat_minor to 5 and save in Jupyter")
    twice = [name for name, count in ids.items() if count > 1]
    if twice:
        raise CourseError(f"two cells have the id “{twice[0]}”", where, "give one of them another")
    try:
        # Not nbformat.reads: it mends in silence what is to be an error.
        notebook: NotebookNode = nbformat.from_dict(raw)
        nbformat.validate(notebook)
        rejoin_lines(notebook)  # files hold a text as a list of lines
    except (nbformat.ValidationError, AttributeError, TypeError) as error:
        problem = str(error).strip().splitlines()[0]
        raise CourseError(
            f"the notebook is not valid ({problem})", where, "save it again from Jupyter"
        ) from None
    if "name" not in notebook.metadata.get("kernelspec", {}):
        raise CourseError(
            "the notebook names no kernel",
            where,
            'set metadata.kernelspec to {"name": "python3", "display_name": "Python 3"}',
        )
    return notebook


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """The cells that run, in order."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def code_digest(notebook: NotebookNode) -> str:
    """sha256 of what runs: the sources of the code cells, in order. Prose and tags do not count."""
    sources = json.dumps([cell.source for cell in code_cells(notebook)])
    return hashlib.sha256(sources.encode()).hexdigest()


def needs_gpu(notebook: NotebookNode) -> bool:
    """Whether the lesson says that it computes on the profile's device, a GPU where it has one."""
    return bool(notebook.metadata.get("downhill", {}).get("gpu"))


def tags(cell: NotebookNode) -> list[str]:
    return list(cell.metadata.get("tags", []))


def section(notebook: NotebookNode, cell_id: str) -> str:
    """The heading above a cell; empty where there is none."""
    heading = ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for line in cell.source.splitlines():
                if line.startswith("#"):
                    heading = line.lstrip("#").strip()
        if cell.get("id") == cell_id:
            return heading
    return heading
