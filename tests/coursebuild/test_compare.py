from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from coursebuild.canonical import CLAIM, DEMO, FIGURE, canonical
from coursebuild.compare import compare_cell, differences
from coursebuild.difference import Change, Difference


def text(words: str, name: str = "stdout") -> NotebookNode:
    return new_output("stream", name=name, text=words)


def data(bundle: dict[str, Any]) -> NotebookNode:
    return new_output("display_data", data=bundle)


def code(*outputs: NotebookNode, source: str = "x", **metadata: Any) -> NotebookNode:
    return new_code_cell(
        source, id="cell", outputs=list(outputs), metadata=metadata, execution_count=1
    )


def notebook(*cells: NotebookNode) -> NotebookNode:
    return new_notebook(cells=list(cells))


def changes(stored: list[NotebookNode], came: list[NotebookNode], **kwargs: Any) -> list[Change]:
    return compare_cell(code(*stored, **kwargs), code(*came, **kwargs))[0]


def test_difference_names_lesson_heading_cell_and_both_values() -> None:
    prose = new_markdown_cell("# Digits\n\n## How far is a 3 from a 7?")
    [found] = differences(
        notebook(prose, code(text("accuracy 0.95"))),
        notebook(prose, code(text("accuracy 0.85"))),
        "01_mnist_basics",
    )
    assert str(found) == (
        "✗ 01_mnist_basics · How far is a 3 from a 7? · cell cell\n"
        "  stdout\n"
        "    stored  accuracy 0.95\n"
        "    came    accuracy 0.85\n"
        "    0.95 became 0.85: off by 0.1, allowed 0.000951 (relative 0.001, absolute 1e-06)"
    )


def test_prose_and_tags_are_not_compared() -> None:
    stored = notebook(new_markdown_cell("# New prose"), code(text("1"), tags=["check"]))
    assert differences(stored, notebook(code(text("1")))) == []


def test_stripped_lesson_cannot_be_compared() -> None:
    [found] = differences(notebook(code()), notebook(code(text("1"))), "01_a")
    assert (found.cell, found.changes[0].reasons) == ("", ("store them: course accept 01_a",))


def test_lesson_of_prose_alone_agrees() -> None:
    assert differences(notebook(new_markdown_cell("a")), notebook()) == []


def test_run_of_other_code_cannot_be_compared() -> None:
    stored, came = notebook(code(text("1"), source="y")), notebook(code(text("1")))
    [found] = differences(stored, came, "01_a")
    assert "other code" in found.changes[0].what


def test_provenance_that_names_other_code_is_believed() -> None:
    """An executed notebook whose cells were edited afterwards says nothing about them."""
    came = notebook(code(text("1")))
    came.metadata.downhill = {"provenance": {"code": "0" * 64}}
    [found] = differences(notebook(code(text("1"))), came)
    assert "other code" in found.changes[0].what


def test_output_in_the_middle_is_missed_where_it_was() -> None:
    row = [data({"text/plain": "a"}), text("b"), data({"text/plain": "c"})]
    [found] = changes(row, [row[0], row[2]])
    assert (found.what, found.stored) == ("stdout is missing", "b")
    [found] = changes([row[0], row[2]], row)
    assert (found.what, found.came) == ("stdout is new", "b")


def test_json_that_is_missing_or_new_in_a_bundle_is_told() -> None:
    plain, full = {"text/plain": "a"}, {"text/plain": "a", "application/json": [1]}
    [found] = changes([data(full)], [data(plain)])
    assert (found.what, found.stored) == ("application/json is missing", "[1]")
    [found] = changes([data(plain)], [data(full)])
    assert (found.what, found.came) == ("application/json is new", "[1]")


def test_claim_that_differs_is_named() -> None:
    before, after = ({CLAIM: {"text": "Loss falls", "state": s}} for s in ("held", "elsewhere"))
    [change] = changes([data(before)], [data(after)])
    assert change.what == "claim “Loss falls”"


def test_result_and_display_of_the_same_agree() -> None:
    result = new_output("execute_result", data={"text/plain": "1"}, execution_count=7)
    assert changes([data({"text/plain": "1"})], [result]) == []


