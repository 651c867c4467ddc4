"""Lesson 02, E3: the gradient of a large batch, gathered from parts that fit into memory."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - the name everybody gives it
from torch import Tensor, nn

from downhill.exercises.verdict import Hint, Slip, call, describe, exercise


@dataclass(frozen=True)
class Case:
    """A batch of n items in parts of `size`; stale: gradients of an earlier step are left over."""

    n: int
    size: int
    stale: bool = False


CASES = (Case(12, 4), Case(10, 4), Case(3, 5), Case(10, 4, stale=True))


@dataclass(frozen=True)
class Result:
    """Flat gradients [numbers], the loss that was given back, and how many items each call had."""

    gradient: Tensor
    loss: Any
    rows: list[int]


def task(case: Case) -> tuple[nn.Module, Tensor, Tensor]:
    """A small network, x [n, 3] and y [n, 1], the same each time; targets grow along the batch."""
    torch.manual_seed(case.n)
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))
    if case.stale:
        for p in model.parameters():
            p.grad = torch.ones_like(p)
    return model, torch.randn(case.n, 3), torch.linspace(0.0, 4.0, case.n)[:, None] ** 2


def run(answer: Any, case: Case) -> Result:
    """What the function leaves behind for this case."""
    model, x, y = task(case)
    before = [p.detach().clone() for p in model.parameters()]
    rows: list[int] = []
    watch = model.register_forward_pre_hook(lambda _, inputs: rows.append(len(inputs[0])))
    loss = call(answer, model, x, y, F.mse_loss, case.size)
    watch.remove()
    if any(not torch.equal(p, old) for p, old in zip(model.parameters(), before, strict=True)):
        raise Hint(
            "the parameters moved. Here only the gradient is gathered; the step comes after, once "
            "for the whole batch."
        )
    if any(p.grad is None for p in model.parameters()):
        raise Hint(
            "some parameters have no gradient afterwards: it is to be left in `p.grad`, as "
            "backward() leaves it."
        )
    gradient = torch.cat([p.grad.flatten() for p in model.parameters()])
    return Result(gradient, loss, rows)


def gathered(
    weight: Callable[[int, int, int], float],
    keep: Callable[[int, int, int], bool] = lambda i, b, parts: True,
    clear_first: bool = True,
) -> Callable[..., float]:
    """A learner's function: weight(b, n, parts) for a part of b items; keep(i, b, parts) adds it.

    The loss that it gives back is right, whatever the gradient is.
    """

    def accumulate_gradients(model: Any, x: Any, y: Any, loss_func: Any, size: int) -> float:
        if clear_first:
            model.zero_grad()
        pieces = list(zip(x.split(size), y.split(size), strict=True))
        total = 0.0
        for i, (xb, yb) in enumerate(pieces):
            loss = loss_func(model(xb), yb)
            total += loss.item() * len(xb) / len(x)
            if keep(i, len(xb), len(pieces)):
                (loss * weight(len(xb), len(x), len(pieces))).backward()
        return total

    return accumulate_gradients


def _at_once(model: Any, x: Any, y: Any, loss_func: Any, size: int) -> float:
    """What the parts should add up to."""
    model.zero_grad()
    loss = loss_func(model(x), y)
    loss.backward()
    return loss.item()


def _share(b: int, n: int, parts: int) -> float:
    return b / n


GRADIENT_SLIPS = [
    Slip(
        "unscaled",
        gathered(lambda b, n, parts: 1.0),
        "the gradients of the parts add up, unscaled: with twice as many parts the step would be "
        "twice as long. What share of the whole mean does one part hold?",
    ),
    Slip(
        "by_parts",
        gathered(lambda b, n, parts: 1 / parts),
        "right when all parts are of one size. Here the last part is shorter, and dividing by the "
        "number of parts gives its items more weight than the others. Weigh by items.",
    ),
    Slip(
        "by_size",
        gathered(lambda b, n, parts: b),
        "this is the gradient of the *sum* of the losses: too long by the number of items.",
    ),
    Slip(
        "summed_over_parts",
        gathered(lambda b, n, parts: b / parts),
        "each part's sum is divided by the number of parts: divide by the number of items.",
    ),
    Slip(
        "by_full_size",
        gathered(lambda b, n, parts: 1 / n),
        "each part's *mean* is divided by the number of all items, though a part stands for as "
        "many as it holds.",
    ),
    Slip(
        "last_part_only",
        gathered(_share, keep=lambda i, b, parts: i == parts - 1),
        "only the last part is left. Clear the gradients once, before the first part, and not "
        "between them: that they add up is what you want here.",
    ),
    Slip(
        "last_part_unscaled",
        gathered(lambda b, n, parts: 1.0, keep=lambda i, b, parts: i == parts - 1),
        "only the last part is left. Clear the gradients once, before the first part, and then "
        "let them add up, each with its share.",
    ),
    Slip(
        "first_part_only",
        gathered(_share, keep=lambda i, b, parts: i == 0),
        "only the first part counts: does the loop go on to the end of the batch?",
    ),
    Slip(
        "short_part_lost",
        gathered(_share, keep=lambda i, b, parts: i == 0 or i < parts - 1),
        "the last part is missing: its items belong to the batch, too.",
    ),
    Slip(
        "short_part_dropped",
        gathered(
            lambda b, n, parts: 1 / max(1, parts - 1),
            keep=lambda i, b, parts: i == 0 or i < parts - 1,
        ),
        "the last part is dropped, and the others share its weight: its items belong to the batch.",
    ),
    Slip(
        "stale",
        gathered(_share, clear_first=False),
        "what an earlier step left in `.grad` is still in the result. Clear it, once, before the "
        "first part.",
    ),
]


@exercise("02.E3")
def check_accumulation(accumulate_gradients: Any) -> str:
    """accumulate_gradients(model, x, y, loss_func, size) → mean loss; leaves the gradient."""
    for case in CASES:
        got = run(accumulate_gradients, case)
        right = run(_at_once, case)
        asked = f"{case.n} items in parts of {case.size}"
        if max(got.rows, default=0) > case.size:
            raise Hint(
                f"{asked}: the model was given {max(got.rows)} items at once. It must not see more "
                f"than {case.size}, for more would not fit into memory."
            )
        if not _close(got.gradient, right.gradient):
            for slip in GRADIENT_SLIPS:
                if _close(got.gradient, run(slip.answer, case).gradient):
                    raise Hint(f"{asked}: {slip.hint}")
            ratio = (got.gradient.norm() / right.gradient.norm()).item()
            raise Hint(
                f"{asked}: the gradient differs from that of the whole batch; it is {ratio:.2f} "
                "times as long. Take two parts of one item each and write both out."
            )
        if sum(got.rows) > case.n:
            raise Hint(
                f"{asked}: the gradient is right, and the model was run on {sum(got.rows)} items. "
                "Each item needs one pass: the loss comes with it."
            )
        _loss(got.loss, right.loss, case)
    return f"{len(CASES)} batches, short parts among them: the gradient of the whole, each time."


def _loss(value: Any, right: float, case: Case) -> None:
    """Hint unless value is the mean loss of the batch, as a number."""
    if isinstance(value, Tensor) and value.requires_grad:
        raise Hint(
            "the loss that you give back still carries its graph, and the graph holds the "
            "activations of every part: the memory you wanted to save. Make a number of it."
        )
    if isinstance(value, Tensor) and value.numel() == 1:
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, float | int):
        raise Hint(f"give back the mean loss as one number; this is {describe(value)}.")
    if abs(value - right) <= 1e-4 * abs(right):
        return
    model, x, y = task(case)
    with torch.no_grad():
        losses = [
            F.mse_loss(model(xb), yb).item()
            for xb, yb in zip(x.split(case.size), y.split(case.size), strict=True)
        ]
    wrong = {
        sum(losses): "it is the sum of the parts' means.",
        sum(losses) / len(losses): "it is the mean of the parts' means, in which a short part "
        "counts as much as a full one.",
        losses[-1]: "it is that of the last part only.",
        losses[-1] * (case.n % case.size or case.size) / case.n: "it is that of the last part, "
        "scaled; add the parts up.",
        right * case.n: "it is the sum over all items.",
    }
    for other, what in wrong.items():
        if abs(value - other) <= 1e-4 * abs(other):
            raise Hint(f"the gradient is right. Of the loss you give back: {what}")
    raise Hint(f"the gradient is right; the mean loss is {right:.4f}, and you give back {value:g}.")


def _close(a: Tensor, b: Tensor) -> bool:
    return torch.allclose(a, b, rtol=1e-4, atol=1e-5)
