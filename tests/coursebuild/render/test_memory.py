"""A preview that goes on after an edit shows what one that begins now would show."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from coursebuild.course import Course
from coursebuild.serve import Preview

CONFIG = """\
site_name: Test
strict: true
theme: {name: material, font: false, custom_dir: overrides}
plugins: [search, coursebuild]
markdown_extensions: [md_in_html, attr_list, tables, pymdownx.superfences]
nav:
  - Home: index.md
  - One: lessons/01_one.ipynb
  - Two: lessons/02_two.ipynb
  - Words: glossary.md
"""
GLOSSARY = """\
# Glossary

### Slope { #slope data-forms="slope" }

How steep.

[Lesson 1](lessons/01_one.ipynb)
"""

Site = dict[str, bytes]


def write(course: Course, name: str, prose: str) -> None:
    book = new_notebook(cells=[new_markdown_cell(f"# {name}\n\n{prose}", id="prose")])
    book.metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(book, course.lessons_dir / f"{name}.ipynb")


@pytest.fixture
def course(tmp_path: Path) -> Course:
    made = Course(tmp_path / "course")
    for folder in (made.lessons_dir, made.docs_dir, made.root / "overrides" / "partials"):
        folder.mkdir(parents=True)
    (made.root / "mkdocs.yml").write_text(CONFIG, encoding="utf-8")
    (made.docs_dir / "index.md").write_text("# Home\n\n<!-- downhill:path -->\n", encoding="utf-8")
    (made.docs_dir / "glossary.md").write_text(GLOSSARY, encoding="utf-8")
    write(made, "01_one", "A slope.")
    write(made, "02_two", "Flat.")
    return made


@pytest.fixture
def preview(course: Course, tmp_path: Path) -> Preview:
    made = begun(course, tmp_path / "preview")
    made()
    return made


def begun(course: Course, folder: Path) -> Preview:
    return Preview(course, "offline", folder, "http://127.0.0.1:8000/")


def site(preview: Preview) -> Site:
    files = (path for path in preview.site.rglob("*") if path.is_file())
    return {path.relative_to(preview.site).as_posix(): path.read_bytes() for path in files}


def edited(course: Course, preview: Preview, folder: Path) -> tuple[set[str], Site]:
    """Pages that the preview changes now, and its site, which one that begins now has too."""
    before = site(preview)
    preview()
    after = site(preview)
    other = begun(course, folder)
    other()
    assert site(other) == after
    return {n for n in before | after if before.get(n) != after.get(n) and ".html" in n}, after


def test_an_edit_of_prose_changes_the_page(
    course: Course, preview: Preview, tmp_path: Path
) -> None:
    write(course, "02_two", "Flat no more.")
    pages, after = edited(course, preview, tmp_path / "other")
    assert pages == {"lessons/02_two/index.html"}
    assert b"Flat no more." in after["lessons/02_two/index.html"]
    assert b"Flat no more." in after["search/sections.json"]


def test_an_edit_of_the_glossary_changes_the_pages_that_use_the_term(
    course: Course, preview: Preview, tmp_path: Path
) -> None:
    text = GLOSSARY.replace("How steep.", "How steep it is.")
    (course.docs_dir / "glossary.md").write_text(text, encoding="utf-8")
    pages, _ = edited(course, preview, tmp_path / "other")
    assert pages == {"glossary/index.html", "lessons/01_one/index.html"}


def test_an_edit_of_a_template_changes_all_pages(
    course: Course, preview: Preview, tmp_path: Path
) -> None:
    for text in ("A new foot", "Another foot"):  # a file that was not there, and one that was
        (course.root / "overrides" / "partials" / "footer.html").write_text(f"<p>{text}</p>")
        pages, after = edited(course, preview, tmp_path / text)
        assert {"index.html", "lessons/01_one/index.html", "lessons/02_two/index.html"} <= pages
        assert text.encode() in after["lessons/01_one/index.html"]


def test_a_title_in_the_navigation_changes_all_pages(
    course: Course, preview: Preview, tmp_path: Path
) -> None:
    config = CONFIG.replace("Two:", "Second:")
    (course.root / "mkdocs.yml").write_text(config, encoding="utf-8")
    pages, after = edited(course, preview, tmp_path / "other")
    assert {"index.html", "lessons/01_one/index.html"} <= pages
    assert b"Second" in after["lessons/01_one/index.html"]


def test_a_lesson_that_is_new_or_gone_is_seen(
    course: Course, preview: Preview, tmp_path: Path
) -> None:
    write(course, "03_three", "New.")
    pages, _ = edited(course, preview, tmp_path / "new")
    assert "lessons/03_three/index.html" in pages
    (course.lessons_dir / "03_three.ipynb").unlink()
    _, after = edited(course, preview, tmp_path / "gone")
    assert "lessons/03_three/index.html" not in after


def test_a_notebook_in_the_middle_of_an_edit_leaves_the_site(
    course: Course, preview: Preview, tmp_path: Path
) -> None:
    before = site(preview)
    (course.lessons_dir / "02_two.ipynb").write_text("{", encoding="utf-8")
    preview()
    assert site(preview) == before
    write(course, "02_two", "Mended.")
    pages, _ = edited(course, preview, tmp_path / "other")
    assert pages == {"lessons/02_two/index.html"}