def test_pictures_in_html_need_a_summary_too() -> None:
    for html in ("<svg></svg>", "<img src='data:image/png;base64,AAAA'>", ["<video>", "</video>"]):
        [found] = changes(*[[data({"text/html": html, "text/plain": "a"})]] * 2)
        assert found.what == "a picture without a numeric summary"
    linked = data({"text/html": "<img src='a.png'>", "text/plain": "a"})
    assert changes([linked], [linked]) == []


def test_picture_with_a_demo_needs_no_figure() -> None:
    shown = data({"image/png": "AAAA", DEMO: {"demo": "a", "data": {}}})
    assert changes([shown], [shown]) == []


def test_cells_tolerance_counts_for_figures_and_never_for_shapes() -> None:
    wide = {"downhill": {"tolerance": {"rel": 0.5}}}
    figure = [[data({FIGURE: {"max": value}})] for value in (1.0, 1.4)]
    assert changes(*figure, **wide) == []
    assert changes(*figure)
    shapes = [{"w": {"dtype": "int8", "shape": [n]}} for n in (9, 10)]
    assert changes(*[[data({DEMO: {"demo": "a", "data": shape}})] for shape in shapes], **wide)


def test_error_is_compared_by_its_name_and_last_line() -> None:
    def error(name: str, value: str) -> NotebookNode:
        return new_output("error", ename=name, evalue=value, traceback=["/home/ada/x"])

    meant = {"tags": ["raises-exception"]}
    first, same = error("ValueError", "in 3 tries\nno digit"), error("ValueError", "no digit")
    assert changes([first], [same], **meant) == []
    [found] = changes([first], [error("ValueError", "no letter")], **meant)
    assert (found.stored, found.came) == ("ValueError: no digit", "ValueError: no letter")
    [found] = changes([text("a")], [same])
    assert found.reasons == ("the cell raised; where that is meant, tag it raises-exception",)


def test_failure_meant_by_a_comment_is_meant() -> None:
    error = new_output("error", ename="E", evalue="v", traceback=[])
    assert changes([error], [error], source="# NBVAL_RAISES_EXCEPTION\nx") == []


def test_comment_wins_over_tag_as_in_nbval() -> None:
    ignored = {"tags": ["nbval-ignore-output"]}
    assert changes([text("a")], [text("b")], **ignored) == []
    assert changes([text("a")], [text("b")], source="# NBVAL_CHECK_OUTPUT\nx", **ignored)


def test_what_agrees_is_settled_as_it_is_stored() -> None:
    """So that nbval, which compares exactly, sees only what differs."""
    stored = code(text("0.5"), data({"text/plain": "a"}))
    came = code(text("0.5001"), data({"text/plain": "b"}))
    found, settled = compare_cell(stored, came)
    assert [change.what for change in found] == ["text/plain"]
    assert settled[0].text == "0.5"
    assert settled[1].data["text/plain"] == "b"


numbers = st.floats(-1e6, 1e6).map(lambda x: f"loss {x:.6f}")


@given(st.lists(numbers, min_size=1, max_size=4))
def test_every_run_agrees_with_its_own_stored_form(lines: list[str]) -> None:
    came = notebook(code(*[data({"text/plain": line}) for line in lines]))
    assert differences(canonical(came), came) == []


def test_difference_survives_the_way_between_processes() -> None:
    found = Difference("01_a", "cell", "A", (Change("stdout", "a", "b", ("c", "d")),))
    assert Difference.loads(found.dumps()) == found


def test_long_difference_shows_changed_lines_and_counts_the_rest() -> None:
    before = "\n".join(f"line {n}" for n in range(100))
    after = before.replace("line 50", "LINE 50")
    shown = str(Difference("a", "c", "", (Change("stdout", before, after, ("the text differs",)),)))
    assert "- line 50\n    + LINE 50" in shown
    assert "line 48" not in shown
    shown = str(Difference("a", "c", "", (Change("stdout", before, "x", ("r",) * 20),)))
    assert "… and 71 more lines" in shown
    assert "… and 8 more" in shown
    shown = str(Difference("a", "c", "", (Change("stdout", "x" * 300, "y"),)))
    assert "x" * 150 in shown
    assert "x" * 200 not in shown


def test_brackets_in_an_output_are_no_markup() -> None:
    shown = str(Difference("a", "c", "[bold]", (Change("stdout", "[red]1[/red]", "tensor([2])"),)))
    assert "[red]1[/red]" in shown
    assert "[bold]" in shown
