"""The verbs for lessons that are executed in parts, and again: run, merge, repeat, times."""

from __future__ import annotations

from pathlib import Path

import click

from .console import console
from .means import Means
from .options import lessons_argument, means_options, profile_option

HANDOVER = Path("build", "handover")


@click.command()
@profile_option
@means_options
@click.option("--shard", metavar="I/N", help="Only part I of N, parts that take equally long.")
@click.option("--needs", type=click.Choice(["gpu", "cpu"]), help="Only lessons that declare it.")
@click.option(
    "--times",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A history.json to cut shards by; all shards must have the same.",
)
@click.option(
    "--handover",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Leave the results there, for course merge. Default with --shard: build/handover.",
)
@lessons_argument
def run(
    profile: str,
    means: Means,
    lessons: tuple[str, ...],
    shard: str | None,
    needs: str | None,
    times: Path | None,
    handover: Path | None,
) -> None:
    """Execute lessons, or take them from the cache; no site."""
    from .build import run
    from .course import find_course

    course = find_course()
    if not (shard or needs or times or handover):
        run(course, course.select(lessons), profile, console(), means)
        return
    from .share import Share, run_share

    folder = handover or course.root / HANDOVER
    share = Share.parse(shard, needs, times)
    run_share(course, course.select(lessons), profile, share, folder, console(), means)


@click.command()
@click.option("--profile", metavar="P", help="The site's. Default: the only one handed over.")
@click.argument(
    "folders", nargs=-1, required=True, metavar="DIR...", type=click.Path(path_type=Path)
)
def merge(profile: str | None, folders: tuple[Path, ...]) -> None:
    """Make the site from what shards left in DIR, in any order; nothing is executed."""
    from .course import find_course
    from .merge import merge

    merge(find_course(), folders, profile, console())


@click.command()
@profile_option
@means_options
@lessons_argument
def repeat(profile: str, means: Means, lessons: tuple[str, ...]) -> None:
    """Execute lessons once more, without the cache; exit 1 where a claim comes out differently."""
    from .course import find_course
    from .repeat import repeat

    course = find_course()
    repeat(course, course.select(lessons), profile, console(), means)


@click.command()
def times() -> None:
    """Print what each lesson took in its last runs, CPU and GPU side by side."""
    from .course import find_course
    from .times import times

    times(find_course(), console())


VERBS = (run, merge, repeat, times)
