"""Code that stands in a lesson and, for later lessons, in the package: the two are one."""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from .lesson import code_cells, tags

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
BUILT = re.compile(r"\bBuilt in lesson (\d{2,3})\.")
NOT_THE_LESSONS = {"exercise", "solution"}


@dataclass(frozen=True)
class Concept:
    """A definition of the package that says “Built in lesson NN.”"""

    number: str
    name: str
    path: Path
    node: Definition


def concepts(package: Path) -> list[Concept]:
    """All that the package says it has from a lesson."""
    found = []
    for path in sorted(package.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        for node in ast.parse(text).body if BUILT.search(text) else ():
            if isinstance(node, Definition):
                built = BUILT.search(ast.get_docstring(node) or "")
                if built:
                    found.append(Concept(built[1], node.name, path, node))
    return found


def definitions(notebook: NotebookNode, name: str) -> Iterator[tuple[NotebookNode, Definition]]:
    """Where a lesson defines `name`, stubs and solutions aside."""
    for cell in code_cells(notebook):
        if NOT_THE_LESSONS & set(tags(cell)):
            continue
        if not re.search(rf"^(async def|def|class) {re.escape(name)}\b", cell.source, re.MULTILINE):
            continue
        for node in ast.parse(cell.source).body:
            if isinstance(node, Definition) and node.name == name:
                yield cell, node


def bare(definition: Definition) -> str:
    """A definition without its docstring, as text that can be compared."""
    node = copy.deepcopy(definition)
    if ast.get_docstring(node) is not None:
        node.body = node.body[1:]
    return ast.dump(node)
