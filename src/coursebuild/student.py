"""The version of a lesson that a learner downloads: solutions out, checks kept, nothing run."""

from __future__ import annotations

from nbformat import NotebookNode

from .canonical import canonical
from .lesson import code_cells, tags


def student(notebook: NotebookNode) -> NotebookNode:
    """A copy without the cells tagged `solution` and without outputs: a valid notebook."""
    nb = canonical(notebook)
    nb.cells = [cell for cell in nb.cells if "solution" not in tags(cell)]
    for cell in code_cells(nb):
        cell.outputs = []
    return nb
