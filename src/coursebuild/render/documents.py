"""Lessons as documentation files of MkDocs: their pages, their addresses, their titles."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File
from mkdocs.structure.pages import Page
from nbformat import NotebookNode

from ..concepts import definitions
from ..lesson import Lesson
from .notebooks import Executed
from .page import Draft
from .parts import Part, headings
from .problem import PageError


class LessonFile(File):
    """An executed notebook, or a part of one, as a documentation file of MkDocs."""

    def __init__(
        self, lesson: Lesson, part: Part, executed: Executed, path: Path, config: MkDocsConfig
    ) -> None:
        super().__init__(part.uri, None, config.site_dir, config.use_directory_urls)
        self.lesson, self.part = lesson, part
        self.notebook, self.digest = executed.notebook, executed.digest
        self.abs_src_path = str(path)
        self.edit_uri = f"../lessons/{lesson.path.name}"  # what people edit is the source
        self.draft = Draft()
        self.demos: list[str] = []
        self.cells: list[NotebookNode] = []  # as the page shows them
        self.head = self.foot = ""  # HTML above and below them

    def is_documentation_page(self) -> bool:
        return True


def cell_urls(files: list[LessonFile], page: Page) -> dict[str, str]:
    """Cell id → URL of the page that shows it, from another page."""
    return {cell.id: file.url_relative_to(page.file) for file in files for cell in file.part.cells}


def defined(files: list[LessonFile], name: str, url: str) -> tuple[str, str]:
    """Where a lesson defines `name`: URL of the section, from another URL, and its heading."""
    cells = [cell.id for cell, _ in definitions(files[0].notebook, name)]
    for file in files:
        ids = [cell.id for cell in file.part.cells]
        if cells and cells[-1] in ids:  # a lesson may improve on its own first version
            above = headings(file.part.cells[: ids.index(cells[-1])])
            words, anchor = above[-1] if above else (title(file.notebook, file.lesson.name), "")
            return f"{file.url_relative_to(url)}#{anchor}", words
    where = f"lesson {files[0].lesson.name}"
    raise PageError(f"{name} is said to be built here and is not", where, "run: course lint")


def title(notebook: NotebookNode, name: str) -> str:
    return str(notebook.metadata.get("downhill", {}).get("title", name))


def spread(nav: Any, pages: Mapping[str, list[Part]]) -> Any:
    """MkDocs' nav with a lesson of several pages as a section of its own."""
    if isinstance(nav, list):
        return [spread(item, pages) for item in nav]
    if not isinstance(nav, dict):
        return nav
    return {
        title: [{part.title: part.uri} for part in pages[target]]
        if isinstance(target, str) and len(pages.get(target, ())) > 1
        else spread(target, pages)
        for title, target in nav.items()
    }


def root(page: Page) -> str:
    """From a page to the root of the site: "" or "../../"."""
    return "../" * page.url.count("/")
