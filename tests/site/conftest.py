"""A built site, served, and a real Chromium that looks at it.

The site is the one that DOWNHILL_SITE names (CI gives the real build), else a small one, built
here from fixture lessons that are executed once.
"""

from __future__ import annotations

import functools
import gzip
import http.server
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
import small_course
from absence import missing
from playwright.sync_api import Browser, sync_playwright

from coursebuild.site import render

REPOSITORY = Path(__file__).parents[2]
pytest.register_assert_rewrite("visits")  # its tests are inherited

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]


@pytest.fixture(scope="session")
def npm_package() -> Callable[[str], Path]:
    """Folder of an npm package that only checks need."""

    def find(name: str) -> Path:
        folder = REPOSITORY / "node_modules" / name
        if not folder.exists():
            missing(f"the npm package {name}", "run: npm ci --ignore-scripts")
        return folder

    return find


@pytest.fixture(scope="session")
def executed_lessons() -> dict[str, nbformat.NotebookNode]:
    """The fixture lessons, executed once per session."""
    return {name: small_course.execute(path) for name, path in small_course.LESSONS.items()}


@pytest.fixture(scope="session")
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a built site."""
    if given := os.environ.get("DOWNHILL_SITE"):
        return Path(given).resolve()
    if not (REPOSITORY / "node_modules" / "katex").exists():
        missing("the npm package katex", "run: npm ci --omit=dev --ignore-scripts")
    lessons = request.getfixturevalue("executed_lessons")
    made = small_course.make_course(tmp_path_factory.mktemp("course"), lessons)
    render(made, "offline", made.site)
    return made.site


@pytest.fixture(scope="session")
def lesson(site: Path) -> str:
    """URL of the first lesson, from the root of the site."""
    page = min((site / "lessons").glob("*/index.html"))
    return f"lessons/{page.parent.name}/"


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Files, without a line per request, over connections that stay open."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        pass


class Compressing(Quiet):
    """Text compressed and everything cached, as hosts of static sites do."""

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "max-age=31536000")
        super().end_headers()

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if path.suffix not in {".html", ".css", ".js", ".json", ".svg"} or not path.is_file():
            super().do_GET()
            return
        body = gzip.compress(path.read_bytes(), 6)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """http://127.0.0.1:PORT/ where the site is served."""
    yield from serve(site, Quiet)


@pytest.fixture(scope="session")
def compressed(site: Path) -> Iterator[str]:
    """The same, with compression."""
    yield from serve(site, Compressing)


def serve(site: Path, kind: type[Quiet]) -> Iterator[str]:
    handler = functools.partial(kind, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of Chromium."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not path:
        missing("Chromium", "set CHROMIUM to its path, or: apt-get install chromium")
    return str(path)


@pytest.fixture(scope="module")  # two Playwrights at once cannot be: another module has its own
def browser(chromium: str) -> Iterator[Browser]:
    """Chromium, driven by Playwright."""
    with sync_playwright() as playwright:
        driven = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield driven
        driven.close()
