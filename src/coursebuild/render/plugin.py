"""The MkDocs plugin `coursebuild`: executed lessons become pages of the site."""

from __future__ import annotations

from pathlib import Path

import nbformat
from jinja2 import Environment, FileSystemBytecodeCache
from mkdocs.config import config_options
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

from ..course import Course
from ..student import student
from . import (
    api,
    cards,
    codelinks,
    documents,
    glossary,
    header,
    llms,
    markup,
    maths,
    offline,
    outputs,
    progress,
    provenance,
    quiz,
    search,
    status,
    styles,
)
from .assets import Assets
from .bundles import one_scheme
from .names import Scope
from .page import draft
from .parts import anchors, lead, redirect, split
from .places import Places
from .policy import Policy
from .problem import PageError

THEME = Path(__file__).with_name("theme")


class RenderConfig(Config):
    profile = config_options.Type(str, default="offline")
    pages = config_options.Type(dict, default={})  # lesson → ids of the cells that begin a page


class RenderPlugin(BasePlugin[RenderConfig]):
    """Adds the lessons, turns them into Markdown, and puts their outputs in."""

    executed: Path | None = None  # folder of executed notebooks, where it is not the build's own
    preview = False  # pages reload themselves when a source changes

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        self.course = Course(Path(config.config_file_path).parent)
        self.assets = Assets(Path(config.site_dir), self.course.cache / "render")
        self.katex = maths.Katex(self.course.root / "node_modules", self.assets)
        self.lessons: dict[str, list[documents.LessonFile]] = {}
        self.runs: dict[str, list[status.Ran]] = {}
        self.scopes: dict[str, dict[str, Scope]] = {}
        self.has_maths = False
        self.glossary = glossary.Glossary.load(self.course.docs_dir)
        config.theme.dirs.insert(0, str(THEME))
        self._read(config)
        self.places = Places(self.course, self.lessons, self._runs, self.asked, self.assets)
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
        if modules := api.modules(self.course.source_dir / "downhill"):
            markdown = documents.converter(config)
            around = api.Surroundings(config.repo_url or "", self._built, markdown)
            self.api = api.draft(modules, around)
            files.append(File.generated(config, api.URI, content=self.api.markdown))
        styles.join(files, config)
        self.names = {name: a for module in modules for name, a in module.names.items()}
        self.status = files.get_file_from_path("status.md")
        self.progress = files.get_file_from_path("progress.md")
        self.explained = files.get_file_from_path(glossary.PAGE)
        self.guide = files.get_file_from_path("run.md")
        self.places.know(files)
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
        self.asked = {
            name: quiz.asked(file.part for file in files) for name, files in self.lessons.items()
        }

    def on_env(self, env: Environment, config: MkDocsConfig, files: Files) -> Environment:
        """Keep compiled templates between builds: they take a third of a preview's time."""
        folder = self.assets.cache / "templates"
        folder.mkdir(parents=True, exist_ok=True)
        env.bytecode_cache = FileSystemBytecodeCache(str(folder))
        self.policy = Policy(env, config, self.preview)
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
            status.times(file.notebook, runs),
            file.part.count,
            status.badge(runs[0] if runs else None, url),
            f"{self.guide.url_relative_to(file)}#elsewhere" if self.guide else "",
        )
        url = self.progress.url_relative_to(file) if self.progress else ""
        row += progress.line(file.part, self.asked[file.lesson.name], url)
        cells = quiz.mark(file.part, self.asked[file.lesson.name])
        for cell in cells:
            if cell.cell_type == "markdown":
                cell.source = redirect(cell.source, file.part, self.anchors)
        file.draft = draft(cells, surroundings, row, provenance.table(file.notebook, times))
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
            self.places.demos(page, page.file.demos)
            page.meta["progress"] = "quiz"  # the script that uses what progress.js keeps
            if page.file.part.count > 1:  # for the browser's tab and search; nav has the short one
                title = documents.title(page.file.notebook, page.file.lesson.name)
                page.meta["title"] = f"{title}, {page.title[0].lower()}{page.title[1:]}"
        if page.file.src_uri == api.URI and self.names:
            html = self.api.fill(html)
        html = self.places.fill(html, page, config)
        html, formulas = maths.typeset(html, self.katex, page.file.src_uri)
        if formulas:
            self.has_maths = page.meta["maths"] = True
        page.meta["card"] = cards.of_page(page, config, self.assets)
        html = markup.finish(html)
        if isinstance(page.file, documents.LessonFile):
            html = self._link(html, page.file, documents.root(page))
        return html

    def on_post_page(self, output: str, page: Page, config: MkDocsConfig) -> str:
        return self._whole(output, page.file.src_uri)

    def on_post_template(self, output: str, template_name: str, config: MkDocsConfig) -> str:
        """404.html is no page to MkDocs, but one to a browser."""
        return self._whole(output, template_name) if template_name.endswith(".html") else output

    def _whole(self, output: str, name: str) -> str:
        """Name Material's search dialog, which has a role but no name; then the page's policy."""
        dialog = 'data-md-component="search" role="dialog"'
        output = output.replace(dialog, f'{dialog} aria-label="Search"')
        return self.policy.apply(output, name)  # last: it reads the page as it is

    @event_priority(-100)  # the search index has been written
    def on_post_build(self, config: MkDocsConfig) -> None:
        search.defer(Path(config.site_dir))
        styles.lighten(Path(config.site_dir))
        self.policy.write(Path(config.site_dir))
        for name, files in self.lessons.items():
            file = files[0]
            folder = Path(file.abs_dest_path).parent
            executed = nbformat.read(str(file.abs_src_path), as_version=4)
            nbformat.write(one_scheme(executed), folder / f"{name}.ipynb")
            nbformat.write(student(file.lesson.read()), folder / f"{name}-student.ipynb")
        if self.has_maths:
            self.katex.styles(Path(config.site_dir))
        self.katex.close()
        llms.write(config, self.nav.pages)
        offline.write(Path(config.site_dir))  # last: it lists what all else has written

    def on_build_error(self, error: Exception) -> None:
        self.katex.close()

    def _link(self, html: str, file: documents.LessonFile, root: str) -> str:
        """The names in a lesson's code lead to what they are."""
        urls = {name: f"{root}{api.URL}#{anchor}" for name, anchor in self.names.items()}
        name = file.lesson.name
        if name not in self.scopes:  # of the whole lesson, for all of its pages
            self.scopes[name] = codelinks.scopes(file.notebook)
        linked = codelinks.documentation() | urls
        return codelinks.link(html, file.draft, self.scopes[name], linked)

    def _built(self, number: str, name: str) -> tuple[str, str]:
        """Where a lesson builds what the package has: URL from the package's page, and words."""
        for files in self.lessons.values():
            if files[0].lesson.number == number:
                return documents.defined(files, name, api.URL)
        do = "mend its docstring, or add the lesson"
        raise PageError(f"{name} is said to be built in lesson {number}", "src/downhill", do)

    def _runs(self, file: documents.LessonFile) -> list[status.Ran]:
        """Runs of a lesson in every profile that it was executed in here, this site's first."""
        if file.lesson.name not in self.runs:
            folders = self.course.executed("any").parent.glob(f"*/{file.lesson.path.name}")
            here = Path(str(file.abs_src_path))
            others = (nbformat.read(path, as_version=4) for path in sorted(folders) if path != here)
            self.runs[file.lesson.name] = status.runs((file.notebook, *others))
        return self.runs[file.lesson.name]
