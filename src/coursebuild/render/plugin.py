"""The MkDocs plugin `coursebuild`: executed lessons become pages of the site."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import nbformat
from jinja2 import Environment, FileSystemBytecodeCache
from mkdocs.config import config_options
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

from .. import history
from ..course import Course
from ..student import student
from . import (
    claims,
    demos,
    documents,
    glossary,
    header,
    llms,
    markup,
    maths,
    outputs,
    provenance,
    search,
    status,
    syllabus,
)
from .assets import Assets
from .bundles import DEMO, find
from .page import draft
from .parts import anchors, lead, redirect, split
from .problem import PageError

THEME = Path(__file__).with_name("theme")
DEMO_PLACE = re.compile(
    r"<!-- downhill:demo(?P<later>-later)? (?P<demo>[\w-]+) from (?P<lesson>\w+) -->"
)


class RenderConfig(Config):
    profile = config_options.Type(str, default="offline")
    pages = config_options.Type(dict, default={})  # lesson → ids of the cells that begin a page


class RenderPlugin(BasePlugin[RenderConfig]):
    """Adds the lessons, turns them into Markdown, and puts their outputs in."""

    executed: Path | None = None  # folder of executed notebooks, where it is not the build's own

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        self.course = Course(Path(config.config_file_path).parent)
        self.assets = Assets(Path(config.site_dir), self.course.cache / "render")
        self.katex = maths.Katex(self.course.root / "node_modules", self.assets)
        self.lessons: dict[str, list[documents.LessonFile]] = {}
        self.runs: dict[str, list[status.Ran]] = {}
        self.has_maths = False
        self.glossary = glossary.Glossary.load(self.course.docs_dir)
        config.theme.dirs.insert(0, str(THEME))
        self._read(config)
        pages = {
            files[0].part.uri: [file.part for file in files] for files in self.lessons.values()
        }
        config.nav = documents.spread(config.nav, pages)
        return config

    @event_priority(100)
    def on_files(self, files: Files, config: MkDocsConfig) -> Files:
        for parts in self.lessons.values():
            for file in parts:
                files.append(file)
        self.status = files.get_file_from_path("status.md")
        self.explained = files.get_file_from_path(glossary.PAGE)
        return files

    def on_nav(self, nav: Navigation, config: MkDocsConfig, files: Files) -> Navigation:
        self.nav = nav
        return nav

    def _read(self, config: MkDocsConfig) -> None:
        """Read the executed lessons. Raises PageError for one that is not there."""
        folder = self.executed or self.course.executed(self.config.profile)
        for lesson in self.course.lessons():
            path = folder / lesson.path.name
            if not path.exists():
                raise PageError(
                    f"the lesson has not been executed in the profile {self.config.profile}",
                    f"lessons/{lesson.path.name}",
                    f"run: course run {lesson.number} --profile {self.config.profile}",
                )
            notebook = nbformat.read(path, as_version=4)
            self.lessons[lesson.name] = [
                documents.LessonFile(lesson, part, notebook, path, config)
                for part in split(
                    lesson.name,
                    notebook,
                    documents.title(notebook, lesson.name),
                    self.config.pages.get(lesson.name, ()),
                )
            ]
        everything = [file.part for files in self.lessons.values() for file in files]
        self.anchors = anchors(everything)

    def on_env(self, env: Environment, config: MkDocsConfig, files: Files) -> Environment:
        """Keep compiled templates between builds: they take a third of a preview's time."""
        folder = self.assets.cache / "templates"
        folder.mkdir(parents=True, exist_ok=True)
        env.bytecode_cache = FileSystemBytecodeCache(str(folder))
        return env

    def on_page_read_source(self, page: Page, config: MkDocsConfig) -> str | None:
        if not isinstance(page.file, documents.LessonFile):
            return None
        file = page.file
        surroundings = outputs.Page(
            lesson=file.lesson.name,
            assets=self.assets,
            root=documents.root(page),
            markdown=documents.converter(config),
        )
        runs = self._runs(file)
        times = provenance.running(file.notebook, {run.profile: run.seconds for run in runs})
        url = f"{self.status.url_relative_to(file)}#{file.lesson.name}" if self.status else ""
        row = header.row(
            file.notebook,
            file.lesson.name,
            "" if file.part.number == 1 else f"../{file.lesson.name}/",
            config.repo_url or "",
            page.edit_url or "",
            times,
            file.part.count,
            status.badge(runs[0] if runs else None, url),
        )
        for cell in file.part.cells:
            if cell.cell_type == "markdown":
                cell.source = redirect(cell.source, file.part, self.anchors)
        file.draft = draft(
            file.part.cells, surroundings, row, provenance.table(file.notebook, times)
        )
        file.demos = surroundings.demos
        return file.draft.markdown

    def on_page_markdown(
        self, markdown: str, page: Page, config: MkDocsConfig, files: Files
    ) -> str | None:
        if isinstance(page.file, documents.LessonFile):
            return None
        if page.file.src_uri == glossary.PAGE:
            markdown = glossary.FORMS.sub("", markdown)
        return lead(markdown, self.anchors)

    def on_page_content(
        self, html: str, page: Page, config: MkDocsConfig, files: Files
    ) -> str | None:
        if isinstance(page.file, documents.LessonFile):
            if self.glossary and self.explained:
                url = self.explained.url_relative_to(page.file)
                html, page.meta["terms"] = self.glossary.mark(html, page.file.lesson.name, url)
            html = page.file.draft.fill(html)
            self._demos(page, page.file.demos)
            if page.file.part.count > 1:  # for the browser's tab and search; nav has the short one
                title = documents.title(page.file.notebook, page.file.lesson.name)
                page.meta["title"] = f"{title}, {page.title[0].lower()}{page.title[1:]}"
        html = DEMO_PLACE.sub(lambda match: self._demo(match, page), html)
        if claims.PLACE in html:
            html = html.replace(claims.PLACE, self._claims(page, config))
        if status.PLACE in html:
            html = html.replace(status.PLACE, self._status(page))
        html = syllabus.fill(html, page, self.lessons, self._runs)
        html, formulas = maths.typeset(html, self.katex, page.file.src_uri)
        if formulas:
            self.has_maths = page.meta["maths"] = True
        return markup.finish(html)

    def on_post_page(self, output: str, page: Page, config: MkDocsConfig) -> str:
        """Name Material's search dialog: it has a role but no name."""
        return self.on_post_template(output)

    def on_post_template(self, output: str, **_: object) -> str:
        """The same for 404.html, which is no page to MkDocs."""
        dialog = 'data-md-component="search" role="dialog"'
        return output.replace(dialog, f'{dialog} aria-label="Search"')

    @event_priority(-100)  # the search index has been written
    def on_post_build(self, config: MkDocsConfig) -> None:
        search.defer(Path(config.site_dir))
        for name, files in self.lessons.items():
            file = files[0]
            folder = Path(file.abs_dest_path).parent
            shutil.copyfile(str(file.abs_src_path), folder / f"{name}.ipynb")
            nbformat.write(student(file.lesson.read()), folder / f"{name}-student.ipynb")
        if self.has_maths:
            self.katex.styles(Path(config.site_dir))
        self.katex.close()
        llms.write(config, self.nav.pages)

    def on_build_error(self, error: Exception) -> None:
        self.katex.close()

    def _runs(self, file: documents.LessonFile) -> list[status.Ran]:
        """Runs of a lesson in every profile that it was executed in here, this site's first."""
        if file.lesson.name not in self.runs:
            folders = self.course.executed("any").parent.glob(f"*/{file.lesson.path.name}")
            here = Path(str(file.abs_src_path))
            others = (nbformat.read(path, as_version=4) for path in sorted(folders) if path != here)
            self.runs[file.lesson.name] = status.runs((file.notebook, *others))
        return self.runs[file.lesson.name]

    def _demos(self, page: Page, names: list[str], later: bool = False) -> None:
        for name in names:
            for file in (f"{name}.js", f"{name}.css"):
                if not (self.course.docs_dir / "demos" / file).exists():
                    raise PageError(
                        f"no demo is called “{name}”", page.file.src_uri, f"add docs/demos/{file}"
                    )
        if later:
            styles = [demos.scoped(self.course.docs_dir, name, self.assets) for name in names]
            page.meta["gallery"] = list(dict.fromkeys([*page.meta.get("gallery", []), *styles]))
        else:
            page.meta["demos"] = [*page.meta.get("demos", []), *names]

    def _demo(self, match: re.Match[str], page: Page) -> str:
        """A lesson's demo on another page."""
        files = self.lessons.get(match["lesson"])
        bundles = find(files[0].notebook, DEMO) if files else iter(())
        for bundle in bundles:
            if bundle.value["demo"] == match["demo"]:
                later = bool(match["later"])
                self._demos(page, [match["demo"]], later)
                root = documents.root(page)
                return demos.element(bundle.data, self.assets, root, lazy=later, later=later)
        raise PageError(
            f"lesson {match['lesson']} shows no demo “{match['demo']}”",
            f"docs/{page.file.src_uri}",
            "name another in the page, or add it to the lesson with downhill.demo.demo",
        )

    def _claims(self, page: Page, config: MkDocsConfig) -> str:
        sources = (
            claims.Source(
                documents.title(files[0].notebook, name),
                documents.cell_urls(files, page),
                files[0].notebook,
            )
            for name, files in self.lessons.items()
        )
        return claims.table(sources, documents.converter(config))

    def _status(self, page: Page) -> str:
        sources = (
            status.Source(
                name,
                documents.title(files[0].notebook, name),
                files[0].url_relative_to(page.file),
                self._runs(files[0]),
                documents.cell_urls(files, page),
            )
            for name, files in self.lessons.items()
        )
        return status.table(sources, history.load(self.course))
