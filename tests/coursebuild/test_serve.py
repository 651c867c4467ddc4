"""The live preview, as its user sees it: over HTTP, while a notebook is edited."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from coursebuild.course import Course
from coursebuild.errors import CourseError
from coursebuild.serve import serve

CONFIG = """\
site_name: Test
theme: {name: material, font: false}
plugins: [coursebuild]
markdown_extensions: [md_in_html, attr_list, pymdownx.superfences]
"""


def write(course: Course, prose: str) -> None:
    book = new_notebook(cells=[new_markdown_cell(f"# One\n\n{prose}"), new_code_cell("1 / 0")])
    book.metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(book, course.lessons_dir / "01_one.ipynb")


@pytest.fixture
def course(tmp_path: Path) -> Course:
    made = Course(tmp_path)
    made.lessons_dir.mkdir()
    made.docs_dir.mkdir()
    (made.docs_dir / "index.md").write_text("# Home\n", encoding="utf-8")
    (tmp_path / "mkdocs.yml").write_text(CONFIG, encoding="utf-8")
    write(made, "before the edit")
    return made


@pytest.fixture
def address(course: Course) -> Iterator[str]:
    """host:port of a preview that runs as a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    program = (
        "import sys; from pathlib import Path; from coursebuild.course import Course;"
        "from coursebuild.serve import serve;"
        "serve(Course(Path(sys.argv[1])), 'offline', sys.argv[2])"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(course.root), address],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        stderr=subprocess.DEVNULL,
    )
    yield address
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=20) == 0


def seen(address: str, text: str, patience: float) -> float:
    """Seconds until the lesson's page holds `text`."""
    began = time.monotonic()
    while time.monotonic() - began < patience:
        try:
            with urllib.request.urlopen(f"http://{address}/lessons/01_one/") as answer:
                if text in answer.read().decode():
                    return time.monotonic() - began
        except OSError:
            pass  # not listening yet
        time.sleep(0.05)
    raise AssertionError(f"“{text}” did not show within {patience} s")


def test_a_prose_edit_shows_and_runs_nothing(course: Course, address: str) -> None:
    """The code cell would fail if it ran. A broken notebook in between does no harm."""
    seen(address, "before the edit", patience=60)
    (course.lessons_dir / "01_one.ipynb").write_text("{", encoding="utf-8")
    time.sleep(1)
    write(course, "after the edit")
    seen(address, "after the edit", patience=20)


def test_an_address_that_is_none_is_refused(course: Course) -> None:
    with pytest.raises(CourseError, match=r"127\.0\.0\.1:8000"):
        serve(course, "offline", "everywhere")


def test_a_port_that_is_taken_is_named(course: Course) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(CourseError, match="cannot listen"):
            serve(course, "offline", f"127.0.0.1:{taken.getsockname()[1]}")
