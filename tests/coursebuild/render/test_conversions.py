"""What a page cost to make is kept under what it came from, and never trusted when damaged."""

from __future__ import annotations

from pathlib import Path

import pytest

from coursebuild.render.conversions import Conversions, Known


def test_a_value_is_found_under_what_it_came_from_only(tmp_path: Path) -> None:
    Conversions(tmp_path).keep("page", "lessons/01.ipynb", "abc", {"content": "ü"})
    later = Conversions(tmp_path)
    assert later.find("page", "lessons/01.ipynb", "abc") == {"content": "ü"}
    assert later.find("page", "lessons/01.ipynb", "abd") is None
    assert later.find("search", "lessons/01.ipynb", "abc") is None


def test_the_newest_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    kept = Conversions(tmp_path)
    for key in ("one", "two"):
        kept.keep("page", "index.md", key, key)
    assert kept.find("page", "index.md", "one") is None
    assert kept.find("page", "index.md", "two") == "two"
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


@pytest.mark.parametrize("damage", ["cut", "changed", "emptied", "binary"])
def test_a_damaged_value_is_none(tmp_path: Path, damage: str) -> None:
    kept = Conversions(tmp_path)
    kept.keep("page", "index.md", "key", ["a", "b"])
    (path,) = (path for path in tmp_path.rglob("*") if path.is_file())
    data = path.read_bytes()
    damaged = {"cut": data[:-1], "changed": data.replace(b'"b"', b'"c"'), "emptied": b""}
    path.write_bytes(damaged.get(damage, b"\xff\xfe\n\x00"))
    assert kept.find("page", "index.md", "key") is None


def test_what_this_process_knows_is_not_read_again(tmp_path: Path) -> None:
    known: Known = {}
    Conversions(tmp_path, known).keep("page", "index.md", "key", "value")
    for path in tmp_path.rglob("*.json"):
        path.unlink()
    assert Conversions(tmp_path, known).find("page", "index.md", "key") == "value"
    assert Conversions(tmp_path, known).find("page", "index.md", "other") is None
    assert Conversions(tmp_path).find("page", "index.md", "key") is None
