"""The list of other libraries' names: each can be imported, and fastai's pages are its own."""

from __future__ import annotations

import importlib
import importlib.util
from pathlib import Path

import pytest

from coursebuild.render.codelinks import documentation

LISTED = documentation()


@pytest.fixture(scope="module", autouse=True)
def whole_fastai() -> None:
    """fastai's modules add methods to the classes of others."""
    importlib.import_module("fastai.vision.all")


@pytest.mark.parametrize("name", LISTED)
def test_a_listed_name_can_be_imported(name: str) -> None:
    parts = name.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            found = getattr(found, part)
        return
    pytest.fail(f"no module of {name} can be imported")


def test_the_pages_of_fastai_are_those_that_it_names_itself() -> None:
    """The package brings the index that its documentation is made with."""
    spec = importlib.util.find_spec("fastai._modidx")
    assert spec
    assert spec.origin
    index = importlib.import_module("fastai._modidx").d
    assert Path(spec.origin).name == "_modidx.py"
    host = index["settings"]["doc_host"] + index["settings"]["doc_baseurl"]
    known = {host + page for names in index["syms"].values() for page, _ in names.values()}
    wrong = {n: u for n, u in LISTED.items() if n.startswith("fastai.") and u not in known}
    assert not wrong
