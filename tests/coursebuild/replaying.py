"""Executes the trap fixtures once, and shows them to nbval with our plugin."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
from jupyter_client.manager import start_new_kernel
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode

from coursebuild.check import OUR_OWN

ROOT = Path(__file__).parents[2]
TRAPS = ROOT / "tests" / "fixtures" / "nbval"


def trap(name: str) -> NotebookNode:
    """A trap as it is stored."""
    return nbformat.read(TRAPS / f"{name}.ipynb", as_version=nbformat.NO_CONVERT)


def execute(folder: Path) -> None:
    """Run all traps in `folder`; kept is what a run leaves, also where it fails.

    One kernel for all but those that kill theirs: to start one takes longer than to run them.
    """
    manager, client = start_new_kernel(kernel_name="python3")
    client.stop_channels()
    for path in sorted(folder.glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        own = path.stem.startswith("kills")
        runner = NotebookClient(notebook, timeout=60, **({} if own else {"km": manager}))
        with contextlib.suppress(CellExecutionError, DeadKernelError):
            runner.execute()
        nbformat.write(notebook, path)
    manager.shutdown_kernel(now=True)


def executed_traps(folder: Path) -> Path:
    """All traps, executed, in `folder`. In a process of its own: nbclient leaves sockets open."""
    shutil.copytree(TRAPS, folder, dirs_exist_ok=True)
    env = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    subprocess.run([sys.executable, __file__, str(folder)], env=env, check=True, timeout=180)
    return folder


def replay(
    *notebooks: Path, executed: Path, first: Path | None = None
) -> tuple[subprocess.CompletedProcess[str], dict[str, str]]:
    """pytest --nbval in a process of its own; what differs, by the name of the notebook.

    `first` is a folder that Python shall look into before all others.
    """
    found = executed / "differences.json"
    settings = executed / "pytest.ini"
    settings.write_text("[pytest]\n")
    found.unlink(missing_ok=True)
    path = os.pathsep.join(str(x) for x in (first, ROOT / "src") if x)
    words = [
        "-c",
        settings,
        "--rootdir",
        executed,
        "-p",
        "nbval",
        "-p",
        "coursebuild.replay",
        "--nbval",
    ]
    words += ["--executed", executed, "--differences", found, "-rA", "--color=no"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *map(str, words), *map(str, notebooks)],
        env=os.environ | OUR_OWN | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    differences: dict[str, str] = {}
    for text in json.loads(found.read_text()) if found.exists() else []:
        lesson = json.loads(text)["lesson"]
        differences[lesson] = differences.get(lesson, "") + text
    return done, differences


if __name__ == "__main__":
    execute(Path(sys.argv[1]))
