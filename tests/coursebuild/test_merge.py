"""`course merge`: shards in any order give the site of one build, or say what is missing."""

from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner, Result

from coursebuild.cli import main
from coursebuild.course import Course
from coursebuild.lesson import Lesson

CONFIG = """\
site_name: Test
strict: true
theme: {name: material, font: false}
plugins: [coursebuild]
markdown_extensions: [md_in_html, attr_list, tables, pymdownx.superfences]
validation: {links: {anchors: warn}}
"""
PAGES = {"index.md": "# Home\n", "status.md": "# Status\n\n<!-- downhill:status -->\n"}
SHARDS = ("1/3", "2/3", "3/3")

TypeIn = Callable[..., Result]


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def typed(course: Course, *words: str) -> Result:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(course.root)
        patch.setenv("NO_MKDOCS_2_WARNING", "1")
        return CliRunner().invoke(main, list(words))


@pytest.fixture(scope="session")
def sharded_once(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Four lessons that were built in one go; then in three shards, from the cache."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("DOWNHILL_PROFILE", "DOWNHILL_HOME", "COURSE_CACHE"):
            patch.delenv(name, raising=False)
        course = Course(tmp_path_factory.mktemp("sharded") / "course")
        for folder in (course.lessons_dir, course.source_dir, course.docs_dir):
            folder.mkdir(parents=True)
        (course.root / "requirements.txt").write_text("# the lock\n")
        (course.root / "mkdocs.yml").write_text(CONFIG)
        for name, words in PAGES.items():
            (course.docs_dir / name).write_text(words)
        (course.source_dir / "numbers_of_ours.py").write_text("VALUE = 1\n")
        for number in range(1, 5):
            cells = [
                nbformat.v4.new_markdown_cell(f"# Lesson {number}", id="prose"),
                nbformat.v4.new_code_cell(
                    "import os, numbers_of_ours\nprint('lesson', os.getpid())", id="code"
                ),
            ]
            facts = {
                "kernelspec": {"name": "python3", "display_name": "Python 3"},
                "downhill": {"title": f"Lesson {number}", "gpu": number == 1},
            }
            book = nbformat.v4.new_notebook(cells=cells, metadata=facts)
            nbformat.write(book, course.lessons_dir / f"0{number}_x.ipynb")
        for words in (("run",), ("build",)):
            done = typed(course, *words, "--jobs", "2")
            assert done.exit_code == 0, done.output
        for shard in SHARDS:
            done = typed(course, "run", "--shard", shard, "--handover", f"build/over/{shard[0]}")
            assert done.exit_code == 0, done.output
    return course


@pytest.fixture
def sharded(sharded_once: Course, tmp_path: Path) -> Course:
    """A fresh clone of it, with the hand-overs and nothing else that was made."""
    clone = Course(tmp_path / "clone")
    shutil.copytree(sharded_once.root, clone.root, ignore=shutil.ignore_patterns("build"))
    shutil.copytree(sharded_once.build / "over", clone.root / "over")
    return clone


@pytest.mark.parametrize("order", [*itertools.permutations("123")], ids="".join)
def test_any_order_gives_the_site_of_one_build(
    sharded_once: Course, sharded: Course, order: tuple[str, ...]
) -> None:
    done = typed(sharded, "merge", *(f"over/{shard}" for shard in order))
    assert done.exit_code == 0, done.output
    assert files(sharded.executed("offline")) == files(sharded_once.executed("offline"))
    assert files(sharded.site) == files(sharded_once.site)


def test_a_folder_of_hand_overs_will_do(sharded: Course) -> None:
    assert typed(sharded, "merge", "over").exit_code == 0
    states = {
        row["name"]: row["state"] for row in json.loads(sharded.report.read_text())["lessons"]
    }
    assert states == dict.fromkeys(("01_x", "02_x", "03_x", "04_x"), "cached")


def test_a_lesson_that_no_shard_ran_fails_by_its_name(sharded: Course) -> None:
    gone = json.loads((sharded.root / "over/2/handover.json").read_text())["lessons"]
    done = typed(sharded, "merge", "over/1", "over/3")
    assert done.exit_code == 1
    assert f"no shard ran {', '.join(gone)} — course merge — here are: 1/3, 3/3" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not sharded.site.exists()


def test_shards_that_were_cut_in_different_ways_are_told_so(sharded: Course) -> None:
    known = {"03_x": 1000, "01_x": 1}
    times = {"offline": {name: {"runs": [{"seconds": s}]} for name, s in known.items()}}
    (sharded.root / "times.json").write_text(json.dumps(times))
    words = ("run", "--times", "times.json", "--shard", "1/3", "--handover", "over/1")
    assert typed(sharded, *words).exit_code == 0
    done = typed(sharded, "merge", "over")
    assert done.exit_code == 1
    assert "give all of them one commit and one --times" in done.stderr


def test_a_notebook_that_was_changed_on_its_way_is_refused(sharded: Course) -> None:
    [path, *_] = sorted((sharded.root / "over").rglob("*.ipynb"))
    path.write_text(path.read_text().replace("lesson", "LESSON"))
    done = typed(sharded, "merge", "over")
    assert done.exit_code == 1
    assert f"executed notebook of {path.stem} is not the one that its shard left" in done.stderr
    assert not sharded.build.exists()


LIST = {"format": 1, "profile": "offline", "shard": "1/3", "plan": "", "lessons": {}}
ROW = {"state": "ran", "seconds": 1, "cells": 1, "digest": "", "reads": {}, "failure": None}


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        json.dumps(LIST | {"format": 99}),
        json.dumps(LIST | {"lessons": {"01_x": {}}}),
        json.dumps(LIST | {"lessons": {"01_x": ROW | {"reads": {"path:/etc/passwd": "0"}}}}),
        json.dumps(LIST | {"lessons": {"01_x": ROW | {"failure": {"why": "?"}}}}),
    ],
)
def test_a_damaged_list_is_refused(sharded: Course, text: str) -> None:
    (sharded.root / "over/1/handover.json").write_text(text)
    done = typed(sharded, "merge", "over")
    assert done.exit_code == 1
    assert "cannot be read" in done.stderr


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("src/numbers_of_ours.py", "VALUE = 2\n", "src/numbers_of_ours.py"),
        ("requirements.txt", "# another\n", "another lock"),
    ],
)
def test_what_other_code_said_is_refused(
    sharded: Course, file: str, content: str, said: str
) -> None:
    (sharded.root / file).write_text(content)
    done = typed(sharded, "merge", "over")
    assert done.exit_code == 1
    assert f"was run with other code than this checkout has ({said})" in done.stderr
    assert not sharded.build.joinpath("executed").exists()


