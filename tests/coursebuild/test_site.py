"""The site as a whole: what a strict build tells."""

from __future__ import annotations

from pathlib import Path

import pytest

from coursebuild.course import Course
from coursebuild.errors import CourseError
from coursebuild.site import render


def test_a_configuration_that_mkdocs_refuses_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "lessons").mkdir()
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: T\ntheme: {name: nowhere}\nplugins: [coursebuild]\n", encoding="utf-8"
    )
    with pytest.raises(CourseError, match="Unrecognised theme name: 'nowhere'"):
        render(Course(tmp_path), "offline", tmp_path / "site")
