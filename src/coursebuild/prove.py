"""The body of `course check`: what is stored, what a run says, and every difference shown."""

from __future__ import annotations

from rich.console import Console

from .build import RunError, run
from .changes.page import write_changes
from .check import REFERENCE, check
from .course import Course
from .errors import CourseError
from .lesson import Lesson
from .lint.built import must_be_one
from .means import ALONE, Means
from .proof import Proofs, unproven
from .sidebyside import show
from .stored import put_back, suspects


def prove(course: Course, chosen: list[Lesson], console: Console, means: Means = ALONE) -> None:
    """Compare a run with the stored outputs. Raises CourseError where they differ."""
    put_back(course, chosen, console)
    must_be_one(course, chosen)
    looked_at = unproven(course, chosen, console)
    if not looked_at:
        console.print(f"{len(chosen)} checked: nothing to run")
        return
    try:
        run(course, looked_at, REFERENCE, console, means)
    except RunError as error:
        write_changes(course, looked_at, failures=error.failures)
        raise
    differences = check(course, looked_at, REFERENCE)
    different = {difference.lesson for difference in differences}
    Proofs(course).keep(lesson for lesson in looked_at if lesson.name not in different)
    for difference in differences:
        show(difference, console)
    for lesson in looked_at:
        if lesson.name in different and (since := suspects(course, lesson)):
            console.print(f"{lesson.name}: changed since the stored run: {since}")
    page, news = write_changes(course, looked_at, different)
    if news:
        console.print(f"Side by side, with the figures: {page.as_uri()}")
    if differences:
        cells = "cell differs" if len(differences) == 1 else "cells differ"
        do = "if that is meant: course accept"
        raise CourseError(f"{len(differences)} {cells} from what is stored", "lessons/", do)
    console.print(f"{len(chosen)} checked: the run says what the stored outputs say")
