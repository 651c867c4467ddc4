"""Who imports whom, the README's tree, and lesson code equal to the package's."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

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


def built_in_lessons() -> list[tuple[str, str, ast.AST]]:
    """(lesson's number, name, definition) of all that says "Built in lesson NN."."""
    found = []
    for path in sorted((SOURCE / "downhill").rglob("*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                built = re.search(r"Built in lesson (\d\d)\.", ast.get_docstring(node) or "")
                if built:
                    found.append((built[1], node.name, node))
    return found


def bare(node: ast.AST) -> str:
    """A definition without its docstring, as text that can be compared."""
    body = node.body  # type: ignore[attr-defined]
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        node.body = body[1:]  # type: ignore[attr-defined]
    return ast.dump(node)


def test_some_of_the_package_was_built_in_a_lesson() -> None:
    assert built_in_lessons()


@pytest.mark.parametrize(
    ("number", "name", "node"),
    built_in_lessons(),
    ids=[f"{n}-{m}" for n, m, _ in built_in_lessons()],
)
def test_the_package_has_what_the_lesson_built(number: str, name: str, node: ast.AST) -> None:
    notebook = nbformat.read(LESSONS[number], 4)
    definitions = [
        own
        for cell in notebook.cells
        if cell.cell_type == "code"
        and not {"exercise", "solution"} & set(cell.metadata.get("tags", ()))
        and re.search(rf"^(def|class) {name}\b", cell.source, re.M)
        for own in ast.parse(cell.source).body
        if getattr(own, "name", None) == name
    ]
    assert definitions, f"lesson {number} does not define {name}"
    assert bare(definitions[-1]) == bare(node)  # a lesson may improve on its own first version
