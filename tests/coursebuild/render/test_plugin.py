"""The plugin within a real MkDocs build."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell

from coursebuild.course import Course
from coursebuild.errors import CourseError
from coursebuild.render.bundles import CLAIM, DEMO
from coursebuild.site import render

CONFIG = """\
site_name: Test
site_url: https://example.test/
repo_url: https://github.com/a/b
edit_uri: edit/main/docs/
strict: true
theme: {name: material, font: false}
plugins: [coursebuild]
validation: {anchors: warn, unrecognized_links: warn}
markdown_extensions: [md_in_html, attr_list, tables, pymdownx.superfences]
"""
PAGE = "# Home\n\n<!-- downhill:demo sweep from 01_one -->\n\n<!-- downhill:claims -->\n"


@pytest.fixture
def course(tmp_path: Path, make: Any) -> Course:
    """Two lessons and a home page, executed by hand."""
    made = Course(tmp_path)
    for folder in (made.lessons_dir, made.docs_dir / "demos", made.executed("offline")):
        folder.mkdir(parents=True)
    (tmp_path / "mkdocs.yml").write_text(CONFIG, encoding="utf-8")
    (made.docs_dir / "index.md").write_text(PAGE, encoding="utf-8")
    for file in ("sweep.js", "sweep.css"):
        (made.docs_dir / "demos" / file).write_text("", encoding="utf-8")
    demo = {"demo": "sweep", "alt": "a slope", "data": {"w": 1}}
    claim = {"text": "it holds", "state": "held", "measured": {}}
    shown = make.shown({DEMO: demo, "image/png": make.png()}, {CLAIM: claim})
    put(made, "01_one", make, new_markdown_cell("# One\n\n## Here\n\n[two](02_two.ipynb)"), shown)
    put(made, "02_two", make, new_markdown_cell("# Two\n\n[one](01_one.ipynb#here)"))
    return made


def put(course: Course, name: str, make: Any, *cells: nbformat.NotebookNode) -> None:
    book = make.notebook(*cells, title=name, provenance={"profile": "offline", "seconds": 2})
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    for folder in (course.lessons_dir, course.executed("offline")):
        nbformat.write(book, folder / f"{name}.ipynb")


def build(course: Course) -> Path:
    render(course, "offline", course.site)
    return course.site


def test_lessons_become_pages_with_links_downloads_and_an_edit_link(course: Course) -> None:
    site = build(course)
    page = (site / "lessons/01_one/index.html").read_text()
    assert 'href="../02_two/"' in page
    assert "https://github.com/a/b/edit/main/lessons/01_one.ipynb" in page
    assert json.loads((site / "lessons/01_one/01_one.ipynb").read_text())["cells"]
    assert json.loads((site / "lessons/01_one/01_one-student.ipynb").read_text())["cells"]
    assert "api.github.com" not in page
    assert 'data-md-component="source"' not in page


def test_the_home_page_shows_the_demo_of_a_lesson(course: Course) -> None:
    page = (build(course) / "index.html").read_text()
    assert '<downhill-sweep data-src="assets/made/' in page
    assert 'data-demo="sweep" data-script="demos/sweep.js"' in page
    assert 'src="demos/sweep.js"' not in page  # docs/assets/demos-near.js loads it, when it is near
    assert 'href="lessons/01_one/#claim-a-cell"' in page


def test_each_lesson_has_a_badge_that_leads_to_its_row_on_the_status_page(course: Course) -> None:
    (course.docs_dir / "status.md").write_text("# Status\n\n<!-- downhill:status -->\n")
    site = build(course)
    page = (site / "lessons/01_one/index.html").read_text()
    assert 'href="../../status/#01_one"' in page
    assert "1 claims held" not in page
    status = (site / "status/index.html").read_text()
    assert 'id="01_one"' in status
    assert 'href="../lessons/01_one/"' in status


def test_without_a_status_page_there_is_no_badge(course: Course) -> None:
    assert "lesson-badge" not in (build(course) / "lessons/01_one/index.html").read_text()


def test_only_pages_with_a_demo_load_what_starts_it(course: Course) -> None:
    site = build(course)
    assert 'data-demo="sweep"' in (site / "lessons/01_one/index.html").read_text()
    assert "data-demo" not in (site / "lessons/02_two/index.html").read_text()


def test_a_lesson_that_was_not_executed_names_the_command(course: Course) -> None:
    (course.executed("offline") / "02_two.ipynb").unlink()
    with pytest.raises(CourseError, match=r"lessons/02_two.ipynb.*course run 02 --profile offline"):
        build(course)


def test_a_demo_without_a_module_or_a_lesson_is_named(course: Course) -> None:
    index = course.docs_dir / "index.md"
    index.write_text(PAGE.replace("sweep from 01_one", "sweep from 02_two"), encoding="utf-8")
    with pytest.raises(CourseError, match="02_two shows no demo “sweep”"):
        build(course)
    index.write_text(PAGE, encoding="utf-8")
    shutil.rmtree(course.docs_dir / "demos")
    with pytest.raises(CourseError, match=r"add docs/demos/sweep.js"):
        build(course)


def test_a_dead_anchor_between_notebooks_stops_the_build(course: Course, make: Any) -> None:
    put(course, "02_two", make, new_markdown_cell("# Two\n\n[one](01_one.ipynb#gone)"))
    with pytest.raises(CourseError, match="#gone"):
        build(course)


def test_a_table_in_prose_can_be_scrolled(course: Course, make: Any) -> None:
    put(course, "02_two", make, new_markdown_cell("# Two\n\n| a |\n| --- |\n| b |"))
    page = (build(course) / "lessons/02_two/index.html").read_text()
    assert '<div class="nb-scroll" tabindex="0" role="group" aria-label="Table">' in page


GLOSSARY = """\
# Glossary

