"""`course times`: what each lesson took, CPU and GPU side by side, by its last recorded runs."""

from __future__ import annotations

from rich.console import Console

from . import history
from .course import Course
from .errors import CourseError

NONE = "–"


def times(course: Course, console: Console) -> None:
    """Print the table. Raises CourseError where nothing was ever run here."""
    lines = table(course)
    if not lines:
        raise CourseError("no run is recorded", "build/history.json", "run: course run")
    for line in lines:
        console.print(line, markup=False, highlight=False)


def table(course: Course) -> list[str]:
    """Lines of Markdown: a lesson a row, a column for each device and profile; [] for no run."""
    known = history.load(course)
    last: dict[str, dict[str, str]] = {}  # lesson → column → seconds
    for profile in known:
        for lesson in course.lessons():
            if runs := history.of(known, profile, lesson.name)["runs"]:
                device = "GPU" if str(runs[-1].get("device")).startswith("GPU") else "CPU"
                told = f"{float(runs[-1]['seconds']):.1f} s"
                last.setdefault(lesson.name, {})[f"{device}, {profile}"] = told
    if not last:
        return []
    columns = sorted({column for row in last.values() for column in row})
    rows = (
        [name, *(row.get(column, NONE) for column in columns)] for name, row in sorted(last.items())
    )
    head = [["Lesson", *columns], ["---", *("---:" for _ in columns)]]
    return [f"| {' | '.join(cells)} |" for cells in (*head, *rows)]
