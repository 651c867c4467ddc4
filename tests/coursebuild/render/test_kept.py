"""A build with what earlier builds have made gives the same site as one that makes all anew."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from coursebuild.course import Course
from coursebuild.errors import CourseError
from coursebuild.render.bundles import CLAIM, DEMO, FIGURE
from coursebuild.site import render

CONFIG = """\
site_name: Test
site_url: https://example.test/
strict: true
theme: {name: material, font: false}
plugins: [search, {coursebuild: {pages: {01_one: [more]}}}]
validation: {anchors: warn, unrecognized_links: warn}
markdown_extensions: [md_in_html, attr_list, tables, pymdownx.superfences]
"""
HOME = "# Home\n\n<!-- downhill:demo sweep from 01_one -->\n\n<!-- downhill:claims -->\n"
GLOSSARY = """\
# Glossary

### Slope { #slope data-forms="slope" }

How steep.

[Lesson 1](lessons/01_one.ipynb#here)
"""

Site = dict[str, bytes]
Put = Callable[..., None]


def site(folder: Path) -> Site:
    """All files of a site."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def changed(before: Site, after: Site) -> set[str]:
    return {name for name in before | after if before.get(name) != after.get(name)}


@pytest.fixture
def put(tmp_path: Path) -> Put:
    """Write a lesson and its executed form."""

    def write(name: str, *cells: NotebookNode, title: str = "") -> None:
        book = nbformat.v4.new_notebook(cells=list(cells))
        facts = {"profile": "offline", "seconds": 2}
        book.metadata = {
            "kernelspec": {"name": "python3", "display_name": "Python 3"},
            "downhill": {"title": title or name, "provenance": facts},
        }
        for folder in (Course(tmp_path).lessons_dir, Course(tmp_path).executed("offline")):
            nbformat.write(book, folder / f"{name}.ipynb")

    return write


@pytest.fixture
def course(tmp_path: Path, make: Any, put: Put) -> Course:
    """Two lessons, one of them on two pages, with a figure, a demo, a claim and a term."""
    made = Course(tmp_path)
    for folder in (made.lessons_dir, made.docs_dir / "demos", made.executed("offline")):
        folder.mkdir(parents=True)
    (tmp_path / "mkdocs.yml").write_text(CONFIG, encoding="utf-8")
    (made.docs_dir / "index.md").write_text(HOME, encoding="utf-8")
    (made.docs_dir / "glossary.md").write_text(GLOSSARY, encoding="utf-8")
    (made.docs_dir / "status.md").write_text("# Status\n\n<!-- downhill:status -->\n")
    for file in ("sweep.js", "sweep.css"):
        (made.docs_dir / "demos" / file).write_text("", encoding="utf-8")
    demo = {"demo": "sweep", "alt": "a *slope*", "data": {"w": 1}}
    claim = {"text": "it holds", "state": "held", "measured": {"x": "1"}}
    outputs = make.shown(
        {DEMO: demo, "image/png": make.png()},
        {CLAIM: claim},
        {"image/png": make.png(20, 10), FIGURE: {"alt": "plain"}},
        {"text/markdown": "some *words*"},
    )
    prose = "# One\n\n## Here\n\nA *slope*. [two](02_two.ipynb), [more](#there)"
    more = new_markdown_cell("## There\n\nA slope again.\n\n| a |\n| --- |\n| b |", id="more")
    code = new_code_cell("import torch\ntorch.arange(3)", id="code")
    put("01_one", new_markdown_cell(prose), outputs, more, code)
    put("02_two", new_markdown_cell("# Two\n\nNo slope here. [one](01_one.ipynb#here)"))
    return made


def build(course: Course) -> Site:
    shutil.rmtree(course.site, ignore_errors=True)
    render(course, "offline", course.site)
    return site(course.site)


def afresh(course: Course) -> Site:
    """A build that knows of no other."""
    shutil.rmtree(course.cache, ignore_errors=True)
    return build(course)


def test_a_site_of_kept_pages_is_the_same_to_the_byte(course: Course) -> None:
    first = build(course)
    assert build(course) == first
    assert afresh(course) == first
    assert b"How steep." in first["lessons/01_one/index.html"]
    assert b"How steep." not in first["lessons/01_one_2/index.html"]  # explained on page one


def test_a_page_comes_from_what_was_kept(course: Course) -> None:
    """Else the other tests would prove nothing."""
    build(course)
    plugin = course.cache / "render" / "pages" / "offline"
    assert {path.name for path in (plugin / "page" / "lessons").iterdir()} == {
        "01_one.ipynb.json",
        "01_one_2.ipynb.json",
        "02_two.ipynb.json",
    }
    before = {path: path.stat().st_mtime_ns for path in plugin.rglob("*.json")}
    build(course)
    assert {path: path.stat().st_mtime_ns for path in plugin.rglob("*.json")} == before


def test_what_was_kept_and_is_damaged_is_made_anew(course: Course) -> None:
    first = build(course)
    for path in (course.cache / "render").rglob("*"):
        if path.is_file() and path.parent.name != "templates":
            path.write_bytes(path.read_bytes()[:-3])
    assert build(course) == first


def test_an_edit_of_a_lesson_changes_what_a_build_from_nothing_changes(
    course: Course, put: Put
) -> None:
    first = build(course)
    put("02_two", new_markdown_cell("# Two\n\nAn edit. [one](01_one.ipynb#here)"))
    edited = build(course)
    assert changed(first, edited) >= {"lessons/02_two/index.html", "llms-full.txt"}
    assert "lessons/01_one/index.html" not in changed(first, edited)
    assert afresh(course) == edited


def test_an_edit_of_the_glossary_changes_the_pages_that_use_the_term(course: Course) -> None:
    first = build(course)
    text = GLOSSARY.replace("How steep.", "How steep it is.")
    (course.docs_dir / "glossary.md").write_text(text, encoding="utf-8")
    edited = build(course)
    pages = {name for name in changed(first, edited) if name.endswith("index.html")}
    assert pages == {
        "glossary/index.html",
        "lessons/01_one/index.html",
        "lessons/02_two/index.html",
    }
    assert afresh(course) == edited


def test_a_new_form_of_a_term_is_found_on_pages_that_did_not_change(course: Course) -> None:
    first = build(course)
    text = GLOSSARY.replace('"slope"', '"slope, no"')
    (course.docs_dir / "glossary.md").write_text(text, encoding="utf-8")
    edited = build(course)
    assert "lessons/02_two/index.html" in changed(first, edited)
    assert afresh(course) == edited


def test_a_dead_link_on_a_kept_page_stops_the_build(course: Course, put: Put) -> None:
    build(course)
    put("01_one", new_markdown_cell("# One\n\n## Elsewhere"), new_markdown_cell("x", id="more"))
    (course.docs_dir / "index.md").write_text("# Home\n")
    (course.docs_dir / "glossary.md").unlink()
    with pytest.raises(CourseError, match="#here"):
        build(course)


def test_a_page_that_warns_warns_in_each_build(course: Course, put: Put) -> None:
    put("02_two", new_markdown_cell("# Two\n\n[gone](03_gone.ipynb)"))
    for _ in range(2):
        with pytest.raises(CourseError, match="03_gone"):
            build(course)


def test_another_title_in_the_navigation_is_on_the_page(course: Course) -> None:
    build(course)
    nav = "nav:\n  - Start: index.md\n  - A: lessons/01_one.ipynb\n  - B: lessons/02_two.ipynb\n"
    nav += "  - Words: glossary.md\n  - Runs: status.md\n"
    (course.root / "mkdocs.yml").write_text(CONFIG + nav, encoding="utf-8")
    edited = build(course)
    assert afresh(course) == edited
    assert b"<title>B - Test</title>" in edited["lessons/02_two/index.html"]
