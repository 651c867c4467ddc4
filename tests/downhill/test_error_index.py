"""The error index: what goes wrong on its page goes wrong so, and what is mended there runs."""

from __future__ import annotations

import contextlib
import io
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "errors.md"
ENTRY = re.compile(
    r"^### (?P<title>.+?) \{ #(?P<anchor>[\w-]+) \}\n(?P<body>.*?)(?=^##|\Z)",
    re.MULTILINE | re.DOTALL,
)
BLOCK = re.compile(
    r'^```(?:text|python)(?: title="(?P<title>[^"]+)")?\n(?P<code>.*?)^```$',
    re.MULTILINE | re.DOTALL,
)
ANY = "…"  # what changes from run to run


@dataclass(frozen=True)
class Entry:
    """One error of the page."""

    anchor: str
    blocks: dict[str, str]  # title of the block → its text

    @property
    def silent(self) -> bool:
        return "It prints" in self.blocks

    @property
    def sign(self) -> str:
        return self.blocks["It prints" if self.silent else "You see"].strip()


def entries(text: str) -> Iterator[Entry]:
    for found in ENTRY.finditer(text):
        blocks = {block["title"]: block["code"] for block in BLOCK.finditer(found["body"])}
        yield Entry(found["anchor"], blocks)


TEXT = PAGE.read_text(encoding="utf-8")
PREAMBLE = next(block["code"] for block in BLOCK.finditer(TEXT))
ENTRIES = list(entries(TEXT))


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def said(code: str) -> str:
    """What a learner sees after running the code: its prints, and the last line of a failure."""
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(PREAMBLE + code, {"__name__": "__main__"})
    except Exception as error:
        printed.write(f"{type(error).__name__}: {error}")
    return printed.getvalue().strip()


def agrees(sign: str, came: str) -> bool:
    pattern = ".*".join(re.escape(part) for part in sign.split(ANY))
    return re.match(pattern + r"(\n|\Z)", came, re.S) is not None


def test_every_heading_of_the_third_level_is_an_entry() -> None:
    assert len(ENTRIES) == len(re.findall(r"^### ", TEXT, re.M)) > 30
    for entry in ENTRIES:
        assert set(entry.blocks) == {
            "It prints" if entry.silent else "You see",
            "Goes wrong",
            "Mended",
        }, entry.anchor


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.anchor)
def test_the_error_is_reproduced_and_its_mend_runs_without_a_word(entry: Entry) -> None:
    came = said(entry.blocks["Goes wrong"])
    assert agrees(entry.sign, came), f"{came!r} instead of {entry.sign!r}"
    assert said(entry.blocks["Mended"]) == ""


def test_an_entry_of_another_message_is_caught() -> None:
    came = said("torch.arange(10).view(3, 3)")
    assert agrees("RuntimeError: shape … is invalid for input of size 10", came)
    assert not agrees("RuntimeError: shape … is invalid for input of size 9", came)
    assert not agrees("ValueError: shape … is invalid for input of size 10", came)
