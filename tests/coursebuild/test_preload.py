"""What a warm process imports: what lessons will, as far as it is safe to have it beforehand."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from coursebuild.preload import modules

COURSE = Path(__file__).parents[2]


def lesson(*cells: str) -> NotebookNode:
    return new_notebook(cells=[new_code_cell(cell) for cell in cells])


def test_what_lessons_import_comes_once_and_in_their_order(tmp_path: Path) -> None:
    one = lesson("import torch, json\nfrom matplotlib import pyplot as plt", "import numpy as np")
    two = lesson("def late():\n    from sklearn.manifold import TSNE\n    import torch.utils.data")
    assert modules([one, two], tmp_path) == [
        *("torch", "matplotlib", "matplotlib.pyplot", "numpy"),
        *("sklearn.manifold", "sklearn.manifold.TSNE", "torch.utils.data"),
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "from fastai.vision.all import *",
        "import fastai.callback.schedule",
        "from fastai import vision",
    ],
)
def test_of_fastai_only_what_it_needs_is_imported(statement: str, tmp_path: Path) -> None:
    found = modules([lesson(statement)], tmp_path)
    assert {"torch", "pandas", "sklearn.metrics"} <= set(found)
    assert not [name for name in found if name.startswith("fast")]


def test_a_courses_modules_are_followed_but_not_imported(tmp_path: Path) -> None:
    package = tmp_path / "own" / "inner"
    package.mkdir(parents=True)
    (tmp_path / "own" / "__init__.py").write_text("import yaml\n")
    (package / "__init__.py").write_text("from . import deep\n")
    (package / "deep.py").write_text("from ..shallow import x\nimport scipy.stats\n")
    (tmp_path / "own" / "shallow.py").write_text("from own.inner import deep\nimport pandas\n")
    (tmp_path / "own" / "other.py").write_text("import torch\n")
    found = modules([lesson("from own.inner import deep")], tmp_path)
    assert set(found) == {"yaml", "scipy.stats", "pandas"}


def test_prose_and_cells_that_are_no_python_are_passed_over(tmp_path: Path) -> None:
    notebook = lesson("%timeit 1\nimport torch", "import numpy")
    notebook.cells.append(new_markdown_cell("import pandas"))
    assert modules([notebook], tmp_path) == ["numpy"]


def test_the_courses_own_lessons_have_torch_beforehand_and_none_of_their_own_code() -> None:
    from coursebuild.course import Course

    course = Course(COURSE)
    found = modules([lesson.read() for lesson in course.lessons()], course.source_dir)
    assert {"torch", "torchvision.models", "matplotlib.pyplot"} <= set(found)
    assert not {name.split(".")[0] for name in found} & {"downhill", "fastai", "fastcore"}
