"""llms.txt and what a lesson is in it."""

from __future__ import annotations

from nbformat.v4 import new_code_cell, new_markdown_cell

from coursebuild.render import llms

CELLS = [
    new_markdown_cell("# Two\n\n## 1. Why?\n\nProse."),
    new_code_cell("x = 1"),
    new_code_cell("plot()", metadata={"tags": ["hide-input"]}),
    new_code_cell("  "),
]


def test_a_lesson_is_its_prose_and_the_code_that_its_page_shows() -> None:
    assert llms.text(CELLS) == "# Two\n\n## 1. Why?\n\nProse.\n\n```python\nx = 1\n```"
    assert llms.outline(CELLS) == "Why?"
    assert llms.outline([]) == ""
