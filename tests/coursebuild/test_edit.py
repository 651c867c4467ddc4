"""`course edit`: a real JupyterLab, what it opens, and what it writes when the editor saves."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from repository import git

from coursebuild.course import Course
from coursebuild.edit import command, edit, environment
from coursebuild.errors import CourseError


def start(course: Course, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "coursebuild.cli", "edit", *words],
        cwd=course.root,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def jupyterlab(accepted: Course) -> Iterator[tuple[str, str, list[str]]]:
    """A JupyterLab on lesson 02: its address, its token and what it said until it was there."""
    process = start(accepted, "02", "--no-browser")
    said: list[str] = []
    assert process.stderr is not None
    for line in process.stderr:
        said.append(line)
        if found := re.search(r"(http://127\.0\.0\.1:(\d+))/lab\S*\?token=(\w+)", line):
            break
    else:
        pytest.fail("".join(said))
    while not listens(int(found[2])):  # it says where it will be before it is there
        assert process.poll() is None
        time.sleep(0.1)
    yield found[1], found[3], said
    for _ in range(2):  # twice skips the question
        process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)


def listens(port: int) -> bool:
    with socket.socket() as asker:
        return asker.connect_ex(("127.0.0.1", port)) == 0


def ask(address: str, token: str, body: Any = None) -> Any:
    request = urllib.request.Request(
        address,
        data=None if body is None else json.dumps(body).encode(),
        method="GET" if body is None else "PUT",
        headers={"Authorization": f"token {token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def test_jupyterlab_saves_a_lesson_with_the_accepted_outputs(
    accepted: Course, jupyterlab: tuple[str, str, list[str]]
) -> None:
    address, token, said = jupyterlab
    assert not [line for line in said if "Fail" in line or "Error" in line]
    url = f"{address}/api/contents/lessons/02_two.ipynb"
    model = ask(url, token)
    cells = model["content"]["cells"]
    code = next(cell for cell in cells if cell["cell_type"] == "code")
    code |= {
        "execution_count": 7,
        "outputs": [{"output_type": "stream", "name": "stdout", "text": "as on this screen"}],
    }
    ask(url, token, model)
    assert git(accepted, "status", "--porcelain") == ""
    cells[0]["source"] += "\nA sentence more."
    ask(url, token, model)
    difference = git(accepted, "diff")
    assert "A sentence more." in difference
    assert "as on this screen" not in difference


def test_it_opens_on_the_lesson_in_the_courses_folder(accepted: Course) -> None:
    (lesson,) = accepted.select(["02"])
    words = command(accepted, lesson, browser=True)
    assert words[:3] == [sys.executable, "-m", "jupyterlab"]
    assert str(lesson.path) in words
    assert f"--ServerApp.root_dir={accepted.root}" in words
    assert "--no-browser" not in words


def test_its_kernels_run_this_checkouts_code_on_the_profiles_data(accepted: Course) -> None:
    found = environment(accepted, "offline")
    assert found["DOWNHILL_PROFILE"] == "offline"
    assert found["DOWNHILL_HOME"] == str(accepted.data_home)
    assert found["PYTHONPATH"] == str(accepted.source_dir)
    assert found["JUPYTER_PREFER_ENV_PATH"] == "1"
    assert found["PATH"] == os.environ["PATH"]


def test_lesson_that_is_not_there_is_one_line(accepted: Course) -> None:
    process = start(accepted, "09")
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "no lesson is called “09”" in said
    assert len(said.splitlines()) == 1


def test_environment_without_jupyterlab_says_what_to_do(
    accepted: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(CourseError, match=r"JupyterLab is not installed — .* make \.venv"):
        edit(accepted, accepted.lessons()[0], "offline", browser=False)
