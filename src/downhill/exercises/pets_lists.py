"""Lesson 03, E7: the split that the makers of the data set published, read from its lists."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from downhill.exercises.verdict import Hint, Slip, call, describe, exercise

# In the form of annotations/list.txt: image, class from 1, species (1 cat, 2 dog), breed within it.
HEADER = """\
#Image CLASS-ID SPECIES BREED ID
#ID: 1:37 Class ids
#SPECIES: 1:Cat 2:Dog
"""
TRAINVAL = """\
Abyssinian_100 1 1 1
american_bulldog_12 2 2 1
american_bulldog_7 2 2 1
Bengal_31 3 1 2
saint_bernard_12 4 2 2
Sphynx_9 5 1 3
"""
TEST = """\
Abyssinian_2 1 1 1
american_bulldog_110 2 2 1
Bengal_4 3 1 2
saint_bernard_8 4 2 2
"""
NAMES = ["Abyssinian", "american_bulldog", "Bengal", "saint_bernard", "Sphynx"]

Row = tuple[str, int, bool]


def rows_of(text: str) -> list[Row]:
    """The right answer: (file name, class from 0, is it a cat) of each line that is no comment."""
    rows = []
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            image, number, species, _ = line.split()
            rows.append((f"{image}.jpg", int(number) - 1, species == "1"))
    return rows


def reading(change: Callable[[str, str, str, str], Row]) -> Callable[[str], list[Row]]:
    """A learner's function by change(image, class, species, breed), each of them text."""

    def read_list(text: str) -> list[Row]:
        lines = [line for line in text.splitlines() if line.strip() and line[0] != "#"]
        return [change(*line.split()) for line in lines]

    return read_list


SLIPS = [
    Slip(
        "no_ending",
        reading(lambda i, c, s, b: (i, int(c) - 1, s == "1")),
        "the lists name the picture without its ending, and the files have one: `.jpg`.",
    ),
    Slip(
        "from_one",
        reading(lambda i, c, s, b: (f"{i}.jpg", int(c), s == "1")),
        "the classes of the file begin with 1. torch counts columns from 0, and the last class "
        "would be out of range.",
    ),
    Slip(
        "class_as_text",
        reading(lambda i, c, s, b: (f"{i}.jpg", c, s == "1")),
        "the class is still text: make a number of it, from 0.",
    ),
    Slip(
        "breed_column",
        reading(lambda i, c, s, b: (f"{i}.jpg", int(b) - 1, s == "1")),
        "the last column counts breeds *within* cats and dogs, so that a cat and a dog share each "
        "number. The class is in the second.",
    ),
    Slip(
        "dogs",
        reading(lambda i, c, s, b: (f"{i}.jpg", int(c) - 1, s == "2")),
        "the third value is True for dogs. In the file 1 is a cat and 2 a dog.",
    ),
    Slip(
        "always_true",
        reading(lambda i, c, s, b: (f"{i}.jpg", int(c) - 1, bool(s))),
        "the third value is always True: every text that is not empty counts as true. Compare it.",
    ),
    Slip(
        "species_number",
        reading(lambda i, c, s, b: (f"{i}.jpg", int(c) - 1, int(s))),
        "the third value is 1 or 2; True for a cat and False for a dog is asked.",
    ),
]


@exercise("03.E7")
def check_lists(read_list: Any, class_names: Any, official_split: Any, folder: Any) -> str:
    """read_list(text) → rows, class_names(rows) → names, official_split(folder) → two lists."""
    text = HEADER + TRAINVAL + "\n"
    _same_rows(call(read_list, text), rows_of(text))
    everything = rows_of(HEADER + TRAINVAL + TEST)
    _same_names(call(class_names, everything), NAMES)
    _same_names(call(class_names, everything[::-1]), NAMES)
    with tempfile.TemporaryDirectory() as made:
        for name, lines in (
            ("list.txt", HEADER + TRAINVAL + TEST + "beagle_9 6 2 3\n"),
            ("trainval.txt", TRAINVAL),
            ("test.txt", TEST),
        ):
            (Path(made) / name).write_text(lines)
        train, test = _two_lists(call(official_split, Path(made)))
    right = tuple(sorted(row[0] for row in rows_of(lines)) for lines in (TRAINVAL, TEST))
    _same_split((train, test), right)
    if not (Path(folder) / "trainval.txt").is_file():
        return (
            "right on lists in the official form. There is no folder annotations beside these "
            "pictures; the full download has one."
        )
    train, test = _two_lists(call(official_split, Path(folder)))
    both = len(set(train) & set(test))
    return f"{len(train):,} pictures to train on, {len(test):,} to test on, {both} in both lists."


def _same_rows(got: Any, right: list[Row]) -> None:
    if not isinstance(got, list | tuple):
        raise Hint(f"read_list gives back a list of rows; this is {describe(got)}.")
    rows = [tuple(row) if isinstance(row, list | tuple) else row for row in got]
    if rows == right and all(type(row[2]) is bool for row in rows):
        return
    for slip in SLIPS:
        answer = slip.answer(HEADER + TRAINVAL)
        if rows == answer and [type(v) for v in rows[0]] == [type(v) for v in answer[0]]:
            raise Hint(slip.hint)
    if any("#" in str(row) for row in rows):
        raise Hint("lines that begin with # are notes, and no pictures: leave them out.")
    if len(rows) != len(right):
        raise Hint(
            f"{len(right)} pictures are listed, and you found {len(rows)}. An empty line is no "
            "picture; are the # lines skipped by their sign, and not by a fixed number?"
        )
    first = next((a, b) for a, b in zip(rows, right, strict=True) if a != b)
    raise Hint(f"for one line you have {first[0]!r}, and {first[1]!r} is meant.")


def _same_names(got: Any, right: list[str]) -> None:
    if not isinstance(got, list | tuple):
        raise Hint(f"class_names gives back a list of names; this is {describe(got)}.")
    if list(got) == right:
        return
    if list(got) == sorted(right):
        raise Hint(
            "`sorted` puts every capital before every small letter, so that all cats come first. "
            "The makers counted without regard to case: go by the class number of each row."
        )
    if len(got) != len(right):
        raise Hint(
            f"there are {len(right)} classes among the rows, and {len(got)} names came back."
        )
    if sorted(got) == sorted(right):
        raise Hint(
            "all names are there, and not in the order of their numbers: names[number] is meant to "
            "be the name. (A set has no order, and rows may come in any.)"
        )
    raise Hint(f"names such as {right[1]!r} are meant; yours begin with {list(got)[:2]}.")


def _two_lists(value: Any) -> tuple[list[str], list[str]]:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise Hint(f"official_split gives back two lists; this is {describe(value)}.")
    for part in value:
        if any(not isinstance(name, str) for name in part):
            raise Hint("official_split gives back file names, as text, in two lists.")
    return list(value[0]), list(value[1])


def _same_split(got: tuple[list[str], list[str]], right: tuple[list[str], ...]) -> None:
    train, test = (sorted(names) for names in got)
    if (train, test) == right:
        return
    if (train, test) == right[::-1]:
        raise Hint("the two lists have changed places: first those to train on, then the test set.")
    if len(train) + len(test) > len(right[0]) + len(right[1]):
        raise Hint("there are too many names: trainval.txt and test.txt are the two lists.")
    raise Hint(f"trainval.txt gives {right[0][:2]} …, and you have {train[:2]} …")
