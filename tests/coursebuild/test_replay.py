"""Each known trap of nbval is a notebook in tests/fixtures/nbval, which says how it must end."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from queue import Empty

import nbformat
import pytest
from replaying import ROOT, TRAPS, executed_traps, replay, trap

from coursebuild.replay import ReplayedKernel

NAMES = sorted(path.stem for path in TRAPS.glob("*.ipynb"))


@dataclass
class Verdicts:
    executed: Path
    output: str
    differences: dict[str, str]
    seconds: float


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All traps, run once by nbclient."""
    return executed_traps(tmp_path_factory.mktemp("executed"))


@pytest.fixture(scope="module")
def verdicts(executed: Path) -> Verdicts:
    """All traps in one run of nbval."""
    begin = time.monotonic()
    done, differences = replay(TRAPS, executed=executed)
    assert done.returncode in (1, 2), done.stdout + done.stderr
    return Verdicts(executed, done.stdout, differences, time.monotonic() - begin)


@pytest.mark.parametrize("name", NAMES)
def test_trap_ends_as_it_says(verdicts: Verdicts, name: str) -> None:
    expected = trap(name).metadata.trap
    failed = re.findall(rf"^(?:FAILED|ERROR) \S*\b{name}\.ipynb", verdicts.output, re.MULTILINE)
    passed = re.findall(rf"^PASSED \S*\b{name}\.ipynb", verdicts.output, re.MULTILINE)
    if expected.expect == "passes":
        assert name not in verdicts.differences
        assert passed
        assert not failed
    else:
        assert failed
        assert expected.because in verdicts.differences[name]


def test_nbval_alone_is_fooled_by_the_traps(tmp_path: Path) -> None:
    """Why the plugin is there: these two pass, and the third fails, whatever they print."""
    names = ("stripped", "draws_a_picture_without_summary", "clears_its_output")
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    for name in names:
        notebook = trap(name)
        if name != "stripped":
            notebook.cells[-1].execution_count = 1  # or nbval refuses to compare it
        nbformat.write(notebook, tmp_path / f"{name}.ipynb")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--nbval", "-rA", "--color=no", str(tmp_path)],
        cwd=tmp_path,
        env=os.environ | {"PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    for name, word in zip(names, ("PASSED", "PASSED", "FAILED"), strict=True):
        assert re.search(rf"^{word} {name}.ipynb", done.stdout, re.MULTILINE), done.stdout


def test_dead_kernel_is_noticed_at_once(verdicts: Verdicts) -> None:
    """nbval alone waits for 2,000 seconds. The cells before the one that died are compared."""
    assert verdicts.seconds < 60
    assert "Kernel dead on test start" in verdicts.output
    assert '"cell": "cell-1"' not in verdicts.differences["kills_its_kernel"]


def test_replayed_kernel_without_a_message_says_so_as_nbval_expects() -> None:
    replayed = ReplayedKernel(None)  # no cell is on yet
    with pytest.raises(Empty):
        replayed.get_message("iopub", timeout=0)


def test_json_output_that_is_missing_is_reported_and_does_not_crash_nbval(
    verdicts: Verdicts,
) -> None:
    assert "pytest plugin exception: sequence item" not in verdicts.output


def test_failure_shows_heading_cell_and_both_values(verdicts: Verdicts) -> None:
    block = "✗ prints_a_number_outside_tolerance · What happens · cell cell-1\n  stdout\n"
    assert block + "    stored  loss 0.5\n    came    loss 0.51\n" in verdicts.output


def test_artefact_of_other_code_fails_and_says_what_to_do(executed: Path, tmp_path: Path) -> None:
    lesson = trap("prints_more")
    lesson.cells[-1].source += "\nprint('edited since')"
    nbformat.write(lesson, tmp_path / "prints_more.ipynb")
    done, differences = replay(tmp_path / "prints_more.ipynb", executed=executed)
    assert done.returncode == 1
    assert "made from other code cells" in differences["prints_more"]
    assert "course run prints_more" in differences["prints_more"]


def test_missing_artefact_fails_and_keeps_no_other_lesson_from_being_compared(
    executed: Path, tmp_path: Path
) -> None:
    for name in ("clears_its_output", "not_run_yet"):
        nbformat.write(trap("clears_its_output"), tmp_path / f"{name}.ipynb")
    done, differences = replay(tmp_path, executed=executed)
    assert "PASSED" in done.stdout
    assert list(differences) == ["not_run_yet"]
    assert "there is no executed notebook" in differences["not_run_yet"]


def test_notebook_that_is_not_json_fails_with_one_line(executed: Path, tmp_path: Path) -> None:
    (tmp_path / "stripped.ipynb").write_text("{")
    done, differences = replay(tmp_path / "stripped.ipynb", executed=executed)
    assert done.returncode != 0
    assert "not JSON" in differences["stripped"]


def test_another_nbval_is_refused(tmp_path: Path) -> None:
    """The class that is replaced is known in one version only."""
    other = tmp_path / "site" / "nbval-0.10.0.dist-info"
    other.mkdir(parents=True)
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: nbval\nVersion: 0.10.0\n")
    done, _ = replay(executed=tmp_path, first=other.parent)
    assert done.returncode == 4
    assert "nbval 0.11.0 is needed, found 0.10.0" in done.stderr


def test_plugin_is_idle_without_executed_notebooks(tmp_path: Path) -> None:
    (tmp_path / "test_plain.py").write_text("def test_plain():\n    pass\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "coursebuild.replay", str(tmp_path)],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src"), "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_ordinary_tests_run_beside_replayed_lessons(executed: Path, tmp_path: Path) -> None:
    (tmp_path / "test_plain.py").write_text("def test_plain():\n    pass\n")
    nbformat.write(trap("clears_its_output"), tmp_path / "clears_its_output.ipynb")
    done, differences = replay(tmp_path, executed=executed)
    assert done.returncode == 0, done.stdout
    assert "2 passed" in done.stdout
    assert differences == {}
