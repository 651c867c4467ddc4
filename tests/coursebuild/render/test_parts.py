"""Long lessons as several pages."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from coursebuild.render.parts import Part, anchors, headings, redirect, split


def prose(source: str, *tags: str) -> NotebookNode:
    return new_markdown_cell(source, metadata={"tags": list(tags)})


def lesson(make: Any) -> list[Part]:
    cells = (prose("# L"), prose("## 1. One"), prose("## 2. Two", "new-page"), prose("## More"))
    return split("01_l", make.notebook(*cells), "L")


def test_a_tag_begins_a_page_with_a_title_of_its_own(make: Any) -> None:
    first, second = lesson(make)
    assert (first.uri, second.uri) == ("lessons/01_l.ipynb", "lessons/01_l_2.ipynb")
    assert [part.title for part in (first, second)] == ["Part 1: One", "Part 2: Two"]
    assert second.cells[0].source == "# L, part 2"
    assert first.count == second.count == 2


def test_a_lesson_without_the_tag_is_one_page(make: Any) -> None:
    assert len(split("01_l", make.notebook(prose("# L", "new-page"), prose("x")), "L")) == 1


def test_links_find_the_page_that_a_heading_is_on(make: Any) -> None:
    first, second = lesson(make)
    pages = anchors((first, second))
    assert (
        redirect("[a](#2-two) [b](#1-one)", first, pages) == "[a](01_l_2.ipynb#2-two) [b](#1-one)"
    )
    assert redirect("[a](#1-one)", second, pages) == "[a](01_l.ipynb#1-one)"
    assert redirect("[a](01_l.ipynb#more)", second, pages) == "[a](#more)"
    assert redirect("[a](02_m.ipynb#x)", first, pages) == "[a](02_m.ipynb#x)"


def test_headings_are_found_as_markdown_sees_them() -> None:
    cell = prose("# A `b` *c*\n\n```sh\n# no heading\n```\n\n## Named { #mine }\n### D")
    assert headings([cell]) == [("A b c", "a-b-c"), ("Named", "mine"), ("D", "d")]
    assert headings([cell], level=2) == [("Named", "mine")]
