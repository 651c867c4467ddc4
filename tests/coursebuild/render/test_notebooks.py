"""An executed notebook is read once, and again when its file has changed."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_markdown_cell

from coursebuild.render.notebooks import Notebooks


def test_a_notebook_is_read_again_where_its_file_has_changed(tmp_path: Path, make: Any) -> None:
    path, notebooks = tmp_path / "01_one.ipynb", Notebooks()
    nbformat.write(make.notebook(new_markdown_cell("# One")), path)
    first = notebooks.read(path)
    assert first.digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert notebooks.read(path) is first
    nbformat.write(make.notebook(new_markdown_cell("# Another")), path)
    again = notebooks.read(path)
    assert again.notebook.cells[0].source == "# Another"
    assert again.digest != first.digest
