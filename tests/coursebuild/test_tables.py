from __future__ import annotations

from coursebuild.difference import Change
from coursebuild.tables import CellPair, beside, compared
from coursebuild.tolerance import Tolerance

DEFAULT = Tolerance()
HTML = (
    "<p>Each epoch</p><table><thead><tr><th>epoch</th><th>loss</th></tr></thead>"
    "<tbody><tr><td>0</td><td>0.50</td></tr><tr><td>1</td><td>0.25</td></tr></tbody></table>"
)
MARKDOWN = "Each epoch\n\n| epoch | loss |\n| --- | ---: |\n| 0 | 0.50 |\n| 1 | 0.25 |\n"


def test_tables_of_both_kinds_are_compared_cell_by_cell() -> None:
    for kind, text in (("text/html", HTML), ("text/markdown", MARKDOWN)):
        found = compared(Change(kind, text, text.replace("0.25", "0.75")))
        assert found is not None
        [table], _ = found
        assert table.changed == [2]
        [epoch, loss] = table.rows[2]
        assert epoch.agrees
        assert (loss.stored, loss.came) == ("0.25", "0.75")
        assert "off by 0.5" in loss.misses[0]


def test_number_within_its_tolerance_agrees() -> None:
    found = compared(Change("text/html", HTML, HTML.replace("0.25", "0.2500001")))
    assert found is not None
    assert found[0][0].changed == []


def test_row_that_is_new_moves_no_other() -> None:
    table = beside([["", "loss"], ["b", "2"]], [["", "loss"], ["a", "1"], ["b", "2"]], DEFAULT)
    assert table.rows[1] == (CellPair(None, "a"), CellPair(None, "1"))
    assert table.changed == [1]


def test_column_that_is_gone_moves_no_other() -> None:
    table = beside([["n", "x", "y"], ["1", "2", "3"]], [["n", "y"], ["1", "3"]], DEFAULT)
    assert [cell.agrees for cell in table.rows[1]] == [True, False, True]
    assert table.rows[0][1] == CellPair("x", None)


def test_words_around_a_table_are_compared_as_words() -> None:
    new = MARKDOWN.replace("Each", "Every")
    found = compared(Change("text/markdown", MARKDOWN, new))
    assert found is not None
    assert (found[1].stored.split()[0], found[1].came.split()[0]) == ("Each", "Every")
    same = compared(Change("text/markdown", MARKDOWN, MARKDOWN.replace("0.25", "0.75")))
    assert same is not None
    assert (same[1].stored, same[1].came) == ("", "")


def test_other_outputs_have_no_tables() -> None:
    assert compared(Change("stdout", MARKDOWN, MARKDOWN)) is None
    assert compared(Change("text/html", "<p>one</p>", "<p>two</p>")) is None
    assert compared(Change("text/html", HTML, "<p>two</p>")) is None


def test_ragged_table_is_compared_as_far_as_it_goes() -> None:
    table = beside([["a", "b"], ["1"]], [["a", "b"], ["1", "2"]], DEFAULT)
    assert table.rows[1][1] == CellPair(None, "2")
