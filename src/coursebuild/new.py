"""`course new`: a lesson in the house's structure that passes every check, to be filled."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from rich.console import Console

from .accept import accept
from .build import run
from .canonical import canonical, write
from .check import REFERENCE
from .course import Course
from .errors import CourseError
from .files import write_atomic
from .lesson import Lesson
from .proof import Proofs

TEMPLATE = Path(__file__).with_name("template.ipynb")
PLACE = "TITLE"  # in the template, where the new lesson's title goes
NAV = re.compile(r"^([ \t]*- ).*lessons/\d{2,3}_\w+\.ipynb[ \t]*$", re.MULTILINE)
LAST = 999


def new(course: Course, title: str, console: Console) -> Lesson:
    """Write the lesson, put it in the nav after the others, run it and store its outputs.

    Raises CourseError for a title that makes no file name, and for a nav without lessons.
    """
    number, title = _next_number(course), " ".join(title.split())
    lesson = Lesson(course.lessons_dir / f"{number:02}_{slug(title)}.ipynb")
    config = course.root / "mkdocs.yml"
    nav = with_lesson(config.read_text(encoding="utf-8"), lesson, title)
    write(canonical(template(title)), lesson.path)
    write_atomic(config, nav)
    console.print(f"lessons/{lesson.path.name} is there, and in the nav of mkdocs.yml")
    run(course, [lesson], REFERENCE, console)
    accept(course, [lesson], REFERENCE, console)
    Proofs(course).keep([lesson])
    console.print(f"fill it: course edit {lesson.number}")
    return lesson


def slug(title: str) -> str:
    """`Fine-tuning a café` → `fine_tuning_a_cafe`. Raises CourseError where nothing is left."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    name = "_".join(re.findall(r"[a-z0-9]+", plain))
    if not name:
        raise CourseError(
            f"“{title}” makes no file name", "course new", "use some letters from a to z"
        )
    return name


def template(title: str) -> NotebookNode:
    """The template's notebook under this title."""
    notebook: NotebookNode = nbformat.read(TEMPLATE, as_version=4)
    notebook.cells[0].source = notebook.cells[0].source.replace(PLACE, title)
    notebook.metadata.downhill["title"] = title
    return notebook


def with_lesson(config: str, lesson: Lesson, title: str) -> str:
    """mkdocs.yml with one more line below the last lesson; all else stays as it is."""
    lines = list(NAV.finditer(config))
    if not lines:
        do = "put the lessons into the nav, a line each: - 1 Title: lessons/01_topic.ipynb"
        raise CourseError("the nav has no lessons", "mkdocs.yml", do)
    words = f"{int(lesson.number)} {title}"
    if re.search(r"[^\w ,.()/–—’-]", words):  # what YAML might read as more than words
        words = "'" + words.replace("'", "''") + "'"
    line = f"{lines[-1][1]}{words}: lessons/{lesson.path.name}"
    return f"{config[: lines[-1].end()]}\n{line}{config[lines[-1].end() :]}"


def _next_number(course: Course) -> int:
    number = int(course.lessons()[-1].number) + 1
    if number > LAST:
        raise CourseError(f"there are {LAST} lessons already", "lessons/", "free a number")
    return number
