"""Lesson 06: E1 standardise each picture, E2 one-hot without a loop, E3 broadcasting by rule."""

from itertools import product
from typing import Any

import torch
from torch import Tensor

from downhill.exercises import expect
from downhill.exercises.verdict import Hint, Slip, call, describe, exercise

COLOURS = (0, 2, 3)  # axes that go away for one mean per colour
PICTURE = (1, 2, 3)  # for one mean per picture


def _standard(batch: Tensor, axes: tuple[int, ...]) -> Tensor:
    return (batch - batch.mean(axes, keepdim=True)) / batch.std(axes, keepdim=True)


STANDARD_SLIPS = [
    Slip(
        "each_colour_of_the_batch",
        lambda batch: _standard(batch, COLOURS),
        "this is the opening once more, a mean for each colour of the whole batch. Which axis has "
        "to stay, so that each picture keeps a mean of its own?",
    ),
    Slip(
        "whole_batch",
        lambda batch: (batch - batch.mean()) / batch.std(),
        "one mean for the whole batch: a dark picture stays darker than a bright one. Name the "
        "axes that shall go away.",
    ),
    Slip(
        "each_colour_of_each_picture",
        lambda batch: _standard(batch, (2, 3)),
        "each colour of each picture has a mean of its own, so a red picture loses its colour. "
        "The colours of a picture go together.",
    ),
    Slip(
        "no_spread",
        lambda batch: batch - batch.mean(PICTURE, keepdim=True),
        "the means are 0; the spread is not 1 yet.",
    ),
    Slip(
        "no_mean",
        lambda batch: batch / batch.std(PICTURE, keepdim=True),
        "the spread is 1; the means are not 0. What is taken away first?",
    ),
    Slip(
        "variance",
        lambda batch: (
            (batch - batch.mean(PICTURE, keepdim=True)) / batch.var(PICTURE, keepdim=True)
        ),
        "divided by the variance, which is the square of the spread.",
    ),
]


@exercise("06.E1")
def check_standardise(standardise: Any) -> str:
    """standardise(batch [n, 3, height, width]) → same shape, each picture mean 0, spread 1."""
    strength = torch.tensor([1.0, 3.0, 0.5, 2.0, 5.0])[:, None, None, None]
    tint = torch.tensor([0.0, 1.0, 4.0])[:, None, None]
    batch = torch.rand(5, 3, 8, 6) * strength + tint
    got = expect.tensor(call(standardise, batch), "standardise")
    if got.shape != batch.shape:
        raise Hint(
            f"the batch has shape {list(batch.shape)}, and standardise gave back {describe(got)}."
        )
    expect.same_values(
        got,
        _standard(batch, PICTURE),
        STANDARD_SLIPS,
        (batch,),
        otherwise="the numbers differ. Look at `got.mean((1, 2, 3))` and `got.std((1, 2, 3))` of "
        "your answer: one value for each picture, 0 and 1.",
    )
    return "five pictures of different brightness, and each has mean 0 and spread 1."


def _hot(labels: Tensor, n_classes: int) -> Tensor:
    return (labels[:, None] == torch.arange(n_classes)).float()


HOT_SLIPS = [
    Slip(
        "counts_from_one",
        lambda labels, n: (labels[:, None] == torch.arange(1, n + 1)).float(),
        "the ones stand one place too far to the left: classes count from 0.",
    ),
    Slip(
        "inverted",
        lambda labels, n: (labels[:, None] != torch.arange(n)).float(),
        "0 at the label and 1 elsewhere: the other way round.",
    ),
    Slip(
        "up_to_the_label",
        lambda labels, n: (labels[:, None] >= torch.arange(n)).float(),
        "each row has ones from its beginning up to the label; only the label's own place has one.",
    ),
]


@exercise("06.E2")
def check_one_hot(one_hot: Any) -> str:
    """one_hot(labels [n], n_classes) → [n, n_classes] float32, one 1 in each row."""
    labels, n_classes = torch.tensor([2, 0, 3, 3, 1, 2, 0]), 5  # no label is 4: it has its column
    got = expect.tensor(call(one_hot, labels, n_classes), "one_hot")
    if list(got.shape) == [n_classes, len(labels)]:
        raise Hint(
            "the table lies on its side: labels run along the second axis. Which one was "
            "to be the column, `labels[:, None]`, and which the row?"
        )
    if got.shape[-1:] == (4,):
        raise Hint(
            "there is no column for a class that no label has: how many columns does n_classes say?"
        )
    if got.shape != (len(labels), n_classes):
        raise Hint(
            f"for {len(labels)} labels and {n_classes} classes the shape is "
            f"[{len(labels)}, {n_classes}]; one_hot gave back {describe(got)}."
        )
    if got.dtype != torch.float32:
        raise Hint(f"one_hot gave back {describe(got)}; float32 was asked for.")
    expect.same_values(
        got,
        _hot(labels, n_classes),
        HOT_SLIPS,
        (labels, n_classes),
        otherwise="some ones are not where they should be: print the table for the labels 2, 0, 1.",
    )
    large = torch.arange(2000) % 50
    with expect.Watch() as watch:
        call(one_hot, large, 50)
    if watch.calls > 50:
        raise Hint(
            f"right, and with {watch.calls} torch calls for 2,000 labels: a loop. One comparison "
            "of a column with a row does them all."
        )
    return f"right for {len(large):,} labels, with {watch.calls} torch calls."


