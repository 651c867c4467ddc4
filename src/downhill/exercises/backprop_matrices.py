"""Lesson 05, E3: the backward passes of the matrix product and of broadcast addition."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from downhill.exercises import expect
from downhill.exercises.verdict import Hint, Slip, call, describe, exercise

Shapes = tuple[tuple[int, ...], tuple[int, ...]]

# Square first: there the shapes do not tell a wrong answer from a right one.
MATMUL_CASES: list[Shapes] = [
    ((3, 3), (3, 3)),
    ((6, 4), (4, 3)),
    ((1, 4), (4, 1)),
    ((5, 1), (1, 2)),
]
ADD_CASES: list[Shapes] = [
    ((6, 3), (3,)),
    ((6, 3), (6, 3)),
    ((4, 3), (1, 3)),
    ((4, 3), (4, 1)),
    ((3,), (6, 3)),
    ((5, 1), (1, 4)),
    ((4, 3), ()),
    ((2, 4, 3), (4, 1)),
]


def _normal(shape: Sequence[int], generator: torch.Generator) -> Tensor:
    return torch.randn(tuple(shape), generator=generator, dtype=torch.float64)


def task(shapes: Shapes, product: bool) -> tuple[Tensor, ...]:
    """(d_out, a, b, right d_a, right d_b) float64 for a @ b or a + b; the last two by autograd."""
    generator = torch.Generator().manual_seed(5)
    a, b = (_normal(shape, generator).requires_grad_() for shape in shapes)
    out = a @ b if product else a + b
    d_out = _normal(out.shape, generator)
    d_a, d_b = torch.autograd.grad(out, (a, b), d_out)
    return d_out, a.detach(), b.detach(), d_a, d_b


def _pair(value: Any, name: str) -> tuple[Tensor, Tensor]:
    """The answer as two tensors, else the Hint for its form."""
    if not isinstance(value, tuple | list) or len(value) != 2:
        raise Hint(
            f"{name} should give back two tensors, the slope for a and the slope for b; this is "
            f"{describe(value)}."
        )
    return expect.tensor(value[0], f"{name}, first,"), expect.tensor(value[1], f"{name}, second,")


MATMUL_SLIPS = [
    Slip(
        "no_transposes",
        lambda d_out, a, b: (d_out @ b, a @ d_out),
        "for square matrices the shapes fit and the numbers are wrong: one factor of each product "
        "must be turned over. Which one, so that [6, 4] @ [4, 3] works too?",
    ),
    Slip(
        "wrong_sides",
        lambda d_out, a, b: (b.T @ d_out, d_out @ a.T),
        "the right factors in the wrong order: the slope for a must have as many rows as a and as "
        "many columns as a. Try it with [6, 4] @ [4, 3].",
    ),
    Slip(
        "element_wise",
        lambda d_out, a, b: (d_out * b, a * d_out),
        "`*` multiplies number by number. Each number of a is used in several numbers of the "
        "product, so a sum is needed.",
    ),
    Slip(
        "swapped",
        lambda d_out, a, b: (a.T @ d_out, d_out @ b.T),
        "both slopes are right and stand in the wrong order: a's first.",
    ),
    Slip(
        "turned_over",
        lambda d_out, a, b: ((d_out @ b.T).T, (a.T @ d_out).T),
        "the slopes are turned over: for a of [6, 4] the slope must be [6, 4].",
    ),
    Slip(
        "without_d_out",
        lambda d_out, a, b: (torch.ones_like(d_out) @ b.T, a.T @ torch.ones_like(d_out)),
        "these are slopes of the sum of the product: what came in, d_out, is missing.",
    ),
]


def _first_rows(d_out: Tensor, x: Tensor) -> Tensor:
    while d_out.dim() > x.dim():
        d_out = d_out[0]
    return d_out


def _reduced(d_out: Tensor, x: Tensor, mean: bool) -> Tensor:
    """d_out brought to the shape of x, by sum or by mean over each axis that was stretched."""
    missing = d_out.dim() - x.dim()
    axes = [
        axis
        for axis in range(d_out.dim())
        if axis < missing or (x.shape[axis - missing] == 1 and d_out.shape[axis] > 1)
    ]
    if not axes:
        return d_out
    reduce = torch.mean if mean else torch.sum
    return reduce(d_out, axes, keepdim=True).reshape(x.shape)


ADD_SLIPS = [
    Slip(
        "mean",
        lambda d_out, a, b: (_reduced(d_out, a, True), _reduced(d_out, b, True)),
        "the bias gets the mean of the rows. Each row is a path of its own with local slope 1: do "
        "paths average?",
    ),
    Slip(
        "first_row",
        lambda d_out, a, b: (_first_rows(d_out, a), _first_rows(d_out, b)),
        "the bias gets the slope of the first row only; it was used in every row.",
    ),
    Slip(
        "values",
        lambda d_out, a, b: (b.expand_as(d_out) * d_out, _reduced(a * d_out, b, False)),
        "these are the slopes of a product. In a sum each part has local slope 1.",
    ),
]


@exercise("05.E3")
def check_matrices(matmul_backward: Any, add_backward: Any) -> str:
    """Each takes (d_out, a, b) and gives (d_a, d_b), of the shapes of a and b."""
    for shapes in MATMUL_CASES:
        d_out, a, b, *right = task(shapes, product=True)
        where = f"matmul_backward for {list(shapes[0])} @ {list(shapes[1])}"
        got = _pair(call(matmul_backward, d_out, a, b), "matmul_backward")
        _compare(where, got, right, MATMUL_SLIPS, (d_out, a, b))
    for shapes in ADD_CASES:
        d_out, a, b, *right = task(shapes, product=False)
        where = f"add_backward for {list(shapes[0])} + {list(shapes[1])}"
        got = _pair(call(add_backward, d_out, a, b), "add_backward")
        _compare(where, got, right, ADD_SLIPS, (d_out, a, b))
    cases = len(MATMUL_CASES) + len(ADD_CASES)
    return f"torch's slopes for all {cases} pairs of shapes, with and without broadcasting."


def _compare(
    where: str,
    got: tuple[Tensor, Tensor],
    right: Sequence[Tensor],
    slips: Sequence[Slip],
    inputs: tuple[Tensor, ...],
) -> None:
    if all(_close(ours, theirs) for ours, theirs in zip(got, right, strict=True)):
        return
    for slip in slips:
        try:
            wrong = slip.answer(*inputs)
        except RuntimeError:  # the slip does not fit these shapes
            continue
        if all(_close(ours, theirs) for ours, theirs in zip(got, wrong, strict=True)):
            raise Hint(slip.hint)
    for name, ours, theirs in zip("ab", got, right, strict=True):
        if ours.shape == theirs.shape:
            continue
        larger = ours.numel() > theirs.numel()
        advice = (
            " An axis that was stretched forwards is summed backwards."
            if larger and "+" in where
            else " A slope has the shape of the thing it belongs to."
        )
        raise Hint(
            f"{where}: the slope for {name} has shape {list(ours.shape)}, and {name} has "
            f"{list(theirs.shape)}.{advice}"
        )
    name = "a" if not _close(got[0], right[0]) else "b"
    raise Hint(
        f"{where}: the shapes are right, and the numbers of the slope for {name} are not. Write "
        f"down where one number of {name} is used, and add up over these places."
    )


def _close(a: Tensor, b: Tensor) -> bool:
    return a.shape == b.shape and torch.allclose(a.double(), b, atol=1e-6)
