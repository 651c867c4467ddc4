"""The MkDocs plugin `coursebuild`: executed lessons become pages of the site."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemBytecodeCache
from mkdocs.config import config_options
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

from ..course import Course
from . import (
    api,
    cards,
    codelinks,
    documents,
    glossary,
    inputs,
    llms,
    markup,
    maths,
    offered,
    offline,
    outputs,
    quiz,
    search,
    status,
    styles,
)
from .assets import Assets
from .conversions import Conversions
from .frame import Frame
from .kept import KeptPages
from .memory import Memory
from .names import Scope
from .notebooks import Notebooks
from .page import draft
from .parts import anchors, arrange, lead, split
from .places import Places
from .policy import Policy
from .problem import PageError
from .snippets import Snippets

THEME = Path(__file__).with_name("theme")


class RenderConfig(Config):
    profile = config_options.Type(str, default="offline")
    pages = config_options.Type(dict, default={})  # lesson → ids of the cells that begin a page


class RenderPlugin(BasePlugin[RenderConfig]):
    """Adds the lessons, turns them into Markdown, and puts their outputs in."""

    executed: Path | None = None  # folder of executed notebooks, where it is not the build's own
    preview = False  # pages reload themselves when a source changes
    memory: Memory | None = None  # of a process that builds again and again

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        self.course = Course(Path(config.config_file_path).parent)
        self.assets = Assets(Path(config.site_dir), self.course.cache / "render")
        kept = self.assets.cache / "pages" / self.config.profile
        self.conversions = Conversions(kept, self.memory.conversions if self.memory else None)
        self.notebooks = self.memory.notebooks if self.memory else Notebooks()
        self.katex = maths.Katex(self.course.root / "node_modules", self.assets)
        self.lessons: dict[str, list[documents.LessonFile]] = {}
        self.runs: dict[str, list[status.Ran]] = {}
        self.scopes: dict[str, dict[str, Scope]] = {}
        self.has_maths = False
        self.glossary = glossary.Glossary.load(self.course.docs_dir)
        config.theme.dirs.insert(0, str(THEME))
        if self.memory:
            self.memory.join(config.theme)
        self._read(config)
        self.places = Places(self.course, self.lessons, self._runs, self.asked, self.assets)
        pages = {
            files[0].part.uri: [file.part for file in files] for files in self.lessons.values()
        }
        config.nav = documents.spread(config.nav, pages)
        return config

    @event_priority(100)
    def on_files(self, files: Files, config: MkDocsConfig) -> Files:
        self.snippets = Snippets(config, self.conversions)
        for parts in self.lessons.values():
            for file in parts:
                files.append(file)
        if modules := api.modules(self.course.source_dir / "downhill"):
            around = api.Surroundings(config.repo_url or "", self._built, self.snippets)
            self.api = api.draft(modules, around)
            files.append(File.generated(config, api.URI, content=self.api.markdown))
        styles.join(files, config)
        self.names = {name: a for module in modules for name, a in module.names.items()}
        self.explained = files.get_file_from_path(glossary.PAGE)
        self.frame = Frame(files, config.repo_url or "")
        self.places.know(files, self.snippets)
        return files

    def on_nav(self, nav: Navigation, config: MkDocsConfig, files: Files) -> Navigation:
        self.nav = nav
        around = inputs.around(config, files, self.names, self.katex.known_version())
        self.kept = KeptPages(self.conversions, self.assets, files, around)
        search.remember(config, self.conversions)
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
            executed = self.notebooks.read(path)
            self.lessons[lesson.name] = [
                documents.LessonFile(lesson, part, executed, path, config)
                for part in split(
                    lesson.name,
                    executed.notebook,
                    documents.title(executed.notebook, lesson.name),
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
        if self.memory:
            self.memory.begin(env, config, self.nav)
        self.policy = Policy(env, config, self.preview, self.conversions)
        return env

    def on_pre_page(self, page: Page, config: MkDocsConfig, files: Files) -> Page:
        """Say what a page is made from; put it back, where an earlier build made it so."""
        file = page.file
        if not isinstance(file, documents.LessonFile):
            text = file.content_string
            self.kept.restore(page, [text, self._led(text, file)])
            return page
        asked = self.asked[file.lesson.name]
        self.frame.put(file, page.edit_url or "", self._runs(file), asked)
        file.cells = arrange(file.part, quiz.mark(file.part, asked), self.anchors)
        sources = [c.source for c in file.cells if c.cell_type == "markdown"]
        terms = self.glossary.around(file.lesson.name, sources) if self.glossary else []
        kept = self.kept.restore(page, [file.digest, file.head, file.foot, *terms, *sources])
        if kept:
            file.demos = kept["demos"]
            if self.glossary:
                self.glossary.remember(file.lesson.name, kept["terms"])
        return page

    def on_page_read_source(self, page: Page, config: MkDocsConfig) -> str | None:
        if not isinstance(page.file, documents.LessonFile):
            return None
        file = page.file
        surroundings = outputs.Page(
            lesson=file.lesson.name,
            assets=self.assets,
            root=documents.root(page),
            markdown=self.snippets,
        )
        file.draft = draft(file.cells, surroundings, file.head, file.foot)
        file.demos = surroundings.demos
        return file.draft.markdown

    def on_page_markdown(
        self, markdown: str, page: Page, config: MkDocsConfig, files: Files
    ) -> str | None:
        if isinstance(page.file, documents.LessonFile) or self.kept.current:
            return None
        return self._led(markdown, page.file)

    def _led(self, markdown: str, file: File) -> str:
        """A page of docs/ as it is converted: its links lead to the page that a heading is on."""
        if file.src_uri == glossary.PAGE:
            markdown = glossary.FORMS.sub("", markdown)
        return lead(markdown, self.anchors)

    def on_page_content(
        self, html: str, page: Page, config: MkDocsConfig, files: Files
    ) -> str | None:
        if isinstance(page.file, documents.LessonFile):
            return self._lesson(html, page, page.file, config)
        if not self.kept.current:
            self.kept.keep(page, html)  # as it is before the lessons' runs come in
        if page.file.src_uri == api.URI and self.names:
            html = self.api.fill(html)
        html = self.places.fill(html, page)
        return self._finish(html, page, config)

    def _lesson(
        self, html: str, page: Page, file: documents.LessonFile, config: MkDocsConfig
    ) -> str:
        self.places.demos(page, file.demos)
        if self.kept.current:
            self.has_maths = self.has_maths or "maths" in page.meta
            return html
        before = set(self.glossary.explained(file.lesson.name)) if self.glossary else set()
        if self.glossary and self.explained:
            url = self.explained.url_relative_to(file)
            html, page.meta["terms"] = self.glossary.mark(html, file.lesson.name, url)
        html = file.draft.fill(html)
        page.meta["progress"] = "quiz"  # the script that uses what progress.js keeps
        if file.part.count > 1:  # for the browser's tab and search; nav has the short one
            title = documents.title(file.notebook, file.lesson.name)
            page.meta["title"] = f"{title}, {page.title[0].lower()}{page.title[1:]}"
        filled = self.places.fill(html, page)
        done = self._link(self._finish(filled, page, config), file, documents.root(page))
        self.kept.done()
        if filled == html:  # else it says what other lessons' runs say
            now = set(self.glossary.explained(file.lesson.name)) if self.glossary else set()
            self.kept.keep(page, done, demos=file.demos, terms=sorted(now - before))
        return done

    def _finish(self, html: str, page: Page, config: MkDocsConfig) -> str:
        html, formulas = maths.typeset(html, self.katex, page.file.src_uri)
        if formulas:
            self.has_maths = page.meta["maths"] = True
        page.meta["card"] = cards.of_page(page, config, self.assets)
        return markup.finish(html)

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
        for first, *_ in self.lessons.values():
            offered.write(first, self.conversions)
        if self.has_maths:
            self.katex.styles(Path(config.site_dir))
        self.katex.close()
        self.snippets.keep()
        llms.write(config, self.nav.pages)
        offline.write(Path(config.site_dir))  # last: it lists what all else has written

    def on_build_error(self, error: Exception) -> None:
        self.katex.close()
        if kept := vars(self).get("kept"):  # a build may fail before there is one
            kept.done()

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
            others = (self.notebooks.read(p).notebook for p in sorted(folders) if p != here)
            self.runs[file.lesson.name] = status.runs((file.notebook, *others))
        return self.runs[file.lesson.name]
