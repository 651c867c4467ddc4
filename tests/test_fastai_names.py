"""docs/fastai-v1-v2.md against the fastai that is installed."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import re
import warnings
from functools import reduce
from pathlib import Path

import pytest
from fastai.data.block import TransformBlock

PAGE = Path(__file__).parents[1] / "docs" / "fastai-v1-v2.md"
ROW = re.compile(r"^\| `([^`]+)` \| `([\w.]+)` \| (?:in `([\w.]+)`)?", re.MULTILINE)
USUAL = "fastai.vision.all"
WITH_MORE = {"fastai.vision.widgets"}  # ipywidgets
ROWS = [
    (old, new, module or USUAL)
    for old, new, module in ROW.findall(PAGE.read_text(encoding="utf-8"))
]


def test_every_row_of_the_tables_is_read() -> None:
    rows = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `")]
    assert len(ROWS) == len(rows) >= 40


@pytest.mark.parametrize(("name", "module"), sorted({(new, module) for _, new, module in ROWS}))
def test_the_new_name_is_there(name: str, module: str) -> None:
    if module in WITH_MORE:  # it imports what the course does not install: its source says
        source = importlib.util.find_spec(module).origin
        defined = ast.parse(Path(source).read_text("utf-8")).body
        assert name in {node.name for node in defined if isinstance(node, ast.ClassDef)}
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of libraries below fastai; the name is the subject
        found = importlib.import_module(module)
    there = reduce(getattr, name.split("."), found)
    assert callable(there) or isinstance(there, TransformBlock)  # PointBlock is one, ready made


def test_a_name_that_the_page_calls_old_is_gone() -> None:
    everything = importlib.import_module(USUAL)
    old = {a for a, new, _ in ROWS if a.isidentifier() and a != new.rpartition(".")[2]}
    # Kept, and warns; a method of torch's and of Python's own; fastai's for other things.
    kept = {name for name in old if hasattr(everything, name)}
    assert kept <= {"cnn_learner", "split", "normalize", "mixup"}, kept
