"""The command `course`. Each verb is a plain function elsewhere; here are only its words.

Imports are late: `course --help` loads neither mkdocs nor torch.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from .errors import CourseError

INTERRUPTED = 130

lessons_argument = click.argument("lessons", nargs=-1, metavar="[LESSON]...")
profile_option = click.option(
    "--profile",
    default=lambda: os.environ.get("DOWNHILL_PROFILE", "offline"),
    metavar="P",
    help="offline, cpu or gpu. Default: DOWNHILL_PROFILE, else offline.",
)


jobs_option = click.option(
    "--jobs", type=click.IntRange(min=1), help="Lessons at the same time. Default: one per core."
)


class Course(click.Group):
    """Shows what a person can mend as one line and exits with 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except CourseError as error:
            click.secho(f"course: {error}", fg="red", err=True)
            ctx.exit(1)
        except KeyboardInterrupt:
            click.echo("course: stopped; what was finished is kept", err=True)
            ctx.exit(INTERRUPTED)


@click.group(cls=Course, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Execute, prove and publish the lessons. LESSON is a name or a number, like 01."""


def _console() -> Any:
    from rich.console import Console

    return Console(soft_wrap=True)


@main.command()
@profile_option
@jobs_option
@lessons_argument
def build(profile: str, jobs: int | None, lessons: tuple[str, ...]) -> None:
    """Get the data, execute what has changed, and make build/site."""
    from .build import build
    from .course import find_course

    course, console = find_course(), _console()
    build(course, course.select(lessons), profile, console, jobs)
    page = (course.site / "index.html").as_uri()
    console.print(f"The site is in build/site. Open it: course serve, or {page}")


@main.command()
@profile_option
@jobs_option
@lessons_argument
def run(profile: str, jobs: int | None, lessons: tuple[str, ...]) -> None:
    """Execute lessons, or take them from the cache; no site."""
    from .build import run
    from .course import find_course

    course = find_course()
    run(course, course.select(lessons), profile, _console(), jobs)


@main.command()
@lessons_argument
def check(lessons: tuple[str, ...]) -> None:
    """Compare a run with the outputs stored in lessons/; exit 1 where they differ."""
    from .build import run
    from .check import check
    from .course import find_course

    course, console = find_course(), _console()
    chosen = course.select(lessons)
    run(course, chosen, "offline", console)
    differences = check(course, chosen, "offline")
    for difference in differences:
        console.print(difference.render())
    if differences:
        cells = "cell differs" if len(differences) == 1 else "cells differ"
        do = "if that is meant: course accept"
        raise CourseError(f"{len(differences)} {cells} from what is stored", "lessons/", do)
    console.print(f"{len(chosen)} checked: the run says what the stored outputs say")


@main.command()
@lessons_argument
def accept(lessons: tuple[str, ...]) -> None:
    """Show how a run differs from the stored outputs, then store the run's."""
    from .accept import accept
    from .build import run
    from .course import find_course

    course, console = find_course(), _console()
    chosen = course.select(lessons)
    run(course, chosen, "offline", console)
    accept(course, chosen, "offline", console)


@main.command()
@profile_option
@lessons_argument
def data(profile: str, lessons: tuple[str, ...]) -> None:
    """Get or draw the data sets that the lessons use."""
    from . import library
    from .course import find_course

    course = find_course()
    library.profile(course, profile)
    facts = [lesson.read().metadata.get("downhill", {}) for lesson in course.select(lessons)]
    library.fetch(
        course, profile, sorted({name for fact in facts for name in fact.get("data", [])})
    )


@main.command()
@profile_option
@click.option("--address", default="127.0.0.1:8000", show_default=True, metavar="HOST:PORT")
def serve(profile: str, address: str) -> None:
    """Preview the site; an edit of prose shows at once and runs nothing."""
    from .course import find_course
    from .serve import serve

    serve(find_course(), profile, address)


@main.command()
def doctor() -> None:
    """Say what this machine has, what is missing, and what to do about it."""
    from .course import find_course
    from .doctor import report

    if not report(find_course(), _console()):
        sys.exit(1)


if __name__ == "__main__":
    main()
