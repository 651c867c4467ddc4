"""A long lesson as several pages: one notebook to run, pages that a phone can load.

mkdocs.yml names the cells that begin a page (`pages`, an option of the plugin). The first page has
the lesson's own URL, the others have a number behind it, and a link to a heading finds its page.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from markdown.extensions.toc import slugify
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from .problem import PageError

HEADING = re.compile(r"^#{1,6} +(.+?)(?: *\{.*?#([\w-]+).*?\})? *#*$", re.MULTILINE)
FENCED = re.compile(r"^(```+|~~~+).*?^\1", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?P<lesson>\d{2,3}_\w+)?(?:\.ipynb)?#(?P<anchor>[\w-]+)\)")
FROM_DOCS = re.compile(r"\]\(lessons/(?P<lesson>\d{2,3}_\w+)\.ipynb#(?P<anchor>[\w-]+)\)")
NUMBER = re.compile(r"^\d+\. +")


@dataclass
class Part:
    """One page of a lesson. name: of the page, without a suffix; count: of the lesson's pages."""

    lesson: str
    number: int
    cells: list[NotebookNode] = field(default_factory=list)
    count: int = 1

    @property
    def name(self) -> str:
        return self.lesson if self.number == 1 else f"{self.lesson}_{self.number}"

    @property
    def uri(self) -> str:
        return f"lessons/{self.name}.ipynb"

    @property
    def title(self) -> str:
        """For the navigation: its first section."""
        sections = [text for text, _ in headings(self.cells, level=2)]
        name = NUMBER.sub("", sections[0]) if sections else ""
        return f"Part {self.number}: {name}" if name else f"Part {self.number}"


def split(
    lesson: str, notebook: NotebookNode, title: str, starts: Collection[str] = ()
) -> list[Part]:
    """The pages of a lesson. starts: ids of the cells that begin the second page and so on."""
    parts = [Part(lesson, 1)]
    unknown = set(starts) - {cell.id for cell in notebook.cells}
    if unknown:
        where = f"mkdocs.yml, pages of {lesson}"
        raise PageError(f"no cell is called “{min(unknown)}”", where, "name one of the lesson's")
    for cell in notebook.cells:
        if cell.id in starts and parts[-1].cells:
            parts.append(Part(lesson, len(parts) + 1))
        parts[-1].cells.append(cell)
    for part in parts:
        part.count = len(parts)
        if part.number > 1:
            head = new_markdown_cell(f"# {title}, part {part.number}", id=f"part-{part.number}")
            part.cells.insert(0, head)
    return parts


def headings(cells: Iterable[NotebookNode], level: int = 0) -> list[tuple[str, str]]:
    """Text and anchor of each heading; level: only those of one level."""
    found: list[tuple[str, str]] = []
    for cell in cells:
        if cell.cell_type != "markdown":
            continue
        for match in HEADING.finditer(FENCED.sub("", cell.source)):
            if level and not match[0].startswith("#" * level + " "):
                continue
            text = re.sub(r"[*`$]", "", match[1])
            found.append((text, match[2] or slugify(text, "-")))
    return found


def anchors(parts: Iterable[Part]) -> dict[tuple[str, str], str]:
    """Where each heading is: (lesson, anchor) → name of the page."""
    return {
        (part.lesson, anchor): part.name for part in parts for _, anchor in headings(part.cells)
    }


def redirect(source: str, part: Part, pages: Mapping[tuple[str, str], str]) -> str:
    """Markdown whose links to headings lead to the page that the heading is on."""

    def replace(match: re.Match[str]) -> str:
        lesson = match["lesson"] or part.lesson
        page = pages.get((lesson, match["anchor"]), lesson)
        if page == part.name:
            return f"](#{match['anchor']})"
        return f"]({page}.ipynb#{match['anchor']})"

    return LINK.sub(replace, source)


def arrange(
    part: Part, marked: list[NotebookNode], pages: Mapping[tuple[str, str], str]
) -> list[NotebookNode]:
    """The cells of a page with their links redirected; the notebook stays as it is.

    marked: the part's cells, some in another form; those in their own form are also the part's.
    """
    shown = []
    for number, (own, cell) in enumerate(zip(part.cells, marked, strict=True)):
        led = redirect(cell.source, part, pages) if cell.cell_type == "markdown" else cell.source
        new = cell if led == cell.source else NotebookNode({**cell, "source": led})
        if own is cell:
            part.cells[number] = new
        shown.append(new)
    return shown


def lead(source: str, pages: Mapping[tuple[str, str], str]) -> str:
    """The same for a page of docs/, which says `lessons/NN_topic.ipynb#heading`."""

    def replace(match: re.Match[str]) -> str:
        page = pages.get((match["lesson"], match["anchor"]), match["lesson"])
        return f"](lessons/{page}.ipynb#{match['anchor']})"

    return FROM_DOCS.sub(replace, source)
