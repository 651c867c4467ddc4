"""What is compared: this course's build, and what a user would pick instead of it."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import bare
from process import Spent
from workspace import ROOT, Workspace

CASES = ("cold", "nothing", "prose", "code", "module", "clone")
BIN = Path(sys.executable).parent
PEERS = ROOT / "build" / "bench" / "env" / "bin"
HERE = Path(__file__).parent
SITE = "out/site"
COUNT = "out/cells"  # a line for each cell that a kernel of the others ran
HTML = ".cache"  # where mkdocs-jupyter keeps pages
PACKAGES = ("jupyter-cache", "mkdocs-jupyter", "papermill", "nbval", "nbconvert", "jupyterlab")

Words = list[str]


@dataclass(frozen=True)
class Tool:
    """One way to execute the lessons and to make the site. commands: phase → what is typed."""

    title: str
    commands: dict[str, list[Words]]
    site: str = SITE  # "": it makes none
    keeps: tuple[str, ...] = (HTML,)  # what a clone may take along
    cases: tuple[str, ...] = CASES
    within: str = ""  # the tool whose workspace it uses, after that
    before: Callable[[Workspace], None] = lambda workspace: None  # not measured
    differing: bool = False  # ends with 1 where outputs differ from the stored ones


def mkdocs(config: str) -> Words:
    return [str(PEERS / "python"), "-m", "mkdocs", "build", "--quiet", "-f", config, "-d", SITE]


def script(name: str) -> Words:
    return [str(PEERS / "python"), str(HERE / name)]


COURSE = str(BIN / "course")
NBVAL = [str(PEERS / "python"), "-m", "pytest", "-p", "nbval.plugin", "-p", "no:cacheprovider"]
NBVAL += ["-c", "out/pytest.ini", "--rootdir", ".", "-q", "--tb=no", "--nbval", "lessons"]


def ours(*phases: str) -> dict[str, list[Words]]:
    return {phase: [[COURSE, phase]] for phase in phases}


TOOLS = {
    "ours": Tool(
        "course build",
        ours("build", "check"),
        site="build/site",
        keeps=("build/cache",),
    ),
    "bare": Tool(
        "bare MkDocs, pages ready as Markdown",
        {"build": [[str(BIN / "mkdocs"), "build", "--quiet", "-f", "bare.yml"]]},
        site=bare.SITE,
        cases=("nothing", "prose"),
        within="ours",
        before=lambda workspace: bare.convert(workspace.root),
    ),
    "plugin": Tool(
        "mkdocs build, lessons executed before",
        {"build": [[str(BIN / "mkdocs"), "build", "--quiet", "-d", SITE]]},
        cases=("nothing", "prose"),
        within="ours",
    ),
    "mkdocs-jupyter": Tool("mkdocs-jupyter, execute: true", {"build": [mkdocs("executing.yml")]}),
    "jupyter-cache": Tool(
        "jupyter-cache in parallel, then mkdocs-jupyter",
        {"build": [script("with_jupyter_cache.py"), mkdocs("showing.yml")]},
        keeps=(".jupyter_cache", HTML),
    ),
    "papermill": Tool(
        "papermill in a loop, then mkdocs-jupyter",
        {"build": [script("with_papermill.py"), mkdocs("showing.yml")]},
    ),
    "nbval": Tool(
        "pytest --nbval alone",
        {"check": [NBVAL]},
        site="",
        keeps=(),
        cases=("cold", "nothing"),  # it runs all of it whatever has changed
        differing=True,
    ),
}

CONFIG = """\
site_name: Downhill
docs_dir: {docs}
theme:
  name: material
  font: false
plugins:
  - search
  - mkdocs-jupyter:
      execute: {execute}
      allow_errors: false
nav:
  - Home: index.md
  - Lessons:
{nav}"""

COUNTER = """\
import os


def _count(info):
    with open(os.environ["BENCH_CELLS"], "a") as file:
        file.write("1\\n")


if "BENCH_CELLS" in os.environ:
    get_ipython().events.register("pre_run_cell", _count)
"""


def furnish(workspace: Workspace) -> None:
    """Put the other tools' settings into a fresh workspace, and a counter into their kernels."""
    nav = "".join(f"      - lessons/{path.name}\n" for path in workspace.lessons)
    for name, docs, execute in (("executing", "out/source", "true"), ("showing", "out/docs", "no")):
        text = CONFIG.format(docs=docs, execute=execute, nav=nav)
        (workspace.root / f"{name}.yml").write_text(text, encoding="utf-8")
        (workspace.root / docs).mkdir(parents=True)
        (workspace.root / docs / "index.md").write_text("# Home\n", encoding="utf-8")
    (workspace.root / "out/source/lessons").symlink_to(workspace.root / "lessons")
    (workspace.root / "out/pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    startup = workspace.root / "out/ipython/profile_default/startup"
    startup.mkdir(parents=True)
    (startup / "count.py").write_text(COUNTER, encoding="utf-8")


def environment(name: str, workspace: Workspace, data: Path) -> dict[str, str]:
    """The same for all: the profile, its data, no GPU.

    How many threads there are is each tool's affair. That those which wait sleep is what this
    course sets; without it the others' runs of lessons that time something fail now and then.
    """
    shared = {
        "CI": "true",
        "CUDA_VISIBLE_DEVICES": "",
        "DOWNHILL_HOME": str(data),
        "DOWNHILL_PROFILE": "offline",
        "JUPYTER_PREFER_ENV_PATH": "1",
        "OMP_WAIT_POLICY": "PASSIVE",
    }
    first = next(iter(TOOLS[name].commands.values()))[0]
    if Path(first[0]).parent == BIN:
        return shared | {"PYTHONPATH": str(ROOT / "src")}
    return shared | {
        "BENCH_CELLS": str(workspace.root / COUNT),
        "IPYTHONDIR": str(workspace.root / "out/ipython"),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONPATH": str(workspace.root / "src"),
    }


def executed(name: str, workspace: Workspace) -> int:
    """Code cells that the last command executed."""
    if name == "ours":
        report = json.loads((workspace.root / "build/report.json").read_text(encoding="utf-8"))
        return sum(lesson["cells"] for lesson in report["lessons"])
    count = workspace.root / COUNT
    return len(count.read_text().splitlines()) if count.exists() else 0


def own_cells(workspace: Workspace) -> float:
    """Seconds of the edited lesson's own cells in the last run of this course's build."""
    path = workspace.root / f"build/executed/offline/{workspace.edited}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return sum(cell["seconds"] for cell in notebook["metadata"]["downhill"]["provenance"]["cells"])


def differing(spent: Spent) -> int:
    """Cells that nbval calls different from what is stored."""
    found = re.search(r"(\d+) failed", spent.said)
    return int(found[1]) if found else 0