def _by_torch(a: list[int], b: list[int]) -> list[int] | None:
    try:
        return list(torch.broadcast_shapes(a, b))
    except RuntimeError:
        return None


def _aligned_left(a: list[int], b: list[int]) -> list[int] | None:
    rank = max(len(a), len(b))
    left = [*a, *[1] * (rank - len(a))], [*b, *[1] * (rank - len(b))]
    return _by_torch(*left)


def _pairs_only(a: list[int], b: list[int]) -> list[int] | None:
    """As zip without strict does: what is left over of the longer shape is forgotten."""
    common = min(len(a), len(b))
    return _by_torch(a[len(a) - common :], b[len(b) - common :])


def _equal_only(a: list[int], b: list[int]) -> list[int] | None:
    rank = max(len(a), len(b))
    a, b = [1] * (rank - len(a)) + a, [1] * (rank - len(b)) + b
    return a if all(i == j or j == 1 for i, j in zip(a, b, strict=True)) else None


def _larger(a: list[int], b: list[int]) -> list[int]:
    rank = max(len(a), len(b))
    a, b = [1] * (rank - len(a)) + a, [1] * (rank - len(b)) + b
    return [max(i, j) for i, j in zip(a, b, strict=True)]


def _max_of_lengths(a: list[int], b: list[int]) -> list[int] | None:
    return None if _by_torch(a, b) is None else _larger(a, b)


SHAPE_SLIPS = [
    Slip(
        "aligned_left",
        _aligned_left,
        "shapes are aligned at the right: the ones that are missing go in front.",
    ),
    Slip(
        "left_over_forgotten",
        _pairs_only,
        "the axes that only the longer shape has are forgotten: they stay.",
    ),
    Slip(
        "only_b_stretches",
        _equal_only,
        "a length of 1 is stretched in b but not in a: either can be the one.",
    ),
    Slip(
        "never_none",
        _larger,
        "the larger length is taken even where neither is 1: 3 against 5 does not fit.",
    ),
    Slip(
        "empty_axis",
        _max_of_lengths,
        "all right but for an axis of length 0: against it, a 1 becomes 0, not 1.",
    ),
]


@exercise("06.E3")
def check_broadcast_shape(broadcast_shape: Any) -> str:
    """broadcast_shape(a, b) → list or None, as torch.broadcast_shapes has it."""
    lengths = [list(shape) for rank in range(4) for shape in product((1, 3, 5), repeat=rank)]
    shapes = [*lengths, [0], [2, 0], [4, 1, 0]]
    pairs = list(product(shapes, repeat=2))
    got = []
    for a, b in pairs:
        first, second = list(a), list(b)
        result = _shape_or_none(broadcast_shape, first, second)
        if (first, second) != (a, b):
            raise Hint("the lists that were handed over are changed; work on new ones.")
        got.append(result)
    right = [_by_torch(a, b) for a, b in pairs]
    if got == right:
        return f"as torch has it, for {len(pairs):,} pairs of shapes."
    for slip in SHAPE_SLIPS:
        if got == [slip.answer(a, b) for a, b in pairs]:
            raise Hint(slip.hint)
    a, b, mine, theirs = next(
        (a, b, mine, theirs)
        for (a, b), mine, theirs in zip(pairs, got, right, strict=True)
        if mine != theirs
    )
    raise Hint(f"for {a} and {b} yours is {mine}, torch's is {theirs}.")


def _shape_or_none(function: Any, a: list[int], b: list[int]) -> list[int] | None:
    """The answer for one pair; `call` takes None for no answer, and here it is one."""
    if not callable(function):
        call(function)
    try:
        result = function(a, b)
    except Exception:
        call(function, a, b)  # says what was raised, and where
        raise
    if result is not None and not isinstance(result, list | tuple | torch.Size):
        raise Hint(f"a shape as a list was asked for; for {a} and {b} this is {describe(result)}.")
    return None if result is None else list(result)
