"""The options that several commands share, each with its word, its variable and its help."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import click

from .means import Means

Command = Callable[..., Any]

lessons_argument = click.argument("lessons", nargs=-1, metavar="[LESSON]...")
profile_option = click.option(
    "--profile",
    default=lambda: os.environ.get("DOWNHILL_PROFILE", "offline"),
    metavar="P",
    help="offline, cpu or gpu. Default: DOWNHILL_PROFILE, else offline.",
)

# One per field of Means, of the same name.
MEANS = (
    click.option(
        "--jobs",
        type=click.IntRange(min=1),
        envvar="COURSE_JOBS",
        help="Lessons at the same time. Default: one per core.",
    ),
    click.option(
        "--cache",
        envvar="COURSE_CACHE_URL",
        metavar="URL",
        help="Look here too for results of earlier runs: a folder, or s3://bucket/folder.",
    ),
    click.option(
        "--cache-write",
        envvar="COURSE_CACHE_WRITE",
        metavar="URL",
        help="Keep results here too, for others. Default: nowhere.",
    ),
    click.option(
        "--kernels",
        type=click.Choice(["fresh", "warm"]),
        envvar="COURSE_KERNELS",
        help="Started afresh, or forked from one warm process. Default: warm for many lessons.",
    ),
    click.option(
        "--scheduler",
        envvar="COURSE_SCHEDULER",
        metavar="URL",
        help="Run lessons on the workers of this Dask scheduler: tcp://HOST:PORT.",
    ),
)


def means_options(command: Command) -> Command:
    """Give a command the options of Means, and their values as its argument `means`."""

    @functools.wraps(command)
    def with_means(*args: Any, **kwargs: Any) -> Any:
        said = {field.name: kwargs.pop(field.name) for field in fields(Means)}
        means = Means(**{name: value for name, value in said.items() if value is not None})
        return command(*args, means=means, **kwargs)

    for option in reversed(MEANS):
        with_means = option(with_means)
    return with_means