### Slope { #slope data-forms="slope" }

How steep.

[Lesson 1](lessons/01_one.ipynb#here)
"""


def test_a_term_is_explained_on_the_page_of_its_first_use_only(course: Course, make: Any) -> None:
    (course.docs_dir / "glossary.md").write_text(GLOSSARY, encoding="utf-8")
    put(course, "02_two", make, new_markdown_cell("# Two\n\nA slope, and a slope."))
    site = build(course)
    page = (site / "lessons/02_two/index.html").read_text()
    assert page.count('class="term"') == 1
    assert 'href="../../glossary/#slope"' in page
    assert '<span id="term-slope">How steep.</span>' in page
    assert "assets/glossary.js" in page
    assert "glossary.js" not in (site / "lessons/01_one/index.html").read_text()
    shown = (site / "glossary/index.html").read_text()
    assert 'id="slope"' in shown
    assert "data-forms" not in shown


def test_a_page_may_link_to_a_heading_on_a_lessons_second_page(course: Course, make: Any) -> None:
    config = CONFIG.replace("[coursebuild]", "[{coursebuild: {pages: {01_one: [more]}}}]")
    (course.root / "mkdocs.yml").write_text(config, encoding="utf-8")
    first, more = new_markdown_cell("# One\n\n## Here"), new_markdown_cell("## There", id="more")
    put(course, "01_one", make, first, more)
    (course.docs_dir / "index.md").write_text("# Home\n\n[x](lessons/01_one.ipynb#there)")
    assert 'href="lessons/01_one_2/#there"' in (build(course) / "index.html").read_text()


def test_a_demo_beside_the_lessons_has_a_style_that_touches_no_other_demo(course: Course) -> None:
    (course.docs_dir / "demos/sweep.css").write_text(
        ".dl-card { color: red }\ndownhill-sweep > p { margin: 0 }\n.md-typeset .dl-a { top: 0 }\n"
    )
    site = build(course)
    style = next((site / "assets/made").glob("*.css"))
    assert style.read_text() == (
        "@scope (downhill-sweep) {\n.dl-card { color: red }\n:scope > p { margin: 0 }\n"
        ".md-typeset :where(:scope) .dl-a { top: 0 }\n}\n"
    )
    assert f'href="assets/made/{style.name}"' in (site / "index.html").read_text()


def test_a_page_may_show_two_demos(course: Course, make: Any) -> None:
    index = course.docs_dir / "index.md"
    index.write_text(PAGE + "\n<!-- downhill:demo sweep from 01_one -->\n", encoding="utf-8")
    assert (build(course) / "index.html").read_text().count("<downhill-sweep") == 2


def test_llms_txt_lists_every_page_with_its_address(course: Course) -> None:
    (course.docs_dir / "index.md").write_text("---\ndescription: What.\n---\n" + PAGE)
    site = build(course)
    listed = (site / "llms.txt").read_text()
    assert listed.startswith("# Test\n\n> Test\n")
    assert "- [Home](https://example.test/): What." in listed
    assert "- [One](https://example.test/lessons/01_one/): Here." in listed
    assert "https://example.test/llms-full.txt" in listed
    whole = (site / "llms-full.txt").read_text()
    assert "# One\n\n## Here" in whole
    assert "downhill:demo" not in whole


def test_not_found_has_absolute_addresses_and_all_pages(course: Course) -> None:
    config = CONFIG.replace("example.test/", "example.test/deep/down/")
    (course.root / "mkdocs.yml").write_text(config, encoding="utf-8")
    page = (build(course) / "404.html").read_text()
    assert 'href="/deep/down/lessons/01_one/"' in page
    assert 'src="/deep/down/assets/not-found.js"' in page
