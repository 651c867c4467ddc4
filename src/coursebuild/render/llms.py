"""llms.txt: the course for programs that read, as a list of its pages, and as one long text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.nav import Section
from mkdocs.structure.pages import Page
from nbformat import NotebookNode

from ..lesson import tags
from .documents import LessonFile
from .parts import NUMBER, headings

LIST, WHOLE = "llms.txt", "llms-full.txt"
LIMIT = 1_000_000  # bytes: beyond it the long text helps nobody, and is not written
COMMENT = re.compile(r"<!--.*?-->\s*", re.DOTALL)


@dataclass(frozen=True)
class Entry:
    """A page. section: heading of the navigation it stands under; text: its Markdown."""

    section: str
    title: str
    url: str
    description: str
    text: str


def outline(cells: Iterable[NotebookNode]) -> str:
    """What a lesson's page is about: its sections, in one sentence."""
    names = [NUMBER.sub("", text) for text, _ in headings(cells, level=2)]
    listed = "; ".join(names)
    return listed if listed.endswith(("?", "!")) or not names else f"{listed}."


def text(cells: Iterable[NotebookNode]) -> str:
    """A lesson as Markdown: the prose and the code that its page shows, without outputs."""
    pieces = [
        cell.source if cell.cell_type == "markdown" else f"```python\n{cell.source}\n```"
        for cell in cells
        if cell.cell_type in ("markdown", "code")
        and cell.source.strip()
        and not {"remove-cell", "hide-input"} & set(tags(cell))
    ]
    return "\n\n".join(pieces)


def entry(page: Page) -> Entry:
    sections = [above.title for above in page.ancestors if isinstance(above, Section)]
    about, markdown = str(page.meta.get("description", "")), page.markdown or ""
    if isinstance(page.file, LessonFile):
        about, markdown = outline(page.file.part.cells), text(page.file.part.cells)
    return Entry(
        section=sections[-1] if sections else "Start",  # the outermost comes last
        title=str(page.meta.get("title") or page.title),
        url=page.canonical_url or "",
        description=about,
        text=markdown,
    )


def write(config: MkDocsConfig, pages: Iterable[Page]) -> None:
    """Both files, into the site. Without a site_url there are no addresses, and so no files."""
    if not config.site_url:
        return
    site, url = Path(config.site_dir), config.site_url.rstrip("/") + "/"
    entries = [entry(page) for page in pages]
    whole = "\n\n".join(f"<!-- {e.url} -->\n\n{COMMENT.sub('', e.text).strip()}" for e in entries)
    lines = [f"# {config.site_name}", "", f"> {config.site_description or config.site_name}"]
    if len(whole.encode()) <= LIMIT:
        (site / WHOLE).write_text(whole + "\n", encoding="utf-8")
        lines += ["", f"All pages as one Markdown text, without outputs: {url}{WHOLE}"]
    for section in dict.fromkeys(page.section for page in entries):
        lines += ["", f"## {section}", ""]
        lines += [
            f"- [{page.title}]({page.url})" + (f": {page.description}" if page.description else "")
            for page in entries
            if page.section == section
        ]
    (site / LIST).write_text("\n".join(lines) + "\n", encoding="utf-8")
