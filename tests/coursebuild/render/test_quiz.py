"""A lesson's cells with their checkpoints and questions marked for the script of the page."""

from __future__ import annotations

from typing import Any

import pytest
from markdown import Markdown
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from coursebuild.render.parts import Part, split
from coursebuild.render.problem import PageError
from coursebuild.render.quiz import asked, mark, question_id

RIGHT = '<details class="choice"><summary>1.</summary>\n\nRight.\n*Against* it.\n\n</details>'
WRONG = '<details class="choice"><summary>Up</summary>\n\nNot so: it goes down.\n\n</details>'
SOUND = f"Before.\n\n**Checkpoint.** Which way?\n\n{WRONG}\n\n{RIGHT}\n\nAfter."
ANSWER = '<details class="answer"><summary>{}</summary>\n\nA\n\n</details>'


def pages(make: Any, *cells: NotebookNode, starts: tuple[str, ...] = ()) -> list[Part]:
    return split("01_test", make.notebook(*cells), "Test", starts)


def prose(name: str, source: str) -> NotebookNode:
    return new_markdown_cell(source, id=name)


def marked(parts: list[Part]) -> list[str]:
    """Each page's Markdown."""
    everything = asked(parts)
    return ["\n\n".join(cell.source for cell in mark(part, everything)) for part in parts]


def test_a_checkpoint_and_its_choices_are_one_element_with_a_stable_id(make: Any) -> None:
    (page,) = marked(pages(make, prose("slopes", SOUND)))
    html = Markdown(extensions=["md_in_html"]).convert(page)
    assert html.startswith("<p>Before.</p>\n<div ")
    assert html.endswith("</div>\n<p>After.</p>")
    for part in (
        'id="quiz-slopes"',
        'aria-label="Checkpoint 1 of 1"',
        "<strong>Checkpoint 1.</strong> Which way?",
        '<details class="choice" data-verdict="wrong">\n<summary>Up</summary>',
        '<details class="choice" data-verdict="right">\n<summary>1.</summary>',  # and no list
        "<em>Against</em>",
        '<p class="quiz-note"',
    ):
        assert part in html, part


def test_checkpoints_are_numbered_through_the_lesson_and_know_their_page(make: Any) -> None:
    two = f"**Checkpoint.** Which?\n\n{WRONG}\n\n{RIGHT}"
    parts = pages(
        make, prose("a", f"{SOUND}\n\n{two}"), prose("b", "## B"), prose("c", two), starts=("b",)
    )
    assert asked(parts).checkpoints == {
        "quiz-a": "01_test",
        "quiz-a--2": "01_test",
        "quiz-c": "01_test_2",
    }
    first, second = marked(parts)
    assert "**Checkpoint 2.**" in first
    assert 'aria-label="Checkpoint 3 of 3"' in second


def test_questions_get_ids_from_their_words_and_one_score(make: Any) -> None:
    cells = [
        prose("questionnaire", "## Questionnaire\n\nAloud."),
        prose("one", "### One\n\n" + ANSWER.format("A?") + "\n\n" + ANSWER.format("B?")),
        new_code_cell("1", id="code"),
    ]
    parts = pages(make, *cells)
    (page,) = marked(parts)
    assert list(asked(parts).questions) == [question_id("A?"), question_id("B?")]
    assert page.count('id="question-') == 2
    assert page.count('id="self-test"') == 1
    assert page.index("Aloud.") < page.index("self-test") < page.index("### One")


def test_a_questionnaire_goes_on_over_the_end_of_a_page(make: Any) -> None:
    cells = [prose("q", "## Questionnaire\n\nAloud."), prose("one", ANSWER.format("A?"))]
    parts = pages(make, *cells, starts=("one",))
    assert asked(parts).questions == {question_id("A?"): "01_test_2"}
    assert 'id="question-' in marked(parts)[1]


def test_marking_leaves_the_notebook_as_it_is(make: Any) -> None:
    parts = pages(make, prose("a", SOUND))
    marked(parts)
    assert parts[0].cells[0].source == SOUND
    plain = pages(make, prose("a", "Only words."))
    assert mark(plain[0], asked(plain)) == plain[0].cells


def test_a_malformed_checkpoint_names_lesson_cell_line_and_what_to_do(make: Any) -> None:
    parts = pages(make, prose("slopes", SOUND.replace("Right.", "Not so:")))
    with pytest.raises(PageError) as caught:
        asked(parts)
    assert str(caught.value) == (
        "a checkpoint with no right answer — lessons/01_test.ipynb, cell slopes, line 3 — "
        "let exactly one begin with Right. and the others: Not so:"
    )


def test_a_question_that_is_asked_twice_is_named(make: Any) -> None:
    twice = prose("q", "## Questionnaire\n\n" + ANSWER.format("A?") + "\n\n" + ANSWER.format("A?"))
    with pytest.raises(PageError, match=r"“A\?” is asked twice.*cell q"):
        asked(pages(make, twice))
