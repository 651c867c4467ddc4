"""Terms in prose, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from coursebuild.render.glossary import PAGE, Glossary, read
from coursebuild.render.problem import PageError

REPOSITORY = Path(__file__).parents[3]
SOURCE = """\
# Glossary

## G

### Gradient { #gradient data-forms="gradient, gradients" }

All slopes together.
In code, `w.grad` & more.

[Lesson 1](lessons/01_one.ipynb#here)

## L

### Learning rate { #learning-rate data-forms="learning rate" }

How far a [step](#step) goes.

[Lesson 1](lessons/01_one.ipynb#here)

### Rate { #rate data-forms="rate" }

So much per so much.

[Lesson 1](lessons/01_one.ipynb#here)

### ReLU { #relu data-forms="ReLU" }

A kink.

[Lesson 1](lessons/01_one.ipynb#here)
"""


@pytest.fixture
def glossary() -> Glossary:
    return Glossary(read(SOURCE))


def marked(glossary: Glossary, html: str, lesson: str = "01_one") -> list[str]:
    """Words that became links."""
    text = glossary.mark(html, lesson, "../../glossary/")[0]
    return [piece.split("</a>")[0].split(">")[1] for piece in text.split('class="term"')[1:]]


def test_the_first_use_in_a_lesson_leads_to_the_glossary(glossary: Glossary) -> None:
    html, any_term = glossary.mark("<p>A gradient, and gradients.</p>", "01_one", "../../glossary/")
    assert any_term
    assert html.startswith(
        '<p>A <a class="term" href="../../glossary/#gradient" aria-describedby="term-gradient">'
        "gradient</a>, and gradients.</p>"
    )
    assert marked(glossary, "<p>The gradient again.</p>") == []
    assert marked(glossary, "<p>The gradient again.</p>", "02_two") == ["gradient"]


def test_a_page_carries_the_explanations_of_its_terms_and_of_no_others(glossary: Glossary) -> None:
    html, _ = glossary.mark("<p>The gradient.</p>", "01_one", "")
    assert html.endswith(
        '<section class="terms" hidden data-search-exclude><span id="term-gradient">'
        "All slopes together. In code, <code>w.grad</code> &amp; more.</span></section>"
    )
    assert glossary.mark("<p>Nothing.</p>", "01_one", "") == ("<p>Nothing.</p>", False)


@pytest.mark.parametrize(
    "html",
    [
        "<h2>The gradient</h2>",
        "<pre><code>gradient</code></pre>",
        "<p><code>gradient</code></p>",
        '<p><a href="#x">the <em>gradient</em></a></p>',
        '<p><span class="arithmatex">\\(gradient\\)</span></p>',
        "<details><summary>gradient</summary><p>gradient</p></details>",
        "<table><tr><td>gradient</td></tr></table>",
        "<label>gradient</label>",
        '<p title="gradient"><!-- gradient --></p>',
    ],
)
def test_what_is_not_prose_stays_as_it_is(glossary: Glossary, html: str) -> None:
    assert glossary.mark(html, "01_one", "") == (html, False)


def test_the_longest_form_wins_and_parts_of_words_do_not_count(glossary: Glossary) -> None:
    assert marked(glossary, "<p>The learning rate.</p>") == ["learning rate"]
    assert marked(glossary, "<p>A rate-like thing, prorate, rates: a rate.</p>") == ["rate"]


def test_a_form_may_begin_a_sentence_or_run_over_a_line(glossary: Glossary) -> None:
    assert marked(glossary, "<p>Learning\nrate and <strong>Gradients</strong></p>") == [
        "Learning\nrate",
        "Gradients",
    ]


def test_a_name_with_capitals_is_found_only_as_it_is_written(glossary: Glossary) -> None:
    assert marked(glossary, "<p>relu, RELU.</p>") == []
    assert marked(glossary, "<p>ReLU.</p>") == ["ReLU"]


def test_elements_that_end_unsaid_do_not_hide_what_follows(glossary: Glossary) -> None:
    assert marked(glossary, "<ul><li><p><code>x</code><li>gradient</ul><p>rate") == [
        "gradient",
        "rate",
    ]


def test_an_entry_out_of_form_is_named(tmp_path: Path) -> None:
    with pytest.raises(PageError, match=r"not in form — docs/glossary.md, Gradient \{"):
        read(SOURCE.replace("[Lesson 1](lessons/01_one.ipynb#here)\n\n## L", "\n\n## L"))


def test_a_form_that_leads_to_two_terms_is_named() -> None:
    with pytest.raises(PageError, match="“rate” leads to Learning rate and to Rate"):
        read(SOURCE.replace('"learning rate"', '"learning rate, rate"'))


def test_the_courses_own_glossary_is_in_form_and_in_order() -> None:
    terms = read((REPOSITORY / "docs" / PAGE).read_text(encoding="utf-8"))
    names = [term.name.lower().replace("-", " ") for term in terms]
    assert len(names) >= 80
    assert names == sorted(names)
    assert len({term.anchor for term in terms}) == len(terms)
    assert not [t.name for t in terms if len(t.text) > 400]  # a tip, not a chapter


def test_a_course_without_a_glossary_has_none(tmp_path: Path) -> None:
    assert Glossary.load(tmp_path) is None
