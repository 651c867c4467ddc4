"""The lessons that a branch touches, by what their runs were seen to read."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from repository import commit, git
from rich.console import Console

from coursebuild.accept import accept
from coursebuild.changed import changed, choose
from coursebuild.course import Course
from coursebuild.errors import CourseError
from coursebuild.git import base_of
from coursebuild.lesson import Lesson
from coursebuild.proof import Proofs
from coursebuild.run import Run

MakeLesson = Callable[..., Lesson]
QUIET = Console(file=io.StringIO())


@pytest.fixture
def branch(course: Course, make_lesson: MakeLesson, run: Callable[..., Run]) -> Course:
    """Two lessons accepted on main, each with a module of its own; now on a branch."""
    for name in ("one", "two"):
        (course.source_dir / f"{name}.py").write_text("VALUE = 1\n")
    (course.docs_dir / "index.md").write_text("# Home\n")
    lessons = [
        make_lesson(f"# {name}", f"import {name}\nprint({name}.VALUE)", name=f"0{number}_{name}")
        for number, name in enumerate(("one", "two"), start=1)
    ]
    for lesson in lessons:
        run(lesson)
    accept(course, lessons, "offline", QUIET)
    Proofs(course).keep(lessons)
    commit(course)
    git(course, "switch", "--create", "mend")
    return course


def names(course: Course) -> list[str]:
    return [lesson.name for lesson in changed(course, base_of(course))]


def test_branch_without_a_change_touches_no_lesson(branch: Course) -> None:
    assert names(branch) == []


@pytest.mark.parametrize("committed", [True, False])
def test_edit_of_a_module_touches_the_lesson_that_imported_it(
    branch: Course, committed: bool
) -> None:
    (branch.source_dir / "two.py").write_text("VALUE = 2\n")
    if committed:
        commit(branch)
    assert names(branch) == ["02_two"]


def test_edit_of_a_lesson_touches_that_one(branch: Course) -> None:
    path = branch.lessons()[0].path
    path.write_text(path.read_text().replace("# one", "# The first"))
    assert names(branch) == ["01_one"]


def test_edit_of_a_page_or_a_new_module_touches_no_lesson(branch: Course) -> None:
    (branch.docs_dir / "index.md").write_text("# Other words\n")
    (branch.source_dir / "three.py").write_text("VALUE = 3\n")
    assert names(branch) == []


def test_another_lock_touches_all(branch: Course) -> None:
    (branch.root / "requirements.txt").write_text("# another lock\n")
    assert names(branch) == ["01_one", "02_two"]


def test_new_lesson_is_touched(branch: Course, make_lesson: MakeLesson) -> None:
    make_lesson("1", name="03_new")
    assert names(branch) == ["03_new"]


def test_lesson_of_which_nobody_knows_what_it_reads_is_touched(branch: Course) -> None:
    (branch.lessons_dir / "proof.json").unlink()
    (branch.root / "requirements.txt").rename(branch.root / "moved.txt")  # no run fits either
    assert names(branch) == ["01_one", "02_two"]


def test_what_main_changed_since_does_not_count(branch: Course) -> None:
    git(branch, "switch", "main")
    (branch.source_dir / "one.py").write_text("VALUE = 7\n")
    commit(branch)
    git(branch, "switch", "mend")
    (branch.source_dir / "two.py").write_text("VALUE = 2\n")
    assert names(branch) == ["02_two"]


def test_base_may_be_any_commit(branch: Course) -> None:
    (branch.source_dir / "two.py").write_text("VALUE = 2\n")
    commit(branch)
    assert changed(branch, base_of(branch, "HEAD")) == []
    assert [lesson.name for lesson in changed(branch, base_of(branch, "HEAD~1"))] == ["02_two"]


def test_base_that_git_does_not_know_is_one_line(branch: Course) -> None:
    with pytest.raises(CourseError, match="git does not know “nowhere”"):
        base_of(branch, "nowhere")


def test_course_outside_git_says_to_name_the_lessons(
    course: Course, make_lesson: MakeLesson
) -> None:
    make_lesson("1")
    with pytest.raises(CourseError, match="name the lessons instead"):
        choose(course, (), True, None, QUIET)


def test_names_and_changed_do_not_go_together(branch: Course) -> None:
    with pytest.raises(CourseError, match="say one of them"):
        choose(branch, ("01",), True, None, QUIET)


def test_without_changed_the_named_lessons_are_chosen(branch: Course) -> None:
    assert [lesson.name for lesson in choose(branch, ("02",), False, None, QUIET)] == ["02_two"]
