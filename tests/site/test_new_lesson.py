"""`course new` makes a lesson that the site can be built with at once."""

from __future__ import annotations

import html
import io
from pathlib import Path

import nbformat
import small_course
from absence import missing
from rich.console import Console

from coursebuild.new import new
from coursebuild.site import render


def test_new_lesson_is_built_and_stands_in_the_nav(
    tmp_path: Path, executed_lessons: dict[str, nbformat.NotebookNode]
) -> None:
    if not (small_course.REPOSITORY / "node_modules" / "katex").exists():
        missing("the npm package katex", "run: npm ci --omit=dev --ignore-scripts")
    course = small_course.make_course(tmp_path / "course", executed_lessons)
    lesson = new(course, "Steps & slopes: again?", Console(file=io.StringIO()))
    render(course, "offline", course.site)
    page = (course.site / "lessons" / lesson.name / "index.html").read_text(encoding="utf-8")
    assert html.escape("Steps & slopes: again?") in page
    assert 'alt="Twenty points that rise' in page
    home = (course.site / "index.html").read_text(encoding="utf-8")
    assert f'href="lessons/{lesson.name}/"' in home
