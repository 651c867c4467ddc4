"""Small notebooks for the renderer, written by hand: nothing is executed here."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import pytest
from markdown import Markdown
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output
from PIL import Image

from coursebuild.render.assets import Assets
from coursebuild.render.outputs import Page


@pytest.fixture
def assets(tmp_path: Path) -> Assets:
    return Assets(tmp_path / "site", tmp_path / "cache")


@pytest.fixture
def page(assets: Assets) -> Page:
    """The surroundings of a lesson's outputs, two folders below the root."""
    return Page("01_test", assets, "../../", Markdown(extensions=["tables"]).convert)


def png(width: int = 8, height: int = 4) -> str:
    """A plain picture as base64."""
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def shown(*bundles: dict[str, object], name: str = "a-cell") -> NotebookNode:
    """A code cell that displayed MIME bundles."""
    cell = new_code_cell("1 + 1", id=name)
    cell.outputs = [new_output("display_data", data=dict(bundle)) for bundle in bundles]
    return cell


def notebook(*cells: NotebookNode, **facts: object) -> NotebookNode:
    return new_notebook(cells=list(cells), metadata={"downhill": facts})


@pytest.fixture
def make() -> type:
    """The builders above, for tests that cannot import from a conftest."""
    return type("Make", (), {f.__name__: staticmethod(f) for f in (png, shown, notebook)})
