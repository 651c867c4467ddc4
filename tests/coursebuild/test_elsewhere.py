"""A lesson's first cell on machines made as Colab, Kaggle and a learner's own are.

Each has a Python of its own (a virtual environment), whose packages are links to those of this one,
so that nothing is downloaded; what is not linked is not there. The lesson asks the repository's
host for the archive of the branch: here that host is a server on this machine, and the archive is
what `git archive` makes of the working tree's commit. The address is the only thing that the test
changes in the cell.
"""

from __future__ import annotations

import functools
import http.server
import importlib.metadata
import json
import os
import re
import subprocess
import threading
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from packaging.requirements import Requirement

from coursebuild.cli import main
from coursebuild.lesson import code_cells, read_notebook
from coursebuild.render import elsewhere
from coursebuild.student import student

ROOT = Path(__file__).parents[2]
LESSONS = sorted((ROOT / "lessons").glob("*.ipynb"))
OURS = re.compile(r"downhill|__editable__|a1_coverage")
TEMPLATE = ROOT / "src" / "coursebuild" / "template.ipynb"
HOST = "https://github.com"
NOBODY = "http://127.0.0.1:9"  # the port on which nobody listens
ADDRESS = re.compile(r'^REPOSITORY = "(?P<url>[^"]+)"$', re.MULTILINE)
OFFLINE = {
    "PIP_NO_INDEX": "1",
    "PIP_FIND_LINKS": "",
    "PIP_RETRIES": "0",
    "PIP_CONFIG_FILE": os.devnull,
}


class Machine(NamedTuple):
    """An environment of its own: its Python, and the empty folder that a learner works in."""

    python: Path
    folder: Path


def machine(root: Path, packages: set[str]) -> Machine:
    """packages: names of the distributions that it has. Ours is left out."""
    venv.create(root / "venv", with_pip=False, symlinks=True)
    target = next((root / "venv" / "lib").glob("python*")) / "site-packages"
    here = Path(str(importlib.metadata.distribution("pip").locate_file("")))
    found: set[Path] = set()
    for name in packages:
        files = importlib.metadata.files(name) or []
        found |= {here / Path(str(file)).parts[0] for file in files}
    for entry in found:
        ours = OURS.match(entry.name) or entry.name in ("..", "__pycache__")
        if entry.exists() and not ours:
            (target / entry.name).symlink_to(entry)
    folder = root / "empty"
    folder.mkdir()
    return Machine(root / "venv" / "bin" / "python", folder)


def closure(name: str) -> set[str]:
    """A distribution and all that it needs here, by what each says of itself."""
    done: set[tuple[str, str]] = set()
    waiting = [(name, "")]
    while waiting:
        if (one := waiting.pop()) in done:
            continue
        try:
            told = importlib.metadata.requires(one[0]) or []
        except importlib.metadata.PackageNotFoundError:
            continue  # what another system needs
        done.add(one)
        for need in map(Requirement, told):
            if need.marker is None or need.marker.evaluate({"extra": one[1]}):
                waiting += [(need.name, extra) for extra in ("", *need.extras)]
    return {name for name, _ in done}


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A host that has the repository's archive where GitHub has it."""
    folder = tmp_path_factory.mktemp("host")
    path = folder / "downhill-course" / "downhill" / "archive" / "refs" / "heads" / "main.zip"
    path.parent.mkdir(parents=True)
    words = ["git", "archive", "--format=zip", "--prefix=downhill-main/", "-o", str(path), "HEAD"]
    subprocess.run(words, check=True, cwd=ROOT)

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def environment(made: Machine) -> dict[str, str]:
    """Without this process's own paths, and without a registry.

    setuptools is taken as it is there: that pip could fetch it is not what is tried.
    """
    mine = ("PYTHON", "PIP_", "DOWNHILL")
    env = {key: value for key, value in os.environ.items() if not key.startswith(mine)}
    own = {"PIP_NO_BUILD_ISOLATION": "0", "DOWNHILL_HOME": str(made.folder.parent)}
    return env | OFFLINE | own


class Outcome(NamedTuple):
    """What a learner sees: the printed text, and the error's last words."""

    text: str
    error: str


