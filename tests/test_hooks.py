"""`make hooks` in a clone: what git then does with lessons. Real git, make and nbdime."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from coursebuild.canonical import canonical, dumps
from coursebuild.lesson import Lesson

ROOT = Path(__file__).parents[1]
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
LESSON = "lessons/01_small.ipynb"
OUTCOMES = "**After this lesson you can**\n\n- add\n- subtract\n- multiply"

Git = Callable[..., subprocess.CompletedProcess[str]]


def lesson(first: str = "One.", last: str = "Three.", printed: str = "1") -> str:
    output = new_output("stream", name="stdout", text=f"{printed}\n")
    cells = [
        new_markdown_cell(f"# Small\n\n{OUTCOMES}\n\n{first}\nTwo.\n{last}", id="title"),
        new_code_cell("x = 1\nprint(x)", id="shown", outputs=[output]),
    ]
    return dumps(canonical(new_notebook(cells=cells, metadata=KERNEL)))


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    for name in (".gitattributes", ".githooks", "Makefile", "mkdocs.yml", "pyproject.toml"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    for folder in ("lessons", "src/downhill"):
        (tmp_path / folder).mkdir(parents=True)
    return tmp_path


@pytest.fixture
def git(clone: Path, monkeypatch: pytest.MonkeyPatch) -> Git:
    """git in the clone, after `make hooks`, with nothing of this machine's configuration."""
    for name in ("GLOBAL", "SYSTEM"):
        monkeypatch.setenv(f"GIT_CONFIG_{name}", "/dev/null")
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "Ada")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "ada@example.org")

    def call(*words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["git", *words], cwd=clone, capture_output=True, text=True, check=check
        )

    call("init", "--quiet", "--initial-branch=main")
    # The tools stand there already: -o keeps make from installing them.
    subprocess.run(["make", "-o", ".venv", "hooks"], cwd=clone, check=True, capture_output=True)
    return call


@pytest.fixture
def save(clone: Path, git: Git) -> Callable[..., None]:
    """Commit a lesson 01 with this text."""

    def commit(text: str) -> None:
        (clone / LESSON).write_text(text)
        git("add", LESSON)
        git("commit", "--quiet", "--message=lesson 01: another version")

    return commit


def merged(save: Callable[..., None], git: Git, ours: str, theirs: str) -> int:
    """Two branches from one lesson, joined; git's exit status."""
    save(lesson())
    git("checkout", "--quiet", "-b", "theirs")
    save(theirs)
    git("checkout", "--quiet", "main")
    save(ours)
    return git("merge", "theirs", "--message=join", check=False).returncode


def test_a_lesson_with_a_fault_is_not_committed(clone: Path, git: Git) -> None:
    (clone / LESSON).write_text(lesson(last="It gets 93.1 % right."))
    git("add", LESSON)
    done = git("commit", "--message=lesson 01: new", check=False)
    assert done.returncode != 0
    assert "01_small, cell title, line 11" in done.stdout + done.stderr


def test_a_lesson_that_is_staged_otherwise_is_not_committed(clone: Path, git: Git) -> None:
    (clone / LESSON).write_text(lesson(last="It gets 93.1 % right."))
    git("add", LESSON)
    (clone / LESSON).write_text(lesson())
    done = git("commit", "--message=lesson 01: new", check=False)
    assert done.returncode != 0
    assert "not staged" in done.stderr


def test_two_sentences_of_a_cell_merge(clone: Path, save: Callable[..., None], git: Git) -> None:
    assert merged(save, git, lesson(first="Uno."), lesson(last="Tres.")) == 0
    cells = Lesson(clone / LESSON).read().cells
    assert cells[0].source.endswith("\n\nUno.\nTwo.\nTres.")
    assert cells[1].outputs[0].text == "1\n"


def test_outputs_in_conflict_are_taken_out_to_be_run_again(
    clone: Path, save: Callable[..., None], git: Git
) -> None:
    assert merged(save, git, lesson(printed="2"), lesson(printed="3")) == 0
    assert Lesson(clone / LESSON).read().cells[1].outputs == []


def test_a_sentence_in_conflict_stays_a_notebook_that_cannot_be_committed(
    clone: Path, save: Callable[..., None], git: Git
) -> None:
    assert merged(save, git, lesson(first="Uno."), lesson(first="Ein.")) != 0
    assert "Uno." in Lesson(clone / LESSON).read().cells[0].source
    git("add", LESSON)
    done = git("commit", "--message=join", check=False)
    assert done.returncode != 0
    assert "a merge conflict" in done.stdout + done.stderr


def test_a_difference_is_shown_by_cells(save: Callable[..., None], clone: Path, git: Git) -> None:
    save(lesson())
    (clone / LESSON).write_text(lesson(first="Uno."))
    said = git("diff", "--ext-diff").stdout
    assert "nbdiff" in said
    assert "Uno." in said
