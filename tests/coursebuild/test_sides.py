from __future__ import annotations

from coursebuild.difference import Change
from coursebuild.sides import MOST_LINES, Miss, Piece, Row, lines, misses, pairs, rows, words
from coursebuild.tolerance import Tolerance

DEFAULT = Tolerance()


def other(pieces: tuple[Piece, ...]) -> list[str]:
    return [piece.text for piece in pieces if piece.state == "other"]


def test_only_the_word_that_differs_is_marked() -> None:
    stored, came = words("the loss falls fast", "the loss falls slowly", DEFAULT)
    assert stored == (Piece("the loss falls "), Piece("fast", "other"))
    assert came == (Piece("the loss falls "), Piece("slowly", "other"))


def test_words_beside_each_other_are_one_piece() -> None:
    stored, _ = words("one two three", "four five", DEFAULT)
    assert other(stored) == ["one two three"]


def test_number_within_its_tolerance_is_near_and_one_beyond_is_other() -> None:
    stored, came = words("loss 0.5000 acc 0.9", "loss 0.5001 acc 0.8", DEFAULT)
    assert [(p.text, p.state) for p in came if p.state != "same"] == [
        ("0.5001", "near"),
        ("0.8", "other"),
    ]
    assert other(stored) == ["0.9"]


def test_number_belongs_to_the_one_in_its_place_and_not_to_an_equal_one() -> None:
    stored, came = words("1 2 3", "2 3 4", DEFAULT)
    assert "".join(other(stored)).split() == ["1", "2", "3"]
    assert "".join(other(came)).split() == ["2", "3", "4"]


def test_pieces_together_are_the_line() -> None:
    line, new = "  epoch\t0  loss: 1e-3 (ok)", "  epoch\t1  loss: 2e-3  (bad)"
    stored, came = words(line, new, DEFAULT)
    assert ("".join(p.text for p in stored), "".join(p.text for p in came)) == (line, new)


def test_lines_of_the_same_words_stand_beside_each_other() -> None:
    found = lines("epoch 0\nloss 0.5\n", "epoch 0\nnew line\nloss 0.7\n", DEFAULT)
    assert [
        ("".join(p.text for p in row.stored), "".join(p.text for p in row.came)) for row in found
    ] == [
        ("epoch 0", "epoch 0"),
        ("", "new line"),
        ("loss 0.5", "loss 0.7"),
    ]


def test_row_says_by_how_much_its_number_misses() -> None:
    [row] = rows(Change("stdout", "loss 0.5", "loss 0.7", (), DEFAULT))
    assert row.misses == ("off by 0.2, allowed 0.000501 (relative 0.001, absolute 1e-06)",)


def test_two_numbers_of_a_row_are_told_apart() -> None:
    [row] = lines("0.5 and 0.6", "0.7 and 0.8", DEFAULT)
    assert [miss.split(":")[0] for miss in row.misses] == ["0.5 became 0.7", "0.6 became 0.8"]


def test_cells_own_tolerance_decides() -> None:
    stored, came = "a 1.0\nb 1.0", "a 1.1\nb 9.0"
    [gap, row] = lines(stored, came, Tolerance(rel=0.2))[-2:]
    assert (gap.misses, gap.skipped) == ((), 0)
    assert len(row.misses) == 1


def test_lines_far_from_a_difference_are_counted() -> None:
    same = "".join(f"line {i}\n" for i in range(10))
    found = lines(f"{same}old\n{same}", f"{same}new\n{same}", DEFAULT)
    assert [row.skipped for row in found] == [9, 0, 0, 0, 9]


def test_output_without_end_is_cut_and_its_rest_counted() -> None:
    found = lines("short", "".join(f"line {i % 7}\n" for i in range(200_000)), DEFAULT)
    assert len(found) == MOST_LINES + 1
    assert found[-1].came[0].text == f"… and {200_000 - MOST_LINES} more lines, not shown"


def test_line_without_end_is_marked_as_a_whole() -> None:
    [row] = lines("a b " * 5_000 + ".", "b a " * 5_001 + ".", DEFAULT)
    assert [(piece.state, len(piece.text)) for piece in row.came] == [("other", 20_005)]


def test_index_without_partner_has_none() -> None:
    assert pairs(["a", "b"], ["a"]) == [(0, 0), (1, None)]
    assert pairs([], ["a"]) == [(None, 0)]


def test_reason_of_a_bundle_is_told_in_columns() -> None:
    reasons = (
        "axes[0].lines[0].mean: 0.5 became 0.6: off by 0.1, allowed 0.0005",
        "axes[0].title: 'Loss: train' became 'Loss'",
        "axes[1] is missing",
    )
    assert misses(Change("figure", reasons=reasons)) == [
        Miss("axes[0].lines[0].mean", "0.5", "0.6", "off by 0.1, allowed 0.0005"),
        Miss("axes[0].title", "'Loss: train'", "'Loss'"),
        Miss("axes[1] is missing"),
    ]


def test_empty_side_is_no_line() -> None:
    assert lines("", "new", DEFAULT)[-1] == Row(came=(Piece("new", "other"),))
