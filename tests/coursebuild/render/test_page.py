"""Notebooks as Markdown."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell

from coursebuild.render.markup import finish
from coursebuild.render.outputs import Page
from coursebuild.render.page import draft


def code(source: str, *tags: str, output: str = "") -> NotebookNode:
    cell = new_code_cell(source, metadata={"tags": list(tags)})
    cell.outputs = [new_output("stream", text=output)] if output else []
    return cell


def text(page: Page, make: Any, *cells: NotebookNode) -> str:
    return draft(cells, page, "", "").markdown


def test_prose_stays_as_it_stands(page: Page, make: Any) -> None:
    assert text(page, make, new_markdown_cell("# A > b & c")) == "# A > b & c\n"


def test_code_is_fenced_by_more_than_it_holds(page: Page, make: Any) -> None:
    made = text(page, make, code('"""\n````\n"""'))
    assert made.startswith("````` { .python .nb-code }\n")


def test_an_output_waits_in_a_place(page: Page, make: Any) -> None:
    made = draft([code("print(1)", output="1\n")], page, "", "")
    assert "nb-stream" not in made.markdown
    assert "nb-stream" in made.fill(made.markdown)
    assert "data-search-exclude" in made.places[0]


def test_tags_hide_and_remove(page: Page, make: Any) -> None:
    assert "secret" not in text(page, make, code("secret", "remove-cell", output="secret"))
    assert "secret" not in text(page, make, code("secret", "hide-input"))
    assert "nb-place" not in text(page, make, code("x", "hide-output", output="y"))
    assert text(page, make, new_raw_cell("raw")) == "\n"


def test_a_solution_is_folded_and_the_stub_is_not(page: Page, make: Any) -> None:
    solution = text(page, make, code("answer = 42", "solution"))
    assert solution.startswith('<details class="solution" markdown="1"><summary>Solution')
    assert ".nb-exercise" in text(page, make, code("...", "exercise"))


def test_a_checkpoint_holds_markdown(page: Page, make: Any) -> None:
    cell = new_markdown_cell('<details class="checkpoint"><summary>`x`?</summary>\n\n**y**')
    made = text(page, make, cell)
    assert '<details class="checkpoint" markdown="1"><summary markdown="1">' in made


def test_links_to_pages_work_in_the_repository_and_on_the_site(page: Page, make: Any) -> None:
    assert text(page, make, new_markdown_cell("[run](../docs/run.md)")) == "[run](../run.md)\n"


def test_head_and_foot_frame_the_lesson(page: Page, make: Any) -> None:
    cell = new_markdown_cell("# Title\n\nText.")
    made = draft([cell], page, "<p>head</p>", "<p>foot</p>")
    filled = made.fill(made.markdown)
    assert filled.index("# Title") < filled.index("head") < filled.index("Text.")
    assert filled.rstrip().endswith("<p>foot</p>")


def test_outcomes_are_boxed_and_nothing_else_is(page: Page, make: Any) -> None:
    outcomes = "**After this lesson you can**\n\n- halve\n- double"
    made = text(page, make, new_markdown_cell(f"# Title\n\n{outcomes}\n\nText."))
    assert f'# Title\n\n<div class="outcomes" markdown="1">\n\n{outcomes}\n\n</div>\n' in made
    assert made.endswith("Text.\n")
    assert "outcomes" not in text(page, make, new_markdown_cell("**After this lesson you can** go"))


def test_a_prompt_is_told_from_a_quotation() -> None:
    quote = "<blockquote>\n<p><strong>{}</strong> What?</p>\n</blockquote>"
    assert finish(quote.format("Predict.")).startswith('<blockquote class="predict">')
    assert finish(quote.format("Note.")).startswith("<blockquote>")
