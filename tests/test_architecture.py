"""Who imports whom, the README's tree, and lesson code equal to the package's."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from coursebuild.concepts import Concept, bare, concepts, definitions

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src"
LESSONS = {path.name[:2]: path for path in sorted((ROOT / "lessons").glob("*.ipynb"))}


def imports(path: Path) -> set[str]:
    """Top-level names of the packages that a module imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module.split(".")[0])
    return found


def test_the_library_does_not_import_the_build() -> None:
    for path in (SOURCE / "downhill").rglob("*.py"):
        assert not imports(path) & {"coursebuild", "mkdocs", "nbclient", "nbformat"}, path


def test_the_build_does_not_import_the_library_nor_torch() -> None:
    for path in (SOURCE / "coursebuild").rglob("*.py"):
        assert not imports(path) & {"downhill", "torch", "torchvision", "fastai"}, path


def loaded(statement: str) -> set[str]:
    code = f"import sys\n{statement}\nprint(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return set(done.stdout.splitlines()[-1].split())


def test_help_loads_neither_torch_nor_mkdocs() -> None:
    run = "from coursebuild.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass"
    assert not loaded(run) & {"torch", "mkdocs", "nbclient", "nbformat", "rich"}


def test_importing_the_library_loads_no_torch() -> None:
    assert not loaded("import downhill") & {"torch", "fastai", "matplotlib"}


def test_modules_are_nouns_of_their_own() -> None:
    names = {path.stem for path in SOURCE.rglob("*.py")}
    assert not names & {"utils", "util", "helpers", "helper", "common", "misc"}


# --- the tree in the README


def tree() -> dict[str, str]:
    """Path → words, from the README's tree."""
    text = (ROOT / "README.md").read_text()
    block = text.split("```text", 1)[1].split("```", 1)[0]
    entries: dict[str, str] = {}
    folders: list[str] = []
    for line in block.strip().splitlines()[1:]:
        found = re.match(r"^([│ ]*)[├└]── (\S+)\s*(.*)$", line)
        assert found, f"cannot read the tree's line {line!r}"
        depth = len(found[1]) // 4
        folders[depth:] = [found[2].rstrip("/")]
        entries["/".join(folders)] = found[3]
    return entries


def test_everything_in_the_tree_exists_and_is_described() -> None:
    for path, words in tree().items():
        assert (ROOT / path).exists() or path == "build", path
        assert words, path


def test_everything_tracked_at_the_top_and_every_module_is_in_the_tree() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout.splitlines()
    entries = tree()
    for file in listed:
        parts = file.split("/")
        if file.startswith("src/") and file.endswith(".py") and parts[-1] != "__init__.py":
            known = [
                p for p in entries if file == p or (file.startswith(f"{p}/") and p.count("/") > 1)
            ]
            assert known, f"{file} is not in the README's tree"
        else:
            assert parts[0] in entries or parts[0] in {e.split("/")[0] for e in entries}, file


# --- code that stands in a lesson and in the package


CONCEPTS = concepts(SOURCE / "downhill")


def test_some_of_the_package_was_built_in_each_lesson() -> None:
    notebooks = {number: nbformat.read(path, 4) for number, path in LESSONS.items()}
    lessons = {n for n, nb in notebooks.items() if not nb.metadata.downhill.get("appendix")}
    assert {concept.number for concept in CONCEPTS} == lessons


@pytest.mark.parametrize("concept", CONCEPTS, ids=[f"{c.number}-{c.name}" for c in CONCEPTS])
def test_the_package_has_what_the_lesson_built(concept: Concept) -> None:
    found = list(definitions(nbformat.read(LESSONS[concept.number], 4), concept.name))
    assert found, f"lesson {concept.number} does not define {concept.name}"
    _, last = found[-1]  # a lesson may improve on its own first version
    assert bare(last) == bare(concept.node)
