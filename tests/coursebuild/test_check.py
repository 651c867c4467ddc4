from __future__ import annotations

from pathlib import Path

import pytest
from replaying import TRAPS

from coursebuild.canonical import write
from coursebuild.check import check
from coursebuild.course import Course
from coursebuild.errors import CourseError
from coursebuild.lesson import Lesson, read_notebook


@pytest.fixture
def stored(course: Course) -> Lesson:
    """A lesson whose executed notebook says what is stored."""
    return put(course, "01_same", "clears_its_output")


def put(course: Course, name: str, trap: str) -> Lesson:
    """A trap's stored notebook as a lesson, and as its own artefact."""
    notebook = read_notebook(TRAPS / f"{trap}.ipynb")
    for folder in (course.lessons_dir, course.executed("offline")):
        write(notebook, folder / f"{name}.ipynb")
    return Lesson(course.lessons_dir / f"{name}.ipynb")


def change(course: Course, lesson: Lesson, text: str) -> None:
    """Make the run say something else."""
    path = course.executed("offline") / lesson.path.name
    executed = read_notebook(path)
    executed.cells[-1].outputs[0].text = text
    write(executed, path)


def test_run_that_says_what_is_stored_passes(course: Course, stored: Lesson) -> None:
    assert check(course, [stored], "offline") == []


def test_difference_comes_back_from_pytest(course: Course, stored: Lesson) -> None:
    other = put(course, "02_other", "clears_its_output")
    change(course, other, "epoch 3\n")
    [found] = check(course, [stored, other], "offline")
    assert (found.lesson, found.cell, found.heading) == ("02_other", "cell-1", "What happens")
    assert found.changes[0].reasons == ("2 became 3: whole numbers must be equal",)


def test_lesson_that_was_not_run_is_told(course: Course, stored: Lesson) -> None:
    (course.executed("offline") / stored.path.name).unlink()
    [found] = check(course, [stored], "offline")
    assert "no executed notebook" in found.changes[0].what


def test_lesson_of_prose_alone_passes(course: Course, stored: Lesson) -> None:
    prose = stored.read()
    prose.cells = prose.cells[:2]
    write(prose, stored.path)
    write(prose, course.executed("offline") / stored.path.name)
    assert check(course, [stored], "offline") == []


def test_no_lesson_is_no_difference(course: Course) -> None:
    assert check(course, [], "offline") == []


def test_other_profile_is_refused_since_its_outputs_are_not_stored(
    course: Course, stored: Lesson
) -> None:
    with pytest.raises(CourseError, match="those of the profile offline, not of cpu"):
        check(course, [stored], "cpu")


def test_projects_own_pytest_settings_do_not_interfere(
    course: Course, stored: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    (course.root / "pyproject.toml").write_text(
        '[tool.pytest.ini_options]\naddopts = "-p no:nbval --no-such-option"\n'
    )
    monkeypatch.setenv("PYTEST_ADDOPTS", "--no-such-option-either")
    assert check(course, [stored], "offline") == []


def test_pytest_that_breaks_is_an_error_and_no_success(
    course: Course, stored: Lesson, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "site" / "nbval-0.10.0.dist-info").mkdir(parents=True)
    (tmp_path / "site" / "nbval-0.10.0.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: nbval\nVersion: 0.10.0\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"))
    with pytest.raises(CourseError, match="pytest did not get to the end"):
        check(course, [stored], "offline")


def test_lesson_whose_file_is_gone_is_an_error_and_no_success(course: Course) -> None:
    with pytest.raises(CourseError, match=r"pytest did not get to the end \(ERROR: .*09_gone"):
        check(course, [Lesson(course.lessons_dir / "09_gone.ipynb")], "offline")
