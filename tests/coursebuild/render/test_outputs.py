"""Outputs of cells as HTML."""

from __future__ import annotations

from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_output

from coursebuild.render.bundles import CLAIM, DEMO, EXERCISE, FIGURE, VIDEO
from coursebuild.render.outputs import PLACES, Page, render
from coursebuild.render.problem import PageError

HELD = {"text": "A *b* beats `c`", "state": "held", "measured": {"a < b": "0.97"}}


def test_stdout_and_stderr_are_one_text(page: Page) -> None:
    cell = new_code_cell()
    cell.outputs = [new_output("stream", name=n, text=f"{n}\n") for n in ("stdout", "stderr")]
    assert render(cell, page) == '<pre class="nb-stream" tabindex="0">stdout\nstderr</pre>'


def test_an_empty_text_shows_nothing(page: Page) -> None:
    cell = new_code_cell()
    cell.outputs = [new_output("stream", text="working\r\n \n")]
    assert "working" in render(cell, page)
    cell.outputs = [new_output("stream", text="50 %\r \n")]
    assert render(cell, page) == ""


def test_a_claim_is_a_tick_with_what_was_measured(page: Page, make: Any) -> None:
    made = render(make.shown({CLAIM: HELD}, {CLAIM: HELD}), page)
    assert 'id="claim-a-cell"' in made
    assert 'id="claim-a-cell-2"' in made
    assert "A <em>b</em> beats <code>c</code>" in made
    assert "<code>a &lt; b</code> = 0.97" in made


def test_what_was_measured_is_folded_and_holds_the_anchor(page: Page, make: Any) -> None:
    """Browsers unfold what a link leads into, not what it leads to."""
    made = render(make.shown({CLAIM: HELD}), page)
    assert made.startswith('<details class="claim claim-held"><summary>')
    assert '<p class="claim-value" id="claim-a-cell">Held in this run: ' in made


def test_a_claim_without_values_has_nothing_to_open(page: Page, make: Any) -> None:
    made = render(make.shown({CLAIM: HELD | {"measured": {}}}), page)
    assert made.startswith('<p class="claim claim-held" id="claim-a-cell">')


@pytest.mark.parametrize(("lines", "folds"), [(20, False), (22, False), (23, True), (400, True)])
def test_a_long_text_folds(lines: int, folds: bool, page: Page) -> None:
    cell = new_code_cell()
    cell.outputs = [new_output("stream", text="line\n" * lines)]
    made = render(cell, page)
    assert made.count("line\n") == lines - 1  # all of it is there
    assert (f"Show all {lines} lines" in made) == folds


@pytest.mark.parametrize(("rows", "folds"), [(15, False), (30, True)])
def test_a_long_table_folds(rows: int, folds: bool, page: Page, make: Any) -> None:
    head = "<table><thead><tr><th>n</th></tr></thead><tbody>"
    table = head + "<tr><td>1</td></tr>" * rows + "</tbody></table>"
    made = render(make.shown({"text/html": f"<p>before</p>{table}after"}), page)
    assert made.count("<tr>") == rows + 1
    assert (f"Show all {rows} rows" in made) == folds
    assert made.startswith("<p>before</p><div")
    assert made.endswith("after")


@pytest.mark.parametrize("on", PLACES)
def test_a_claim_that_is_checked_elsewhere_says_where(on: str, page: Page, make: Any) -> None:
    made = render(make.shown({CLAIM: HELD | {"state": "elsewhere", "on": on}}), page)
    assert f"checked on {PLACES[on]}" in made
    assert "claim-elsewhere" in made


def test_a_figure_without_alt_text_stops_the_build(page: Page, make: Any) -> None:
    for bundle in ({}, {FIGURE: {"alt": " "}}):
        cell = make.shown({"image/png": make.png(), **bundle}, name="bare-figure")
        with pytest.raises(PageError, match=r"alt text.*01_test.*bare-figure.*show\(alt"):
            render(cell, page)