def test_a_lesson_edited_since_is_refused_and_its_prose_may_be(sharded: Course) -> None:
    lesson = Lesson(sharded.lessons_dir / "02_x.ipynb")
    book = lesson.read()
    book.cells[0].source = "# Other words"
    nbformat.write(book, lesson.path)
    assert typed(sharded, "merge", "over").exit_code == 0
    assert "Other words" in (sharded.site / "lessons/02_x/index.html").read_text()
    book.cells[1].source += "\nprint('more')"
    nbformat.write(book, lesson.path)
    done = typed(sharded, "merge", "over")
    assert done.exit_code == 1
    assert "(lessons/02_x.ipynb)" in done.stderr


def test_a_list_that_names_another_profile_than_its_notebooks_is_refused(sharded: Course) -> None:
    for path in (sharded.root / "over").rglob("handover.json"):
        path.write_text(path.read_text().replace('"profile": "offline"', '"profile": "gpu"'))
    done = typed(sharded, "merge", "over")
    assert done.exit_code == 1
    assert "was not run in the profile gpu" in done.stderr


def test_a_lesson_that_the_course_has_not_is_refused(sharded: Course) -> None:
    (sharded.lessons_dir / "02_x.ipynb").unlink()
    done = typed(sharded, "merge", "over")
    assert done.exit_code == 1
    assert "the course has no lesson 02_x" in done.stderr


def test_failures_of_a_shard_are_told_with_the_cell(sharded: Course) -> None:
    lesson = Lesson(sharded.lessons_dir / "04_x.ipynb")
    book = lesson.read()
    book.cells[1].source = "1 / 0"
    nbformat.write(book, lesson.path)
    shutil.rmtree(sharded.root / "over")
    ran = typed(sharded, "run", "--handover", "over/all", "--jobs", "2")
    assert ran.exit_code == 1
    done = typed(sharded, "merge", "over")
    assert done.exit_code == 1
    assert "lesson 04_x, cell “code”" in done.stderr
    assert "ZeroDivisionError" in done.stderr
    assert not sharded.site.exists()
    assert "**failed** lesson 04_x" in (sharded.build / "report.md").read_text()


def test_another_profile_gives_its_times_and_must_be_chosen(sharded: Course) -> None:
    ran = typed(sharded, "run", "01", "--profile", "cpu", "--handover", "over/cpu")
    assert ran.exit_code == 0
    shutil.rmtree(sharded.build)
    undecided = typed(sharded, "merge", "over")
    assert undecided.exit_code == 1
    assert "say which the site is of" in undecided.stderr
    assert typed(sharded, "merge", "over", "--profile", "offline").exit_code == 0
    page = (sharded.site / "status/index.html").read_text()
    assert page.count("<code>cpu</code>") == 1
    assert page.count("<code>offline</code>") == 4
    short = typed(sharded, "merge", "over", "--profile", "cpu")
    assert "no shard ran 02_x, 03_x, 04_x" in short.stderr


def test_an_empty_shard_hands_over_nothing_and_does_not_fail(sharded: Course) -> None:
    done = typed(sharded, "run", "--shard", "9/9")
    assert done.exit_code == 0, done.output
    assert "shard 9/9: no lesson falls to it" in done.output
    left = json.loads((sharded.build / "handover/handover.json").read_text())
    assert left["lessons"] == {}


def test_what_is_no_hand_over_is_never_written_over(sharded: Course) -> None:
    done = typed(sharded, "run", "01", "--handover", "docs")
    assert done.exit_code == 1
    assert "holds something that is no hand-over" in done.stderr
    assert (sharded.docs_dir / "index.md").exists()
    none = typed(sharded, "merge", "docs")
    assert "there is no hand-over" in none.stderr


def test_a_hand_over_names_no_folder_of_its_machine(sharded_once: Course) -> None:
    for path in (sharded_once.build / "over").rglob("*.json"):
        assert str(sharded_once.root) not in path.read_text()
