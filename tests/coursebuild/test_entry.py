"""An entry is read as it was written, or not at all."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursebuild.entry import Entry, digest, read_entry

ENTRY = Entry({"code:src/module.py": "abc", "list:lessons": "absent"}, digest(b"a result"))


def named(data: bytes) -> str:
    return f"{digest(data)}.json"


def test_entry_is_read_as_it_was_written() -> None:
    assert read_entry(ENTRY.name, ENTRY.dumps()) == ENTRY


@given(data=st.data())
def test_entry_with_any_byte_changed_is_none(data: st.DataObject) -> None:
    written = bytearray(ENTRY.dumps())
    place = data.draw(st.integers(0, len(written) - 1))
    written[place] ^= data.draw(st.integers(1, 255))
    assert read_entry(ENTRY.name, bytes(written)) is None


@given(length=st.integers(0, len(ENTRY.dumps()) - 1))
def test_entry_that_was_cut_short_is_none(length: int) -> None:
    assert read_entry(ENTRY.name, ENTRY.dumps()[:length]) is None


@pytest.mark.parametrize(
    "facts",
    [
        [],
        None,
        {"reads": {}},
        {"reads": [], "result": digest(b"")},
        {"reads": {"code:a.py": 1}, "result": digest(b"")},
        {"reads": {}, "result": "../../elsewhere"},
        {"reads": {}, "result": 7},
        {"reads": {}, "result": digest(b""), "more": 1},
    ],
)
def test_file_of_another_form_is_none_though_its_digest_is_right(facts: Any) -> None:
    data = json.dumps(facts, indent=1).encode()
    assert read_entry(named(data), data) is None


@pytest.mark.parametrize(
    ("read", "portable"),
    [
        ("code:src/module.py", True),
        ("data:course/mnist_sample", True),
        ("list:lessons", True),
        ("path:/home/somebody/x.csv", False),
        ("file:/etc/passwd", False),
        ("file:../secret", False),
        ("data:course/../../x", False),
        ("", False),
    ],
)
def test_only_what_lies_in_the_course_or_its_data_is_portable(read: str, portable: bool) -> None:
    assert Entry({read: "abc"}, digest(b"")).portable is portable
