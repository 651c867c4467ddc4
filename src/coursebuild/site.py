"""The site, made by MkDocs from executed lessons."""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from .course import Course
from .errors import CourseError

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig


class Warnings(logging.Handler):
    """Collects what MkDocs warns of: in a strict build each of them is an error."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if not message.endswith(":"):  # "Error reading page 'x':" comes before what it announces
            self.messages.append(message)


def configure(
    course: Course, profile: str, out: Path, executed: Path | None = None
) -> MkDocsConfig:
    """MkDocs' configuration for one build.

    executed: folder of executed notebooks, where it is not the build's own.
    """
    from mkdocs.config import load_config

    config = load_config(str(course.root / "mkdocs.yml"), site_dir=str(out))
    plugin: Any = config.plugins["coursebuild"]
    plugin.config.profile = profile
    plugin.executed = executed
    return config


def address(course: Course) -> str:
    """Where the site is published, with a slash at its end."""
    from mkdocs.config import load_config

    return str(load_config(str(course.root / "mkdocs.yml")).site_url or "")


class Rendering:
    """A site in the making: MkDocs may be loaded and configured while lessons still run."""

    def __init__(self, course: Course, profile: str, out: Path) -> None:
        self.log, self.warnings = logging.getLogger("mkdocs"), Warnings()
        self.log.addHandler(self.warnings)
        self.aside = ThreadPoolExecutor(1)
        self._configure = partial(configure, course, profile, out)

    @cached_property
    def config(self) -> Future[MkDocsConfig]:
        """Made in a thread, from the first time that it is asked for."""
        return self.aside.submit(self._configure)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.aside.shutdown()
        self.log.removeHandler(self.warnings)

    def finish(self) -> None:
        """Make it, once the lessons have been executed.

        Raises CourseError with everything that MkDocs warned of.
        """
        from mkdocs.commands.build import build
        from mkdocs.exceptions import Abort, MkDocsException

        try:
            config = self.config.result()
            config.plugins.on_startup(command="build", dirty=False)
            build(config)
            config.plugins.on_shutdown()
        except Abort:
            raise CourseError("the site was not made", "; ".join(self.warnings.messages)) from None
        except MkDocsException as error:
            raise CourseError(str(error)) from None


def render(course: Course, profile: str, out: Path) -> None:
    """Build the site into `out`. Raises CourseError with everything that MkDocs warned of."""
    with Rendering(course, profile, out) as rendering:
        rendering.finish()
