from __future__ import annotations

import io

from rich.console import Console

from coursebuild.difference import Change, Difference
from coursebuild.sidebyside import in_words, show
from coursebuild.tolerance import Tolerance

TABLE = "<table><tr><th>n</th><th>loss</th></tr><tr><td>0</td><td>0.5</td></tr></table>"


def shown(*changes: Change, colours: bool = False, width: int = 120) -> str:
    printed = io.StringIO()
    console = Console(
        file=printed,
        width=width,
        force_terminal=colours,
        color_system="standard" if colours else None,
    )
    show(Difference("01_a", "fit", "Training", changes), console)
    return printed.getvalue()


def test_lesson_heading_and_cell_come_first() -> None:
    first = shown(Change("stdout", "a", "b")).splitlines()[0]
    assert first.strip() == "✗ 01_a · Training · cell fit"


def test_both_sides_stand_in_one_row_with_the_miss() -> None:
    printed = shown(Change("stdout", "loss 0.5", "loss 0.7", ("…",), Tolerance()), width=160)
    [row] = [line for line in printed.splitlines() if "loss" in line]
    assert row.index("[-0.5-]") < row.index("{+0.7+}") < row.index("off by 0.2, allowed 0.000501")


def test_colours_mark_where_there_are_any() -> None:
    printed = shown(Change("stdout", "loss 0.5", "loss 0.7", ("…",)), colours=True)
    assert "[-" not in printed
    assert "\x1b[1;31m0.5" in printed
    assert "\x1b[1;32m0.7" in printed


def test_values_in_a_bundle_are_a_row_each() -> None:
    reasons = ("axes[0].title: 'a' became 'b'", "axes[0].lines is missing")
    printed = shown(Change("figure", reasons=reasons))
    assert "axes[0].title" in printed
    assert "'a'" in printed
    assert "axes[0].lines is missing" in printed


def test_only_rows_of_a_table_that_differ_are_shown() -> None:
    stored = TABLE.replace("</table>", "<tr><td>1</td><td>0.31</td></tr></table>")
    printed = shown(Change("text/html", stored, stored.replace("0.5", "0.9"), ("…",)))
    assert "[-0.5-] {+0.9+}" in printed
    assert "0.31" not in printed
    assert "1 row agrees" in printed


def test_plain_form_of_a_shown_output_is_not_said_twice() -> None:
    say = Change("text/markdown", "It is 5", "It is 6"), Change("text/plain", "It is 5", "It is 6")
    table = Change("text/html", TABLE, TABLE.replace("0.5", "0.6")), Change("text/plain", "x", "y")
    assert [c.what for c in in_words([*say, *table])] == ["text/markdown", "text/html"]
    claim = (
        Change("claim", reasons=("state: 'held' became 'failed'",)),
        Change("text/plain", "a", "b"),
    )
    assert list(in_words(claim)) == list(claim)


def test_long_difference_is_cut_and_counted() -> None:
    stored, came = ("".join(f"{word} {i}\n" for i in range(100)) for word in ("old", "new"))
    assert "… and 70 more rows" in shown(Change("stdout", stored, came))
    many = tuple(f"axes[{i}].n: 1 became 2" for i in range(20))
    assert "… and 8 more" in shown(Change("figure", reasons=many))


def test_brackets_of_an_output_are_no_markup() -> None:
    assert "[bold]x[/bold]" in shown(Change("stdout is new", came="[bold]x[/bold]"))


def test_what_to_do_is_said_too() -> None:
    do = "the cell raised; where that is meant, tag it raises-exception"
    assert do in shown(Change("error", came="ValueError: no", reasons=(do,)))
    assert "the text differs" not in shown(
        Change("stdout", "a", "b", ("the text differs",), Tolerance())
    )
