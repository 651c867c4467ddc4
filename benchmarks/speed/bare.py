"""The same pages for MkDocs alone: lessons converted to Markdown beforehand, without our plugin."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import nbformat
import yaml
from nbconvert import MarkdownExporter

from coursebuild.course import Course
from coursebuild.render.documents import title
from coursebuild.render.parts import split

DOCS = "out/bare"
SITE = "out/bare-site"


def convert(root: Path) -> None:
    """Write bare.yml and its pages, from the lessons as they were last executed."""
    course, docs = Course(root), root / DOCS
    shutil.rmtree(docs, ignore_errors=True)
    shutil.copytree(course.docs_dir, docs)
    config = (root / "mkdocs.yml").read_text(encoding="utf-8")
    starts = pages_of(config)
    nav = "nav:\n  - Home: index.md\n"
    (docs / "lessons").mkdir()
    for lesson in course.lessons():
        path = course.executed("offline") / lesson.path.name
        notebook = nbformat.read(path, as_version=4)
        for part in split(
            lesson.name, notebook, title(notebook, lesson.name), starts.get(lesson.name, ())
        ):
            page = nbformat.v4.new_notebook(cells=part.cells, metadata=notebook.metadata)
            settings = {"unique_key": f"{part.name}_files", "output_files_dir": "."}
            text, made = MarkdownExporter().from_notebook_node(page, settings)
            for name, data in made["outputs"].items():
                (docs / "lessons" / Path(name).name).write_bytes(data)
            (docs / "lessons" / f"{part.name}.md").write_text(text, encoding="utf-8")
            nav += f"  - {part.name}: lessons/{part.name}.md\n"
    config = re.sub(r"^nav:.*?\n\n", nav + "\n", config, count=1, flags=re.DOTALL | re.MULTILINE)
    config = re.sub(r"^  - coursebuild:?\n(?: {4,}.*\n)*", "", config, flags=re.MULTILINE)
    config += f"\ndocs_dir: {DOCS}\nsite_dir: {SITE}\n"
    (root / "bare.yml").write_text(config, encoding="utf-8")


def pages_of(config: str) -> dict[str, list[str]]:
    """Which cells begin a page, as mkdocs.yml tells our plugin."""
    found = re.search(r"^      pages:.*\n(?: {8}.*\n)+", config, re.MULTILINE)
    return dict(yaml.safe_load(found[0])["pages"]) if found else {}
