"""A module counts by what it does: other words change nothing, other code does."""

from __future__ import annotations

import pytest

from coursebuild.behaviour import asks_for_words, behaviour_digest

MODULE = '''"""What it is for."""

RATE = 0.1


class Optimiser:
    """Takes steps."""

    def step(self, slope):
        """One step downhill."""
        return -RATE * slope  # against the slope


async def wait():
    "Waits."
'''


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"""What it is for."""', '"""What else it is for."""'),
        ('"""What it is for."""\n', ""),
        ('"""Takes steps."""', '"""Takes many steps."""'),
        ('"""One step downhill."""', '"""One step down the hill."""'),
        ('"Waits."', '"Sleeps."'),
        ("  # against the slope", ""),
        ("RATE = 0.1\n", "RATE = 0.1\n\n\n# how far\n"),
        ("-RATE * slope", "(-RATE) * slope"),
    ],
)
def test_other_words_are_the_same_behaviour(old: str, new: str) -> None:
    assert old in MODULE
    edited = MODULE.replace(old, new)
    assert behaviour_digest(edited.encode()) == behaviour_digest(MODULE.encode())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("-RATE", "RATE"),
        ("0.1", "0.2"),
        ("0.1", "'0.1'"),
        ("def step", "def leap"),
        ("(self, slope)", "(self, slope=1)"),
        ("async def", "def"),
        ("return -RATE * slope", "'not a docstring'; return -RATE * slope; 'nor this'"),
    ],
)
def test_other_code_is_another_behaviour(old: str, new: str) -> None:
    assert old in MODULE
    edited = MODULE.replace(old, new)
    assert behaviour_digest(edited.encode()) != behaviour_digest(MODULE.encode())


@pytest.mark.parametrize("broken", [b"def f(:\n", b"x = '\xff'\n", b"x = 1\x00\n"])
def test_what_is_no_python_counts_by_its_bytes(broken: bytes) -> None:
    assert behaviour_digest(broken) != behaviour_digest(broken + b"\n")


@pytest.mark.parametrize(
    "cell", ["help(SGD)", "SGD?", "x = 1\nSGD.step??", "?SGD", "print(SGD.__doc__)"]
)
def test_a_cell_that_shows_docstrings_is_noticed(cell: str) -> None:
    assert asks_for_words(["x = 1", cell])


@pytest.mark.parametrize(
    "cell", ["print('why?')", "# why?", "x = {'a?': 1}", "helped(SGD)", "say(f'really? {x}')"]
)
def test_a_question_mark_in_text_asks_for_nothing(cell: str) -> None:
    assert not asks_for_words([cell])
