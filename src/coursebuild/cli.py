"""The command `course`. Each verb is a plain function elsewhere; here are only its words.

Imports are late: `course --help` loads neither mkdocs nor torch.
"""

from __future__ import annotations

import atexit
import gc
import sys
from typing import Any

import click

from . import sharding
from .console import console as _console
from .errors import CourseError
from .means import Means
from .options import lessons_argument, means_options, profile_option

INTERRUPTED = 130


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
    # Nearly all that a build makes lives to its end: looking for what does not, and tidying up
    # at the end, took a sixth of a build with nothing changed.
    gc.set_threshold(100_000, 50, 100)
    atexit.register(gc.freeze)


@main.command()
@profile_option
@means_options
@lessons_argument
def build(profile: str, means: Means, lessons: tuple[str, ...]) -> None:
    """Get the data, execute what has changed, and make build/site."""
    from .build import build
    from .course import find_course

    course, console = find_course(), _console()
    build(course, course.select(lessons), profile, console, means)
    page = (course.site / "index.html").as_uri()
    console.print(f"The site is in build/site. Open it: course serve, or {page}")


@main.command()
@click.option("--changed", is_flag=True, help="The lessons that this branch touches.")
@click.option("--base", metavar="REF", help="What --changed compares with. Default: main.")
@means_options
@lessons_argument
def check(lessons: tuple[str, ...], changed: bool, base: str | None, means: Means) -> None:
    """Compare a run with the outputs stored in lessons/; exit 1 where they differ.

    Nothing runs where nothing has changed that the stored outputs depend on.
    """
    from .changed import choose
    from .course import find_course
    from .prove import prove

    course, console = find_course(), _console()
    chosen = choose(course, lessons, changed or base is not None, base, console)
    prove(course, chosen, console, means)


@main.command()
@means_options
@lessons_argument
def accept(lessons: tuple[str, ...], means: Means) -> None:
    """Show how a run differs from the stored outputs, then store the run's.

    Nothing runs where nothing has changed that the stored outputs depend on.
    """
    from .accept import accept
    from .build import run
    from .course import find_course
    from .proof import Proofs, unproven
    from .stored import put_back

    course, console = find_course(), _console()
    chosen = course.select(lessons)
    put_back(course, chosen, console)
    looked_at = unproven(course, chosen, console)
    if not looked_at:
        console.print("nothing to store: the outputs are those that were accepted")
        return
    run(course, looked_at, "offline", console, means)
    accept(course, looked_at, "offline", console)
    Proofs(course).keep(looked_at)


@main.command()
@profile_option
@click.option("--browser/--no-browser", default=True, help="Open a browser. Default: yes.")
@click.argument("lesson")
def edit(profile: str, browser: bool, lesson: str) -> None:
    """Open a lesson in JupyterLab, with its data and this checkout's code."""
    from .course import find_course
    from .edit import edit

    course = find_course()
    edit(course, course.select([lesson])[0], profile, browser)


@main.command()
@click.option("--fix", is_flag=True, help="Mend first what can be mended without you.")
@lessons_argument
def lint(lessons: tuple[str, ...], fix: bool) -> None:
    """Say what is wrong with lessons that can be seen without running them."""
    from .course import find_course
    from .lint.rules import lint, mend

    course, console = find_course(), _console()
    chosen = course.select(lessons)
    for lesson in mend(course, chosen) if fix else []:
        console.print(f"{lesson.name}: mended", highlight=False)
    faults = lint(course, chosen)
    for fault in faults:
        console.print(str(fault), markup=False, highlight=False)
    if faults:
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        raise CourseError(count, "lessons/", "course lint --fix mends some, the lines say how")
    console.print(f"{len(chosen)} linted: no fault")


@main.command()
@click.argument("title")
def new(title: str) -> None:
    """Make a lesson called TITLE that passes every check, to be filled with your own."""
    from .course import find_course
    from .new import new

    new(find_course(), title, _console())


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
@lessons_argument
def pdf(lessons: tuple[str, ...]) -> None:
    """Make a PDF of each LESSON, or of all and of the course, from build/site; needs Chromium."""
    from .course import find_course
    from .downloads.pdf import pdf
    from .site import address

    course = find_course()
    pdf(course, course.select(lessons) if lessons else [], address(course), _console())


@main.command(name="zip")
def bundle() -> None:
    """Make the zip that needs no server, from build/site."""
    from .course import find_course
    from .downloads.bundle import bundle

    bundle(find_course(), _console())


@main.command()
def doctor() -> None:
    """Say what this machine has, what is missing, and what to do about it."""
    from .course import find_course
    from .doctor import report

    if not report(find_course(), _console()):
        sys.exit(1)


for verb in sharding.VERBS:
    main.add_command(verb)


if __name__ == "__main__":
    main()
