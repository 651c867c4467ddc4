"""`course build`: lessons, then the site, then the report; a failure leaves the site of before."""

from __future__ import annotations

import json
from collections.abc import Callable

import nbformat
import pytest
from click.testing import CliRunner, Result

from coursebuild.build import replace_folder
from coursebuild.cli import main
from coursebuild.course import Course
from coursebuild.lesson import Lesson

CONFIG = """\
site_name: Test
strict: true
theme: {name: material, font: false}
plugins: [coursebuild]
markdown_extensions: [md_in_html, attr_list, pymdownx.superfences]
validation: {links: {anchors: warn}}
"""


@pytest.fixture
def lesson(course: Course, make_lesson: Callable[..., Lesson]) -> Lesson:
    (course.root / "mkdocs.yml").write_text(CONFIG)
    (course.docs_dir / "index.md").write_text("# Home\n")
    return make_lesson("# One", "print('the answer', 6 * 7)", name="01_one", title="One")


@pytest.fixture
def type_in(course: Course, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.chdir(course.root)
    monkeypatch.setenv("NO_MKDOCS_2_WARNING", "1")
    return lambda *words: CliRunner().invoke(main, list(words))


def change(lesson: Lesson, cell: int, source: str) -> None:
    notebook = nbformat.read(lesson.path, 4)
    notebook.cells[cell].source = source
    nbformat.write(notebook, lesson.path)


def test_a_build_makes_the_page_and_says_where(
    course: Course, lesson: Lesson, type_in: Callable[..., Result]
) -> None:
    result = type_in("build")
    assert result.exit_code == 0, result.output
    page = (course.site / "lessons/01_one/index.html").read_text()
    assert "the answer 42" in page
    assert "build/site" in result.output
    assert json.loads(course.report.read_text())["lessons"][0]["state"] == "ran"
    assert not (course.build / "site.new").exists()
    assert not (course.build / "site.old").exists()


def test_a_failing_lesson_or_page_leaves_the_site_of_before(
    course: Course, lesson: Lesson, type_in: Callable[..., Result]
) -> None:
    assert type_in("build").exit_code == 0
    before = (course.site / "lessons/01_one/index.html").read_text()
    change(lesson, 1, "1 / 0")
    failed = type_in("build")
    assert failed.exit_code == 1
    assert "ZeroDivisionError" in failed.stderr
    assert json.loads(course.report.read_text())["lessons"][0]["state"] == "failed"
    change(lesson, 1, "print('the answer', 6 * 7)")
    change(lesson, 0, "# One\n\n[dead](#nowhere)")
    dead = type_in("build")
    assert dead.exit_code == 1
    assert "nowhere" in dead.stderr
    assert (course.site / "lessons/01_one/index.html").read_text() == before


def test_building_one_lesson_of_two_first_says_what_else_the_site_needs(
    course: Course,
    lesson: Lesson,
    make_lesson: Callable[..., Lesson],
    type_in: Callable[..., Result],
) -> None:
    make_lesson("# Two", "print('two')", name="02_two", title="Two")
    refused = type_in("build", "01")
    assert refused.exit_code == 1
    assert "not executed in the profile offline: 02_two" in refused.stderr
    assert "course build 01 02 --profile offline" in refused.stderr
    assert not course.executed("offline").exists()  # nothing has run in vain
    assert type_in("run", "02").exit_code == 0
    assert type_in("build", "01").exit_code == 0
    assert (course.site / "lessons/02_two/index.html").exists()


def test_check_and_accept_store_what_the_run_says(
    course: Course, lesson: Lesson, type_in: Callable[..., Result]
) -> None:
    stripped = type_in("check", "01")
    assert stripped.exit_code == 1
    assert type_in("accept", "01").exit_code == 0
    stored = nbformat.read(lesson.path, 4).cells[1].outputs[0].text
    assert stored == "the answer 42\n"
    assert type_in("check", "01").exit_code == 0
    change(lesson, 1, "print('the answer', 6 * 8)")
    differs = type_in("check", "01")
    assert differs.exit_code == 1
    assert "course accept" in differs.stderr


def test_a_build_killed_between_two_renames_is_made_good(course: Course) -> None:
    fresh, target = course.build / "site.new", course.build / "site"
    fresh.mkdir(parents=True)
    (fresh / "a").write_text("new")
    (course.build / "site.old").mkdir()  # the site of before, moved away just then
    replace_folder(fresh, target)
    assert (target / "a").read_text() == "new"
    assert [p.name for p in course.build.iterdir()] == ["site"]
