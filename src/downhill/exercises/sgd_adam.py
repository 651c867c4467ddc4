"""Lesson 02, E2: Nesterov momentum and Adam, held against torch.optim."""

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor

from downhill.exercises.sgd_walks import MIXED, STEPS, Course, from_torch, same_walk, slipped
from downhill.exercises.verdict import Hint, Slip, exercise

# --- Nesterov --------------------------------------------------------------------------------


def _nesterov(ahead: Callable[..., Any], sign: int = 1) -> Callable[..., Any]:
    """An update along ahead(g, v_new, v_old, β)."""

    def update(g: Tensor, p: Tensor, s: Any, o: Any) -> Tensor:
        old, s.v = s.v, o.momentum * s.v + g
        return sign * o.lr * ahead(g, s.v, old, o.momentum)

    return update


NESTEROV_SLIPS = [
    Slip(
        "plain",
        slipped(_nesterov(lambda g, v, old, beta: v)),
        "this is plain momentum, without the look ahead; the gradient plus the *old* velocity, "
        "faded, comes to the same. Bring the velocity up to date, then use it once more together "
        "with the gradient.",
    ),
    Slip(
        "uphill",
        slipped(_nesterov(lambda g, v, old, beta: g + beta * v, sign=-1)),
        "it climbs: the loss grows with each step. Which way does the gradient point?",
    ),
    Slip(
        "no_gradient",
        slipped(_nesterov(lambda g, v, old, beta: beta * v)),
        "only the faded velocity moves the parameters; the gradient of this step is missing "
        "beside it.",
    ),
    Slip(
        "unfaded",
        slipped(_nesterov(lambda g, v, old, beta: g + v)),
        "the velocity does not fade when it looks ahead: it is multiplied by β there, as well.",
    ),
    Slip(
        "shared",
        slipped(_nesterov(lambda g, v, old, beta: g + beta * v), shared=True),
        "all parameters share one velocity; each needs its own.",
    ),
]

NESTEROV_COURSES = [
    Course({"lr": 0.1, "momentum": 0.9}),
    Course({"lr": 0.05, "momentum": 0.8}, lr_later=0.01, shapes=MIXED),
]

# --- Adam ------------------------------------------------------------------------------------


def _adam(
    step: Callable[..., Any],
    swapped: bool = False,
    summed: bool = False,
    power: int = 2,
    one_clock: bool = False,
) -> Callable[..., Any]:
    """An update by step(m, s, 1 - β₁ᵗ, 1 - β₂ᵗ, ε); the moments m, s hold the slip asked for."""

    def update(g: Tensor, p: Tensor, s: Any, o: Any) -> Tensor:
        b1, b2 = o.betas[:: -1 if swapped else 1]
        o.t += 1  # one clock for all parameters runs too fast
        s.t += 1
        t = o.t if one_clock else s.t
        s.m = b1 * s.m + (1.0 if summed else 1 - b1) * g
        s.s = b2 * s.s + (1.0 if summed else 1 - b2) * g.abs() ** power
        return o.lr * step(s.m, s.s, 1 - b1**t, 1 - b2**t, o.eps)

    return update


def _right(m: Tensor, s: Tensor, c1: float, c2: float, eps: float) -> Tensor:
    return (m / c1) / ((s / c2).sqrt() + eps)


ADAM_SLIPS = [
    Slip(
        "uncorrected",
        slipped(_adam(lambda m, s, c1, c2, eps: m / (s.sqrt() + eps))),
        "the bias correction is missing. Both averages start at zero and are too small at first; "
        "divide each by one minus its β to the power of the step's number.",
    ),
    Slip(
        "first_corrected",
        slipped(_adam(lambda m, s, c1, c2, eps: (m / c1) / (s.sqrt() + eps))),
        "the average of the gradients is corrected, the average of their squares is not.",
    ),
    Slip(
        "second_corrected",
        slipped(_adam(lambda m, s, c1, c2, eps: m / ((s / c2).sqrt() + eps))),
        "the average of the squares is corrected, the average of the gradients is not.",
    ),
    Slip(
        "multiplied",
        slipped(_adam(lambda m, s, c1, c2, eps: (m * c1) / ((s * c2).sqrt() + eps))),
        "the correction makes the averages smaller still. They are too small at first, and 1 − βᵗ "
        "is below 1: multiply or divide?",
    ),
    Slip(
        "no_root",
        slipped(_adam(lambda m, s, c1, c2, eps: (m / c1) / (s / c2 + eps))),
        "the step is divided by the mean *square*, where its root was meant: with it, a gradient "
        "ten times as large leaves the step's length as it is.",
    ),
    Slip(
        "eps_inside",
        slipped(_adam(lambda m, s, c1, c2, eps: (m / c1) / (s / c2 + eps).sqrt())),
        "ε stands under the root. It is added after the root is taken.",
    ),
    Slip(
        "eps_early",
        slipped(_adam(lambda m, s, c1, c2, eps: (m / c1) / ((s.sqrt() + eps) / c2**0.5))),
        "ε is divided by the correction, too. First correct, then take the root, then add ε.",
    ),
    Slip(
        "no_eps",
        slipped(_adam(lambda m, s, c1, c2, eps: _right(m, s, c1, c2, 0.0))),
        "ε is not used. It keeps the divisor above zero, and is a setting.",
    ),
    Slip(
        "no_squares",
        slipped(_adam(_right, power=1)),
        "the second average is one of sizes, not of squares.",
    ),
    Slip(
        "swapped",
        slipped(_adam(_right, swapped=True)),
        "the two β have changed places: the first is for the gradients, the second for the "
        "squares.",
    ),
    Slip(
        "summed",
        slipped(_adam(_right, summed=True)),
        "these are sums, not averages: in Adam the new gradient enters with the weight 1 − β, "
        "unlike in momentum.",
    ),
    Slip(
        "fast_clock",
        slipped(_adam(_right, one_clock=True)),
        "the step counter goes up once for every parameter. It counts calls of `step`.",
    ),
    Slip(
        "shared",
        slipped(_adam(_right), shared=True),
        "all parameters share their averages; each needs its own two.",
    ),
    Slip(
        "uphill",
        slipped(_adam(lambda *moments: -_right(*moments))),
        "it climbs: the loss grows with each step. Which way does the gradient point?",
    ),
]

ADAM_COURSES = [
    Course({"lr": 0.1, "betas": (0.8, 0.95), "eps": 0.05}),
    Course({"lr": 0.1}),
    Course({"lr": 0.1}, lr_later=0.01, shapes=MIXED),
]


@exercise("02.E2")
def check_nesterov_and_adam(Nesterov: Any, Adam: Any) -> str:
    """Classes: Nesterov(parameters, lr, momentum=0.9), Adam(parameters, lr, betas, eps), step()."""
    torchs = (partial(torch.optim.SGD, nesterov=True), torch.optim.Adam)
    for answer, name, right, courses, slips in zip(
        (Nesterov, Adam),
        ("Nesterov", "Adam"),
        torchs,
        (NESTEROV_COURSES, ADAM_COURSES),
        (NESTEROV_SLIPS, ADAM_SLIPS),
        strict=True,
    ):
        try:
            same_walk(answer, from_torch(right), courses, slips)
        except Hint as hint:
            raise Hint(f"{name}: {hint}") from hint
    return f"both give the numbers of torch.optim over {STEPS} steps, under several settings."
