"""Which modules a warm process imports for lessons: those that their code imports, of a safe list.

Safe is what behaves the same wherever it is imported. The course's own modules are not: the build
must see which of them a lesson reads. Nor are fastai and what it builds on, which decide while
they are imported whether they are in a notebook; but what they need takes most of their time.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path

from nbformat import NotebookNode

from .lesson import code_cells

SAFE = {
    *("numpy", "scipy", "sklearn", "pandas", "PIL", "matplotlib", "torch", "torchvision"),
    *("safetensors", "requests", "yaml", "executing", "pure_eval"),
}
NEEDED_BY = {
    "fastai": (
        *("torch", "torchvision", "torchvision.models", "numpy", "matplotlib.pyplot", "pandas"),
        *("scipy.stats", "sklearn.metrics", "PIL.Image", "requests", "yaml"),
    )
}


def modules(notebooks: Iterable[NotebookNode], source: Path) -> list[str]:
    """Names to import, in the order in which lessons do. source: folder of the course's modules."""
    found: dict[str, None] = {}
    seen: set[Path] = set()
    for notebook in notebooks:
        for cell in code_cells(notebook):
            _walk(cell.source, "", source, seen, found)
    return list(found)


def _walk(text: str, package: str, source: Path, seen: set[Path], found: dict[str, None]) -> None:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):  # a cell with a magic command: its imports take their time
        return
    for node in ast.walk(tree):
        for name in _imports(node, package):
            root = name.partition(".")[0]
            if root in SAFE:
                found[name] = None
            found |= dict.fromkeys(NEEDED_BY.get(root, ()))
            for file in _files(source, name):
                if file not in seen:
                    seen.add(file)
                    words = file.read_text(encoding="utf-8", errors="replace")
                    inside = file.relative_to(source).parts[:-1]
                    _walk(words, ".".join(inside), source, seen, found)


def _imports(node: ast.AST, package: str) -> list[str]:
    """`from a import b` gives a and a.b, which may be a module or not."""
    match node:
        case ast.Import(names):
            return [alias.name for alias in names]
        case ast.ImportFrom(module, names, level):
            above = package.split(".")[: 1 - level or None] if level else []
            base = ".".join([*above, *([module] if module else [])])
            return [base, *(f"{base}.{alias.name}" for alias in names if alias.name != "*")]
    return []


def _files(source: Path, name: str) -> list[Path]:
    """The course's files that the import of `name` runs: packages on the way, and the module."""
    parts = name.split(".")
    packages = [source.joinpath(*parts[:n], "__init__.py") for n in range(1, len(parts) + 1)]
    return [
        file for file in (*packages, source.joinpath(*parts).with_suffix(".py")) if file.is_file()
    ]
