"""Live preview: the site is made again when prose, a page or the renderer changes. Runs nothing."""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path
from typing import Any

from mkdocs.commands.build import build
from mkdocs.livereload import LiveReloadServer, _serve_url

from .cache import assemble, assembled_from, executed_text
from .course import Course
from .errors import CourseError
from .files import write_atomic
from .render.memory import Memory
from .site import configure

log = logging.getLogger("mkdocs.preview")


class Preview:
    """A site in a temporary folder: the lessons as they stand, with their newest outputs."""

    def __init__(self, course: Course, profile: str, folder: Path, url: str) -> None:
        self.course, self.profile, self.url = course, profile, url
        self.executed, self.site = folder / "executed", folder / "site"
        self.memory = Memory()
        self.stamps: dict[str, object] = {}  # lesson → state of the files it was assembled from

    def __call__(self) -> None:
        """Make the site. Problems are logged, since the next edit may mend them."""
        try:
            self.assemble()
        except CourseError as error:  # a notebook in the middle of an edit
            log.error("%s", error)
            return
        config = configure(self.course, self.profile, self.site, self.executed)
        config.strict = False
        plugin: Any = config.plugins["coursebuild"]
        plugin.preview, plugin.memory = True, self.memory
        config.site_url = self.url
        build(config, serve_url=self.url)

    def assemble(self) -> None:
        """Put today's lessons with the outputs that still apply where the plugin finds them."""
        for lesson in self.course.lessons():
            stamp = assembled_from(self.course, lesson, self.profile)
            if self.stamps.get(lesson.name) == stamp:
                continue
            notebook, fresh = assemble(self.course, lesson, self.profile)
            if not fresh:
                log.info("%s: code has changed, its outputs wait for: course run", lesson.name)
            text = executed_text(notebook)
            write_atomic(self.executed / lesson.path.name, text, lasting=False)
            self.stamps[lesson.name] = stamp


def serve(course: Course, profile: str, address: str) -> None:
    """Serve until interrupted. address: "127.0.0.1:8000"."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit():
        raise CourseError(f"“{address}” is no address", "--address", "write it as 127.0.0.1:8000")
    logging.basicConfig(format="%(message)s", level=logging.INFO)
    with tempfile.TemporaryDirectory(prefix="downhill-") as folder:
        preview = Preview(course, profile, Path(folder), _serve_url(host, int(port), "/"))
        preview()
        server = LiveReloadServer(
            preview, host, int(port), root=str(preview.site), polling_interval=0.25
        )
        renderer = Path(__file__).with_name("render")
        for path in (course.lessons_dir, course.docs_dir, course.root / "mkdocs.yml", renderer):
            server.watch(str(path))
        try:
            server.serve()
        except KeyboardInterrupt:
            log.info("The preview ends.")
        except OSError as error:
            raise CourseError(
                f"cannot listen ({error.strerror})", address, "choose another with --address"
            ) from None
        finally:
            server.shutdown()
