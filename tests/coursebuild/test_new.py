"""`course new`: a lesson in the house's structure that passes from the start."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml
from repository import QUIET

from coursebuild.check import check
from coursebuild.course import Course
from coursebuild.errors import CourseError
from coursebuild.lesson import Lesson, code_cells, tags
from coursebuild.lint.rules import lint
from coursebuild.new import new, slug, template, with_lesson
from coursebuild.proof import Proofs

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src/downhill"
LESSON = Lesson(Path("lessons/03_what_s_new.ipynb"))


def test_new_lesson_runs_and_passes_lint_and_check(accepted: Course) -> None:
    shutil.copy(ROOT / "pyproject.toml", accepted.root)  # the house's rules
    shutil.copytree(PACKAGE, accepted.root / "src/downhill", ignore=_built_in_lessons)
    lesson = new(accepted, "Café  au lait: how much?", QUIET)
    assert lesson.path.name == "03_cafe_au_lait_how_much.ipynb"
    assert lesson in accepted.lessons()
    assert lint(accepted, [lesson]) == []
    assert check(accepted, [lesson], "offline") == []
    assert Proofs(accepted).holds(lesson, lesson.read())
    nav = (accepted.root / "mkdocs.yml").read_text().splitlines()
    assert nav[-2:] == [
        "      - 2 two: lessons/02_two.ipynb",
        "      - '3 Café au lait: how much?': lessons/03_cafe_au_lait_how_much.ipynb",
    ]


def _built_in_lessons(folder: str, names: list[str]) -> list[str]:
    """Modules whose code some lesson of ours defines: a course without that lesson has none."""
    modules = [name for name in names if name.endswith(".py")]
    return [name for name in modules if "Built in lesson" in (Path(folder) / name).read_text()]


def test_template_has_all_that_a_lesson_has() -> None:
    notebook = template("A title")
    assert notebook.cells[0].source.startswith("# A title\n")
    assert notebook.metadata.downhill.title == "A title"
    words = "\n".join(cell.source for cell in notebook.cells)
    for part in ("**Predict.**", 'class="choice"', 'class="answer"', "claim(", "alt=", "say("):
        assert part in words, part
    marks = [mark for cell in code_cells(notebook) for mark in tags(cell)]
    assert {"setup", "exercise", "solution", "check"} <= set(marks)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Fine-tuning a café", "fine_tuning_a_cafe"),
        ("  SGD,   again ", "sgd_again"),
        ("ConvNets & 3 friends", "convnets_3_friends"),
    ],
)
def test_title_becomes_a_file_name(title: str, name: str) -> None:
    assert slug(title) == name


def test_title_without_letters_is_one_line_and_writes_nothing(accepted: Course) -> None:
    with pytest.raises(CourseError, match=r"“\?\?\?” makes no file name"):
        new(accepted, "???", QUIET)
    assert len(accepted.lessons()) == 2


def test_nav_keeps_its_comments_and_what_follows() -> None:
    nav = "nav: # the syllabus\n  - All:\n      - 2 Two: lessons/02_two.ipynb\n  - About: a.md\n"
    lesson = Lesson(Path("lessons/03_new.ipynb"))
    assert with_lesson(nav, lesson, "New") == nav.replace(
        "02_two.ipynb\n", "02_two.ipynb\n      - 3 New: lessons/03_new.ipynb\n"
    )


@pytest.mark.parametrize("title", ["What's: new?", "A # comment", 'To "quote"', "[x] & *y*"])
def test_nav_reads_back_as_the_title_whatever_is_in_it(title: str) -> None:
    nav = "nav:\n  - 2 Two: lessons/02_two.ipynb\n"
    read = yaml.safe_load(with_lesson(nav, LESSON, title))
    assert read["nav"][-1] == {f"3 {title}": "lessons/03_what_s_new.ipynb"}


def test_nav_without_lessons_is_one_line_and_writes_nothing(accepted: Course) -> None:
    (accepted.root / "mkdocs.yml").write_text("site_name: Test\n")
    with pytest.raises(CourseError, match="the nav has no lessons"):
        new(accepted, "New", QUIET)
    assert len(accepted.lessons()) == 2
