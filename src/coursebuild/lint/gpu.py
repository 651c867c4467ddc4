"""A lesson declares that it computes on a GPU, and then it does."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..lesson import needs_gpu
from .code import parsed
from .fault import Found, Subject

DEVICE = "default_device"  # the library's, the only way to ask for the profile's device
SHOWN = {"print", "say"}  # a lesson may tell which device it would be


def gpu(subject: Subject) -> Iterator[Found]:
    """Lessons that declare nothing see no GPU: runners that have one are kept for the others."""
    asked = [(cell.id, line) for cell in subject.code for line in _asks(parsed(cell))]
    if asked and not needs_gpu(subject.notebook):
        cell, line = asked[0]
        do = 'declare it: "gpu": true in metadata.downhill of the notebook, or compute on the CPU'
        yield Found(cell, line, "the lesson asks for the profile's device and declares no GPU", do)
    if needs_gpu(subject.notebook) and not asked:
        do = f'take "gpu" out of metadata.downhill, or pass {DEVICE}() to what computes'
        yield Found("", 0, "the lesson declares a GPU and never asks for the profile's device", do)


def _asks(tree: ast.Module | None) -> list[int]:
    """Lines that ask for a device to compute on."""
    found: list[int] = []
    waiting: list[ast.AST] = [tree] if tree else []
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            # model.cuda(), not torch.cuda.is_available()
            method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            if name in SHOWN:
                continue
            if name == DEVICE or method == "cuda":
                found.append(node.lineno)
        if isinstance(node, ast.Constant) and str(node.value).partition(":")[0] == "cuda":
            found.append(node.lineno)
        waiting += ast.iter_child_nodes(node)
    return sorted(found)
