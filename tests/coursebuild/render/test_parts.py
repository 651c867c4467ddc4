"""Long lessons as several pages."""

from __future__ import annotations

from typing import Any

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from coursebuild.render.parts import Part, anchors, headings, lead, redirect, split
from coursebuild.render.problem import PageError


def prose(source: str, name: str = "prose") -> NotebookNode:
    return new_markdown_cell(source, id=name)


def lesson(make: Any) -> list[Part]:
    sources = {"title": "# L", "one": "## 1. One", "two": "## 2. Two", "more": "## More"}
    cells = (prose(source, name) for name, source in sources.items())
    return split("01_l", make.notebook(*cells), "L", ["two"])


def test_a_named_cell_begins_a_page_with_a_title_of_its_own(make: Any) -> None:
    first, second = lesson(make)
    assert (first.uri, second.uri) == ("lessons/01_l.ipynb", "lessons/01_l_2.ipynb")
    assert [part.title for part in (first, second)] == ["Part 1: One", "Part 2: Two"]
    assert second.cells[0].source == "# L, part 2"
    assert first.count == second.count == 2


def test_a_lesson_is_one_page_unless_told_otherwise(make: Any) -> None:
    book = make.notebook(prose("# L", "title"), prose("x"))
    assert len(split("01_l", book, "L")) == len(split("01_l", book, "L", ["title"])) == 1


def test_a_cell_that_is_not_there_is_named(make: Any) -> None:
    with pytest.raises(PageError, match=r"gone.*01_l"):
        split("01_l", make.notebook(prose("# L")), "L", ["gone"])


def test_links_find_the_page_that_a_heading_is_on(make: Any) -> None:
    first, second = lesson(make)
    pages = anchors((first, second))
    assert (
        redirect("[a](#2-two) [b](#1-one)", first, pages) == "[a](01_l_2.ipynb#2-two) [b](#1-one)"
    )
    assert redirect("[a](#1-one)", second, pages) == "[a](01_l.ipynb#1-one)"
    assert redirect("[a](01_l.ipynb#more)", second, pages) == "[a](#more)"
    assert redirect("[a](02_m.ipynb#x)", first, pages) == "[a](02_m.ipynb#x)"


def test_links_to_the_hundredth_lesson_find_its_page_too(make: Any) -> None:
    sources = {"title": "# L", "two": "## 2. Two"}
    cells = [prose(source, name) for name, source in sources.items()]
    pages = anchors(split("100_l", make.notebook(*cells), "L", ["two"]))
    (here,) = split("02_m", make.notebook(prose("# M")), "M")
    assert redirect("[a](100_l.ipynb#2-two)", here, pages) == "[a](100_l_2.ipynb#2-two)"
    assert lead("[a](lessons/100_l.ipynb#2-two)", pages) == "[a](lessons/100_l_2.ipynb#2-two)"


def test_headings_are_found_as_markdown_sees_them() -> None:
    cell = prose("# A `b` *c*\n\n```sh\n# no heading\n```\n\n## Named { #mine }\n### D")
    assert headings([cell]) == [("A b c", "a-b-c"), ("Named", "mine"), ("D", "d")]
    assert headings([cell], level=2) == [("Named", "mine")]
