"""The lessons that a branch touches, by what their runs were seen to read."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from repository import QUIET, commit, git

from coursebuild.changed import changed, choose
from coursebuild.course import Course
from coursebuild.errors import CourseError
from coursebuild.git import base_of
from coursebuild.lesson import Lesson

MakeLesson = Callable[..., Lesson]


def names(course: Course) -> list[str]:
    return [lesson.name for lesson in changed(course, base_of(course))]


def test_branch_without_a_change_touches_no_lesson(accepted: Course) -> None:
    assert names(accepted) == []


@pytest.mark.parametrize("committed", [True, False])
def test_edit_of_a_module_touches_the_lesson_that_imported_it(
    accepted: Course, committed: bool
) -> None:
    (accepted.source_dir / "two.py").write_text("VALUE = 2\n")
    if committed:
        commit(accepted)
    assert names(accepted) == ["02_two"]


def test_edit_of_a_lesson_touches_that_one(accepted: Course) -> None:
    path = accepted.lessons()[0].path
    path.write_text(path.read_text().replace("# one", "# The first"))
    assert names(accepted) == ["01_one"]


def test_edit_of_a_page_or_a_new_module_touches_no_lesson(accepted: Course) -> None:
    (accepted.docs_dir / "index.md").write_text("# Other words\n")
    (accepted.source_dir / "three.py").write_text("VALUE = 3\n")
    assert names(accepted) == []


def test_another_lock_touches_all(accepted: Course) -> None:
    (accepted.root / "requirements.txt").write_text("# another lock\n")
    assert names(accepted) == ["01_one", "02_two"]


def test_new_lesson_is_touched(accepted: Course, make_lesson: MakeLesson) -> None:
    make_lesson("1", name="03_new")
    assert names(accepted) == ["03_new"]


def test_lesson_of_which_nobody_knows_what_it_reads_is_touched(accepted: Course) -> None:
    (accepted.lessons_dir / "proof.json").unlink()
    (accepted.root / "requirements.txt").rename(accepted.root / "moved.txt")  # no run fits either
    assert names(accepted) == ["01_one", "02_two"]


def test_what_main_changed_since_does_not_count(accepted: Course) -> None:
    git(accepted, "switch", "main")
    (accepted.source_dir / "one.py").write_text("VALUE = 7\n")
    commit(accepted)
    git(accepted, "switch", "mend")
    (accepted.source_dir / "two.py").write_text("VALUE = 2\n")
    assert names(accepted) == ["02_two"]


def test_base_may_be_any_commit(accepted: Course) -> None:
    (accepted.source_dir / "two.py").write_text("VALUE = 2\n")
    commit(accepted)
    assert changed(accepted, base_of(accepted, "HEAD")) == []
    assert [lesson.name for lesson in changed(accepted, base_of(accepted, "HEAD~1"))] == ["02_two"]


def test_base_that_git_does_not_know_is_one_line(accepted: Course) -> None:
    with pytest.raises(CourseError, match="git does not know “nowhere”"):
        base_of(accepted, "nowhere")


def test_course_outside_git_says_to_name_the_lessons(
    course: Course, make_lesson: MakeLesson
) -> None:
    make_lesson("1")
    with pytest.raises(CourseError, match="name the lessons instead"):
        choose(course, (), True, None, QUIET)


def test_names_and_changed_do_not_go_together(accepted: Course) -> None:
    with pytest.raises(CourseError, match="say one of them"):
        choose(accepted, ("01",), True, None, QUIET)


def test_without_changed_the_named_lessons_are_chosen(accepted: Course) -> None:
    assert [lesson.name for lesson in choose(accepted, ("02",), False, None, QUIET)] == ["02_two"]
