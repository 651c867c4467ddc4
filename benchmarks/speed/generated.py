"""A course of as many lessons as one likes: what a build costs beside the lessons' own work."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from workspace import LOOKS, ROOT, config

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
SECTIONS = 5
PROSE = "edited"  # id of the cell that the preview's edit changes

WORDS = """\
A model is a function with numbers in it, and training looks for numbers that make it useful.
Read the cell below and say what it prints before you look.
Then change one thing, and say again what it will print.

- What goes in is a list of numbers.
- What comes out is one number for each of them, such as $y = ax + b$.
"""
CODE = """\
def line(x, a={a}, b={b}):
    return a * x + b


print([line(x) for x in range({n})])
"""


def lesson(number: int) -> nbformat.NotebookNode:
    """A page of prose, small code and text outputs; its kernel imports nothing."""
    title = f"Lesson {number}"
    cells = [new_markdown_cell(f"# {title}\n\n{WORDS}", id=PROSE)]
    for section in range(1, SECTIONS + 1):
        cells.append(new_markdown_cell(f"## {section}. Section\n\n{WORDS}", id=f"prose-{section}"))
        code = CODE.format(a=number, b=section, n=10 + section)
        cells.append(new_code_cell(code, id=f"code-{section}"))
    facts = {"title": title, "data": [], "reading_minutes": 3}
    return new_notebook(cells=cells, metadata={"kernelspec": KERNEL, "downhill": facts})


def make(root: Path, size: int) -> list[str]:
    """Write the course; gives the names of its lessons."""
    shutil.rmtree(root, ignore_errors=True)
    for folder in ("lessons", "src", "docs"):
        (root / folder).mkdir(parents=True)
    names = [f"{number:03}_generated" for number in range(1, size + 1)]
    for number, name in enumerate(names, start=1):
        nbformat.write(lesson(number), root / "lessons" / f"{name}.ipynb")
    for folder in LOOKS:
        shutil.copytree(ROOT / "docs" / folder, root / "docs" / folder)
    (root / "docs" / "index.md").write_text("# Home\n", encoding="utf-8")
    (root / "mkdocs.yml").write_text(config(names), encoding="utf-8")
    (root / "requirements.txt").write_text("# the lock\n", encoding="utf-8")
    (root / "node_modules").symlink_to(ROOT / "node_modules")
    return names


def edit(root: Path, name: str, mark: str) -> None:
    """Put a mark into a lesson's first words."""
    path = root / "lessons" / f"{name}.ipynb"
    notebook = nbformat.read(path, 4)
    (cell,) = [cell for cell in notebook.cells if cell.id == PROSE]
    cell.source = f"# {notebook.metadata.downhill.title}\n\nThe mark is {mark}.\n\n{WORDS}"
    fresh = path.with_suffix(".new")
    nbformat.write(notebook, fresh)
    fresh.replace(path)
