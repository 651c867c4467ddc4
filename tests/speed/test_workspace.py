"""Copies of the course with marks: what is right, what is stale, and what only looks so."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from bare import pages_of
from workspace import CODE, ROOT, Workspace, config, whole

LESSON = "06_tensors"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    space = Workspace(tmp_path_factory.mktemp("space") / "course", LESSON)
    space.make([LESSON])
    return space


def outputs(space: Workspace) -> str:
    """What the planted cell prints when it is run, in the copy's own package."""
    (cell,) = [cell for cell in space.read()["cells"] if cell["id"] == CODE]
    done = subprocess.run(
        [sys.executable, "-c", cell["source"]],
        env={"PYTHONPATH": str(space.root / "src")},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_the_planted_cell_says_what_is_stored_and_what_the_marks_say(made: Workspace) -> None:
    (cell,) = [cell for cell in made.read()["cells"] if cell["id"] == CODE]
    assert outputs(made) == cell["outputs"][0]["text"]
    assert outputs(made).split() == [made.shown("module"), made.shown("code")]


def test_an_edit_changes_one_thing_and_its_mark_stands_in_no_source(made: Workspace) -> None:
    for kind, mark in {"prose": 3001, "code": 3002, "module": 3003}.items():
        before = {path: path.read_bytes() for path in made.root.rglob("*.*") if path.is_file()}
        made.edit(kind, mark)
        changed = [path.name for path, was in before.items() if path.read_bytes() != was]
        assert changed == ["planted.py" if kind == "module" else f"{LESSON}.ipynb"]
        if kind != "prose":
            assert made.shown(kind) in outputs(made)
            for name in changed:
                (path,) = made.root.rglob(name)
                assert made.shown(kind) not in path.read_text(encoding="utf-8")


def test_pages_are_right_stale_or_not_there(made: Workspace, tmp_path: Path) -> None:
    assert made.found(tmp_path, {"code"}) == "none"
    for name in (LESSON, f"{LESSON}_2"):
        (tmp_path / "lessons" / name).mkdir(parents=True)
        (tmp_path / "lessons" / name / "index.html").write_text("<p>old</p>")
    assert made.found(tmp_path, {"code"}) == "stale"
    page = tmp_path / "lessons" / f"{LESSON}_2" / "index.html"
    page.write_text(f"<pre>{made.shown('module')} {made.shown('code')}</pre>")
    assert made.found(tmp_path, {"code"}) == "right"
    assert made.found(tmp_path, {"code", "module"}) == "right"
    assert made.found(tmp_path, {"code", "prose"}) == "stale"


def test_the_copy_is_a_repository_of_the_lessons_that_were_named(made: Workspace) -> None:
    done = subprocess.run(
        ["git", "ls-files", "lessons"], cwd=made.root, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [f"lessons/{LESSON}.ipynb"]
    nav = config([LESSON]).split("nav:\n")[1].split("\n\n")[0]
    assert nav.splitlines()[2:] == [f"      - {LESSON}: lessons/{LESSON}.ipynb"]


def test_the_bare_pages_begin_where_the_course_begins_them() -> None:
    starts = pages_of((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    for name, cells in starts.items():
        notebook = json.loads((ROOT / "lessons" / f"{name}.ipynb").read_text(encoding="utf-8"))
        assert set(cells) <= {cell["id"] for cell in notebook["cells"]}
    assert len(starts) >= 6


def test_links_to_lessons_that_are_not_copied_become_words() -> None:
    text = "see [one](01_one.ipynb#x), [two](02_two.ipynb#y), [`e`](../errors.md), [w](https://a.b)"
    assert whole(text, ["02_two"]) == "see one, [two](02_two.ipynb#y), `e`, [w](https://a.b)"
