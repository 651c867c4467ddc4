"""`course pdf`: each lesson and the whole course, tagged, with an outline."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from ..course import Course
from ..errors import CourseError
from ..lesson import Lesson
from . import browser, links, paper

LARGEST = 20_000_000  # bytes


def pdf(course: Course, lessons: Sequence[Lesson], published: str, console: Console) -> list[Path]:
    """The PDF of each named lesson; of all lessons and of the course where none is named."""
    site = built(course)
    browser.chromium()  # say that it is missing before anything is made
    pages = paper.sheets(site)
    wanted = {lesson.name for lesson in lessons or course.lessons()}
    jobs = [
        (f"{name}.pdf", [page for page in pages if page.lesson == name]) for name in sorted(wanted)
    ]
    jobs += [] if lessons else [(links.WHOLE, pages)]
    made = []
    for name, sheets in jobs:
        if not sheets:
            raise CourseError(f"the built site has no page of {name}", "build/site", "course build")
        path = site / links.FOLDER / name
        browser.pdf(paper.document(site, sheets, published), path)
        console.print(f"{path.relative_to(course.root)}: {links.size(path)}", highlight=False)
        made.append(path)
        if path.stat().st_size > LARGEST:
            limit = f"{LARGEST / 1e6:.0f} MB"
            raise CourseError(f"{name} is larger than {limit}", str(path), "make figures smaller")
    links.fill(site)
    return made


def built(course: Course) -> Path:
    """The folder of the built site. Raises CourseError where there is none."""
    if not (course.site / "index.html").is_file():
        raise CourseError("there is no site yet", "build/site", "make it first: course build")
    return course.site
