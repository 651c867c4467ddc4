"""What travels to another machine, and what does not."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from coursebuild.course import Course
from coursebuild.errors import CourseError
from coursebuild.lesson import Lesson
from coursebuild.pack import kept, pack, source_digest, unpack
from coursebuild.versions import agree, installed

MakeLesson = Callable[..., Lesson]


@pytest.fixture
def furnished(course: Course, make_lesson: MakeLesson) -> Course:
    """A lesson, a file beside it, a module, and what Python and a checkout leave."""
    make_lesson("print(1)")
    for name in (
        "lessons/numbers.csv",
        "src/library/__init__.py",
        "src/library/weights.bin",
        "src/library/__pycache__/__init__.cpython-312.pyc",
        "src/coursebuild/cli.py",
        "src/library.egg-info/PKG-INFO",
        "build/cache/x.json",
        "docs/index.md",
    ):
        (course.root / name).parent.mkdir(parents=True, exist_ok=True)
        (course.root / name).write_text(name)
    return course


def files(course: Course) -> set[str]:
    found = (path for path in course.root.rglob("*") if path.is_file())
    return {path.relative_to(course.root).as_posix() for path in found}


def test_a_parcel_has_what_lessons_may_read_and_nothing_else(
    furnished: Course, tmp_path: Path
) -> None:
    there = unpack(pack(furnished).content, tmp_path / "there")
    assert files(there) == {
        "lessons/numbers.csv",
        "src/library/__init__.py",
        "src/library/weights.bin",
    }
    assert (there.lessons_dir / "numbers.csv").read_text() == "lessons/numbers.csv"


def test_a_course_without_files_unpacks_to_its_folders(course: Course, tmp_path: Path) -> None:
    there = unpack(pack(course).content, tmp_path / "there")
    assert there.lessons_dir.is_dir()
    assert there.source_dir.is_dir()


def test_the_same_files_are_the_same_parcel_whenever_they_were_written(furnished: Course) -> None:
    before = pack(furnished).digest
    os.utime(furnished.lessons_dir / "numbers.csv", (0, 0))
    assert pack(furnished).digest == before


def test_an_edit_of_prose_is_no_other_parcel(furnished: Course, make_lesson: MakeLesson) -> None:
    before = pack(furnished).digest
    make_lesson("# Other words", "print(1)")
    assert pack(furnished).digest == before


def test_what_is_drawn_stays_while_only_files_beside_the_lessons_change(
    furnished: Course,
) -> None:
    before = pack(furnished)
    (furnished.lessons_dir / "numbers.csv").write_text("4")
    after = pack(furnished)
    assert after.digest != before.digest
    assert source_digest(after.content) == source_digest(before.content)
    (furnished.source_dir / "library" / "__init__.py").write_text("OTHER = 1")
    assert source_digest(pack(furnished).content) != source_digest(before.content)


def test_a_parcel_cut_short_is_fetched_again(furnished: Course, tmp_path: Path) -> None:
    parcel, path = pack(furnished), tmp_path / "parcel.zip"
    assert not kept(path, parcel.digest)
    path.write_bytes(parcel.content[:-1])
    assert not kept(path, parcel.digest)
    path.write_bytes(parcel.content)
    assert kept(path, parcel.digest)


@pytest.mark.parametrize("name", ["Python", "coursebuild", "nbclient"])
def test_another_version_there_is_refused_with_both(name: str) -> None:
    ours = installed()
    theirs = ours | {name: "0.0.1"}
    with pytest.raises(CourseError) as error:
        agree(ours, theirs, "worker tcp://127.0.0.1:1")
    assert f"{name} {ours[name]} here, 0.0.1 there" in str(error.value)
    assert "worker tcp://127.0.0.1:1" in str(error.value)


def test_a_package_that_is_missing_there_is_refused() -> None:
    theirs = {name: version for name, version in installed().items() if name != "torch"}
    with pytest.raises(CourseError, match=r"torch [\d.]+ here, none there"):
        agree(installed(), theirs, "worker x")


def test_what_is_not_installed_here_may_be_there() -> None:
    ours = {name: version for name, version in installed().items() if name != "torch"}
    agree(ours, installed(), "worker x")