def run(made: Machine, sources: list[str], host: str) -> Outcome:
    """Cells in a kernel of that machine. host: in the place of GitHub's."""
    kernels = made.folder.parent / "jupyter"
    spec = kernels / "kernels" / "theirs" / "kernel.json"
    spec.parent.mkdir(parents=True, exist_ok=True)
    argv = [str(made.python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec.write_text(json.dumps({"argv": argv, "display_name": "theirs", "language": "python"}))
    nb = nbformat.v4.new_notebook()
    nb.cells = [nbformat.v4.new_code_cell(source.replace(HOST, host)) for source in sources]
    client = NotebookClient(nb, timeout=500, kernel_name="theirs")
    client.resources = {"metadata": {"path": str(made.folder)}}
    client.km = client.create_kernel_manager()
    client.km.kernel_spec_manager.kernel_dirs.insert(0, str(spec.parents[1]))
    error = ""
    try:
        client.execute(env=environment(made))
    except CellExecutionError as raised:
        error = f"{raised.ename}: {raised.evalue}"
    outputs = [output for cell in nb.cells for output in cell.outputs]
    texts = [o.get("text", "") or o.get("data", {}).get("text/markdown", "") for o in outputs]
    return Outcome("\n".join(texts), error)


def setup(path: Path) -> str:
    """The first code cell of the notebook that a learner downloads."""
    return str(code_cells(given(path))[0].source)


def given(path: Path) -> NotebookNode:
    return student(read_notebook(path))


@pytest.fixture(scope="module")
def with_torch(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """As Colab and Kaggle are: Python, a kernel and torch, but not our package.

    Of the rest it has what our package says that it needs, so a need that is not said is noticed.
    """
    needed = closure("downhill") | closure("ipykernel") | {"pip", "setuptools"}
    return machine(tmp_path_factory.mktemp("colab"), needed)


# --- Colab and Kaggle: Python and torch are there, our package is not


@pytest.fixture(scope="module")
def installing(with_torch: Machine, host: str) -> Outcome:
    """The first cells of all lessons, one after the other: the first of them installs."""
    return run(with_torch, [setup(path) for path in LESSONS], host)


def test_the_first_cell_installs_the_package_from_the_archive_and_goes_on(
    installing: Outcome, with_torch: Machine
) -> None:
    assert installing.error == ""
    assert installing.text.count("Profile **offline**") == len(LESSONS)
    done = subprocess.run(
        [str(with_torch.python), "-c", "import downhill; print(downhill.__file__)"],
        capture_output=True,
        text=True,
        check=True,
        cwd=with_torch.folder,
        env=environment(with_torch),
    )
    assert Path(done.stdout.strip()).is_relative_to(with_torch.python.parents[1])


def test_what_is_installed_has_the_figures_style_and_the_weights(
    installing: Outcome, with_torch: Machine
) -> None:
    """They are files beside the modules, which a package can leave out without a word."""
    assert installing.error == ""
    source = ROOT / "src" / "downhill"
    site = next(with_torch.python.parents[1].glob("lib/python*/site-packages/downhill"))
    code = ("", ".py", ".pyc")
    beside = [p.relative_to(source) for p in source.rglob("*") if p.suffix not in code]
    assert {".mplstyle", ".safetensors"} <= {path.suffix for path in beside}
    assert [str(path) for path in beside if not (site / path).exists()] == []


# --- the package is there


def test_a_student_notebook_stands_alone_in_an_empty_folder(
    installing: Outcome, with_torch: Machine
) -> None:
    """Installed once, it asks nobody: neither a host nor the repository's files around it."""
    assert installing.error == ""
    cells = code_cells(given(LESSONS[0]))
    until = next(i for i, cell in enumerate(cells) if "mnist_sample()" in cell.source)
    found = run(with_torch, [cell.source for cell in cells[: until + 1]], NOBODY)
    assert found.error == ""
    assert "Profile **offline**" in found.text
    assert "restart the kernel" not in found.text  # what %pip always says


# --- nothing but Python, and no network


def test_without_a_network_one_line_says_what_to_do(tmp_path: Path) -> None:
    bare = machine(tmp_path, closure("ipykernel") | {"pip"})
    found = run(bare, [setup(TEMPLATE)], NOBODY)
    assert found.error.startswith("SystemExit: ")
    assert "\n" not in found.error
    for word in ("pip", "network", "Kaggle", "3.12", "run this cell again"):
        assert word in found.error
    assert "ERROR" in found.text  # pip's own words stand above


def test_a_python_without_pip_is_told_the_same(tmp_path: Path) -> None:
    """As uv makes them."""
    bare = machine(tmp_path, closure("ipykernel"))
    found = run(bare, [setup(TEMPLATE)], NOBODY)
    assert "No module named pip" in found.text
    assert found.error.startswith("SystemExit: The course's library is not here")


# --- every lesson's first cell, and where the page leads


def beginning(path: Path) -> str:
    """What a first cell does before the lesson's own imports."""
    return setup(path).partition("\n\nimport ")[0].partition("\n\nfrom ")[0]


def test_every_lesson_installs_as_the_template_does() -> None:
    expected = beginning(TEMPLATE)
    assert "invalidate_caches" in expected
    assert [path.name for path in LESSONS if beginning(path) != expected] == []


def test_the_archive_is_that_of_the_repository_which_the_site_names() -> None:
    repository = re.search(r"^repo_url: (\S+)$", (ROOT / "mkdocs.yml").read_text(), re.MULTILINE)
    assert repository
    for path in (*LESSONS, TEMPLATE):
        found = ADDRESS.search(setup(path))
        assert found, path
        assert found["url"] == repository[1]


def test_the_page_leads_to_each_host_with_an_address_that_names_the_lesson() -> None:
    found = dict(map(reversed, elsewhere.links("https://github.com/a/b/", "03_x")))  # type: ignore[arg-type]
    assert found == {
        "Open in Colab": "https://colab.research.google.com/github/a/b/blob/main/lessons/03_x.ipynb",
        "Open in Kaggle": "https://www.kaggle.com/kernels/welcome"
        "?src=https://raw.githubusercontent.com/a/b/main/lessons/03_x.ipynb",
        "Open in Codespaces": "https://codespaces.new/a/b?quickstart=1",
    }
    assert elsewhere.links("https://example.test/a/b", "03_x") == []


def test_the_command_on_the_page_is_one_that_course_knows() -> None:
    words = elsewhere.command(LESSONS[2].stem).split()
    assert words == [".venv/bin/course", "edit", "03"]
    assert words[1] in main.commands
    assert elsewhere.command("100_x").split()[-1] == "100"


# --- the development container


def test_the_container_has_the_python_of_the_lock_and_makes_the_environment() -> None:
    told = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text())
    version = (ROOT / ".python-version").read_text().strip()
    assert re.fullmatch(rf"python:{re.escape(version)}-[a-z]+", told["image"])
    assert told["postCreateCommand"] == "make .venv"
    assert re.search(r"^\.venv:", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert told["customizations"]["vscode"]["settings"]["python.defaultInterpreterPath"].endswith(
        "/.venv/bin/python"
    )
