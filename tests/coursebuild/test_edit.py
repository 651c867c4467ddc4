"""`course edit`: what JupyterLab is started with. It is a stand-in that says how it was called."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys

import pytest

from coursebuild.course import Course
from coursebuild.edit import edit
from coursebuild.errors import CourseError

STANDS_IN = """\
import json, os, sys
kept = ("DOWNHILL_PROFILE", "DOWNHILL_HOME", "PYTHONPATH", "JUPYTER_PREFER_ENV_PATH")
print(json.dumps([sys.argv[1:], os.getcwd(), {name: os.environ[name] for name in kept}]))
sys.exit(3)
"""


def type_in(course: Course, *words: str, path: str = "") -> subprocess.CompletedProcess[str]:
    given = os.pathsep.join(filter(None, [path, os.environ.get("PYTHONPATH", "")]))
    return subprocess.run(
        [sys.executable, "-m", "coursebuild.cli", "edit", *words],
        cwd=course.root,
        env=os.environ | {"PYTHONPATH": given},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def stand_in(accepted: Course) -> str:
    """A folder to import from. Beside the course's code, where the started process looks too."""
    folder = accepted.source_dir / "jupyterlab"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "__main__.py").write_text(STANDS_IN)
    return str(accepted.source_dir)


def test_jupyterlab_opens_the_lesson_with_this_checkouts_code_and_data(
    accepted: Course, stand_in: str
) -> None:
    done = type_in(accepted, "02", "--no-browser", path=stand_in)
    assert done.returncode == 3  # JupyterLab's own
    words, folder, environment = json.loads(done.stdout.splitlines()[-1])
    assert words[0] == str(accepted.root / "lessons" / "02_two.ipynb")
    assert f"--ServerApp.root_dir={accepted.root}" in words
    assert "--ContentsManager.pre_save_hook=coursebuild.edit.keep_stored" in words
    assert "--no-browser" in words
    assert folder == str(accepted.root)
    assert environment == {
        "DOWNHILL_PROFILE": "offline",
        "DOWNHILL_HOME": str(accepted.data_home),
        "PYTHONPATH": str(accepted.source_dir),
        "JUPYTER_PREFER_ENV_PATH": "1",
    }


def test_lesson_that_is_not_there_is_one_line(accepted: Course, stand_in: str) -> None:
    done = type_in(accepted, "09", path=stand_in)
    assert done.returncode == 1
    assert "no lesson is called “09”" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_environment_without_jupyterlab_says_what_to_do(
    accepted: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(CourseError, match=r"JupyterLab is not installed — .* make \.venv"):
        edit(accepted, accepted.lessons()[0], "offline", browser=False)
