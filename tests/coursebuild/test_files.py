"""Nobody ever sees half a file, and what cannot be written is one clear line."""

from __future__ import annotations

from pathlib import Path

import pytest

from coursebuild.errors import CourseError
from coursebuild.files import unwritable, write_atomic


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "a.json"
    write_atomic(path, "old")
    write_atomic(path, b"new")
    assert path.read_text() == "new"
    assert [p.name for p in path.parent.iterdir()] == ["a.json"]  # no temporary file is left


def test_a_full_disk_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No space") as caught, open("/dev/full", "wb", 0) as full:  # noqa: PTH123
        full.write(b"x")
    assert "the disk is full" in str(unwritable(tmp_path / "a", caught.value))


def test_a_folder_that_is_a_file_is_one_clear_line_and_it_stays(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(CourseError, match="cannot write"):
        write_atomic(tmp_path / "file" / "a.json", "x")
    assert (tmp_path / "file").read_text() == "mine"


def test_a_folder_without_the_right_to_write_is_one_clear_line() -> None:
    with pytest.raises(CourseError, match="cannot be written"):
        write_atomic(Path("/sys/kernel/a.json"), "x")  # not even root may