def test_a_figure_becomes_a_file(page: Page, make: Any) -> None:
    made = render(make.shown({"image/png": make.png(), FIGURE: {"alt": "teal"}}), page)
    assert 'src="../../assets/made/' in made
    assert "base64" not in made


def test_a_video_is_taken_before_its_poster_and_before_the_html_for_jupyter(
    page: Page, make: Any
) -> None:
    film = {VIDEO: "AAAA", "image/png": make.png(), FIGURE: {"alt": "a line turns"}}
    made = render(make.shown(film | {"text/html": "<video src=data:></video>"}), page)
    assert made.startswith('<figure class="nb-fig"><video controls ')
    assert "data:" not in made
    assert "<img" not in made
    assert page.tables == 0


def test_a_video_without_alt_text_or_poster_stops_the_build(page: Page, make: Any) -> None:
    for bundle in ({"image/png": make.png()}, {FIGURE: {"alt": "a line turns"}}):
        with pytest.raises(PageError, match=r"01_test.*a-cell.*show_animation\(alt"):
            render(make.shown({VIDEO: "AAAA", **bundle}), page)


def test_a_demo_has_its_data_beside_it_and_a_still_picture_inside(page: Page, make: Any) -> None:
    demo = {"demo": "sweep", "alt": "a slope", "data": {"w": [1, 2]}}
    made = render(make.shown({DEMO: demo, "image/png": make.png()}), page)
    assert '<downhill-sweep data-src="../../assets/made/' in made
    assert 'alt="a slope"' in made
    assert page.demos == ["sweep"]
    assert [p.read_text() for p in page.assets.site.rglob("*.json")] == ['{"w":[1,2]}']


def test_a_demo_without_a_picture_has_its_text(page: Page, make: Any) -> None:
    demo = {"demo": "sweep", "alt": "a < b", "data": {}}
    assert "<p>a &lt; b</p>" in render(make.shown({DEMO: demo}), page)


def test_markdown_of_a_kernel_is_rendered_and_cleaned(page: Page, make: Any) -> None:
    made = render(make.shown({"text/markdown": "**7**<script>alert(1)</script>"}), page)
    assert "<strong>7</strong>" in made
    assert "alert" not in made


def test_the_richest_form_is_taken(page: Page, make: Any) -> None:
    made = render(make.shown({"text/html": "<b>x</b>", "text/plain": "x"}), page)
    assert made == "<b>x</b>"
    assert "arithmatex" in render(make.shown({"text/latex": "$x$", "text/plain": "x"}), page)
    assert "nb-result" in render(make.shown({"text/plain": "x"}), page)


def test_an_output_that_nothing_can_show_stops_the_build(page: Page, make: Any) -> None:
    with pytest.raises(PageError, match="application/x-strange"):
        render(make.shown({"application/x-strange": "?"}), page)


def test_an_exercise_says_whether_its_check_passes(page: Page, make: Any) -> None:
    passed = {"exercise": "01.E1", "passed": True, "hint": None}
    assert "passes for the solution" in render(make.shown({EXERCISE: passed}), page)
    failed = {"exercise": "01.E1", "passed": False, "hint": "try <b>"}
    assert "try &lt;b&gt;" in render(make.shown({EXERCISE: failed}), page)


def test_only_a_failure_that_is_meant_is_shown(page: Page) -> None:
    cell = new_code_cell("1 / 0", id="boom")
    cell.outputs = [
        new_output("error", ename="ZeroDivisionError", evalue="by zero", traceback=["a", "b"])
    ]
    with pytest.raises(PageError, match=r"ZeroDivisionError: by zero.*boom.*raises-exception"):
        render(cell, page)
    cell.metadata["tags"] = ["raises-exception"]
    made = render(cell, page)
    assert made.startswith('<details class="nb-error">')
    assert "a\nb" in made


@pytest.mark.parametrize("name", ["sweep><script>", "a b", "../x", "", "-x"])
def test_the_name_of_a_demo_becomes_no_markup(name: str, page: Page, make: Any) -> None:
    with pytest.raises(PageError, match="no name of a demo"):
        render(make.shown({DEMO: {"demo": name, "alt": "x", "data": {}}}), page)
