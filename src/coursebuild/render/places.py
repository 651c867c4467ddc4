"""Places in the pages around the lessons: `<!-- downhill:… -->` becomes what the runs say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from .. import history
from ..course import Course
from . import claims, demos, documents, home, progress, quiz, status, syllabus
from .assets import Assets
from .bundles import DEMO, find
from .problem import PageError

DEMO_PLACE = re.compile(r"<!-- downhill:demo (?P<demo>[\w-]+) from (?P<lesson>\w+) -->")

Lessons = Mapping[str, list[documents.LessonFile]]


class Places:
    """What fills the places of a page: the lessons, and the runs behind them."""

    def __init__(
        self,
        course: Course,
        lessons: Lessons,
        runs: Callable[[documents.LessonFile], list[status.Ran]],
        asked: Mapping[str, quiz.Asked],
        assets: Assets,
    ) -> None:
        self.course, self.lessons, self.runs = course, lessons, runs
        self.asked, self.assets = asked, assets
        self.claims_page: File | None = None

    def know(self, files: Files, markdown: Callable[[str], str]) -> None:
        """Where the page of claims is, and how their Markdown is converted."""
        self.claims_page = files.get_file_from_path("claims.md")
        self.markdown = markdown

    def fill(self, html: str, page: Page) -> str:
        """A page's HTML with its places filled; page.meta says which scripts that needs."""
        html = DEMO_PLACE.sub(lambda match: self._demo(match, page), html)
        if claims.PLACE in html:
            html = html.replace(claims.PLACE, self._claims(page))
        if status.PLACE in html:
            html = html.replace(status.PLACE, self._status(page))
        if progress.PLACE in html:
            html = html.replace(progress.PLACE, self._progress(page))
            page.meta["progress"] = "progress-page"
        html = syllabus.fill(html, page, self.lessons, self.runs)
        url = self.claims_page.url_relative_to(page.file) if self.claims_page else ""
        return home.fill(html, self._steps(page), url)

    def demos(self, page: Page, names: list[str]) -> None:
        """Have the page load the scripts of these demos. Raises PageError for an unknown one."""
        for name in names:
            for file in (f"{name}.js", f"{name}.css"):
                if not (self.course.docs_dir / "demos" / file).exists():
                    raise PageError(
                        f"no demo is called “{name}”", page.file.src_uri, f"add docs/demos/{file}"
                    )
            in_lesson = isinstance(page.file, documents.LessonFile)
            style = f"demos/{name}.css" if in_lesson else self._scoped(name)
            page.meta.setdefault("demos", {})[name] = style

    def _scoped(self, name: str) -> str:
        """The style of a demo that may stand beside any other one."""
        return demos.scoped(self.course.docs_dir, name, self.assets)

    def _demo(self, match: re.Match[str], page: Page) -> str:
        """A lesson's demo on another page."""
        files = self.lessons.get(match["lesson"])
        bundles = find(files[0].notebook, DEMO) if files else iter(())
        for bundle in bundles:
            if bundle.value["demo"] == match["demo"]:
                self.demos(page, [match["demo"]])
                root = documents.root(page)
                return demos.element(bundle.data, self.assets, root, lazy=not page.is_homepage)
        raise PageError(
            f"lesson {match['lesson']} shows no demo “{match['demo']}”",
            f"docs/{page.file.src_uri}",
            "name another in the page, or add it to the lesson with downhill.demo.demo",
        )

    def _claims(self, page: Page) -> str:
        sources = (
            claims.Source(
                documents.title(files[0].notebook, name),
                documents.cell_urls(files, page),
                files[0].notebook,
            )
            for name, files in self.lessons.items()
        )
        return claims.table(sources, self.markdown)

    def _steps(self, page: Page) -> Iterator[home.Step]:
        """The lessons as the home page shows them."""
        for name, files in self.lessons.items():
            yield home.Step(
                name,
                documents.title(files[0].notebook, name),
                files[0].url_relative_to(page.file),
                files[0].notebook,
                status.times(files[0].notebook, self.runs(files[0])),
                len(files),
            )

    def _status(self, page: Page) -> str:
        sources = (
            status.Source(
                name,
                documents.title(files[0].notebook, name),
                files[0].url_relative_to(page.file),
                self.runs(files[0]),
                documents.cell_urls(files, page),
            )
            for name, files in self.lessons.items()
        )
        return status.table(sources, history.load(self.course))

    def _progress(self, page: Page) -> str:
        return progress.table(
            progress.Source(
                name,
                documents.title(files[0].notebook, name),
                [file.part for file in files],
                self.asked[name],
                {file.part.name: file.url_relative_to(page.file) for file in files},
            )
            for name, files in self.lessons.items()
        )
