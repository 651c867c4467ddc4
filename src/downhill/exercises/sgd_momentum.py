"""Lesson 02, E1: SGD with momentum and weight decay, held against torch.optim.SGD."""

from collections.abc import Callable
from typing import Any

import torch

from downhill.exercises import expect
from downhill.exercises.sgd_walks import (
    ALIKE,
    MIXED,
    STEPS,
    Course,
    attempt,
    bowl,
    close,
    flat,
    from_torch,
    parameters_of,
    same_walk,
    slipped,
)
from downhill.exercises.verdict import Hint, Slip, exercise


def _remember(g: Any, p: Any, s: Any, o: Any, scale: float = 1.0, decay: float = 1.0) -> Any:
    """v ← βv + scale · (g + decay · weight_decay · p), the memory s of one parameter."""
    s.v = o.momentum * s.v + scale * (g + decay * o.weight_decay * p)
    return s.v


MOMENTUM_SLIPS = [
    Slip(
        "uphill",
        slipped(lambda g, p, s, o: -o.lr * _remember(g, p, s, o)),
        "it climbs: the loss grows with each step. The gradient points uphill; which way do you "
        "want to go?",
    ),
    Slip(
        "no_memory",
        slipped(lambda g, p, s, o: o.lr * (g + o.weight_decay * p)),
        "this is plain gradient descent: each step forgets the one before. Is the new velocity "
        "kept where the next call of `step` finds it?",
    ),
    Slip(
        "averaged",
        slipped(lambda g, p, s, o: o.lr * _remember(g, p, s, o, scale=1 - o.momentum)),
        "your velocity is an average, with (1 − β) before the gradient. That is sound, and takes "
        "steps 1 − β times as long; torch's convention adds the whole gradient.",
    ),
    Slip(
        "both_shrunk",
        slipped(lambda g, p, s, o: o.lr * _remember(g, p, s, o, scale=o.momentum)),
        "the gradient of this very step is multiplied by β, too. Only the old velocity fades.",
    ),
    Slip(
        "shared",
        slipped(lambda g, p, s, o: o.lr * _remember(g, p, s, o), shared=True),
        "all parameters share one velocity, so the second moves by what the first remembers. Each "
        "needs its own: note that `[tensor] * n` is n times the same tensor.",
    ),
    Slip(
        "lr_in_velocity",
        slipped(lambda g, p, s, o: _remember(g, p, s, o, scale=o.lr)),
        "right as long as lr stays the same. Your velocity holds steps already multiplied by an "
        "earlier lr; torch multiplies by the lr of today when it moves.",
    ),
    Slip(
        "lr_frozen",
        slipped(lambda g, p, s, o: o.first_lr * _remember(g, p, s, o)),
        "it goes on with the lr of the beginning. A schedule sets `optimiser.lr` between steps: "
        "keep lr in that attribute, and read it in each step.",
    ),
    Slip(
        "no_decay",
        slipped(lambda g, p, s, o: o.lr * _remember(g, p, s, o, decay=0.0)),
        "right without weight decay, and with it nothing changes: `weight_decay` is not used yet.",
    ),
    Slip(
        "decay_adds",
        slipped(lambda g, p, s, o: o.lr * _remember(g, p, s, o, decay=-1.0)),
        "the decay has the wrong sign: it pushes the weights away from zero. It acts as a slope "
        "that rises with p.",
    ),
    Slip(
        "decay_apart",
        slipped(lambda g, p, s, o: o.lr * (_remember(g, p, s, o, decay=0.0) + o.weight_decay * p)),
        "you shrink the weights beside the velocity. That is *decoupled* decay, as in AdamW; in "
        "SGD the decay joins the gradient before the velocity takes it up.",
    ),
]

MOMENTUM_COURSES = [
    Course({"lr": 0.1, "momentum": 0.9}),
    Course({"lr": 0.1, "momentum": 0.9}, lr_later=0.02),
    Course({"lr": 0.1, "momentum": 0.9, "weight_decay": 0.5}),
    Course({"lr": 0.1}),  # no momentum unless asked for
    Course({"lr": 0.1, "momentum": 0.5, "weight_decay": 0.1}, shapes=MIXED),
]


@exercise("02.E1")
def check_momentum(Momentum: Any) -> str:
    """Class: Momentum(parameters, lr, momentum=0.0, weight_decay=0.0), step(), zero_grad()."""
    same_walk(Momentum, from_torch(torch.optim.SGD), MOMENTUM_COURSES, MOMENTUM_SLIPS)
    used, unused = parameters = parameters_of(ALIKE)
    optimiser = Momentum(parameters, lr=0.1, momentum=0.9, weight_decay=0.5)
    before = unused.detach().clone()
    bowl([used]).backward()  # nothing has reached the other one: its gradient is None
    advice = (
        "a parameter that the loss does not depend on has `p.grad` None. Leave it alone, as torch "
        "does: a frozen layer has such parameters."
    )
    try:
        attempt("step", optimiser.step)
    except Hint as hint:
        raise Hint(f"{advice} Here: {hint}") from None
    if not torch.equal(unused, before):
        raise Hint(f"{advice} Yours moved.")
    expect.stated(getattr(optimiser, "zero_grad", None), "zero_grad")
    where = used.detach().clone()
    attempt("zero_grad", optimiser.zero_grad)
    if used.grad is not None and used.grad.any():
        raise Hint("after `zero_grad()` there is still a gradient: it must be None or all zeros.")
    if not torch.equal(used, where):
        raise Hint("`zero_grad` moved the parameters: it is the gradients that it clears.")
    _memory_survives(Momentum)
    return (
        f"{len(MOMENTUM_COURSES)} runs of {STEPS} steps beside torch.optim.SGD, with and without "
        "momentum, decay and a schedule: the same numbers."
    )


def _memory_survives(make: Callable[..., Any]) -> None:
    """Hint if zero_grad() wipes the velocity, or leaves gradients that it shares."""
    ends = []
    for clear in (True, False):
        parameters = parameters_of(ALIKE)
        optimiser = make(parameters, lr=0.1, momentum=0.9)
        for _ in range(2):
            bowl(parameters).backward()
            attempt("step", optimiser.step)
            if clear:
                attempt("zero_grad", optimiser.zero_grad)
            else:
                for p in parameters:
                    p.grad = None
        ends.append(flat(parameters))
    if not close(*ends):
        raise Hint(
            "`zero_grad` clears the velocity as well, and with it all memory: either on purpose, "
            "or because velocity and gradient are one tensor."
        )
