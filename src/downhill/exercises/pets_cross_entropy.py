"""Lesson 03, E1: cross-entropy from logits, for logits of any size and targets of any dtype."""

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - the name everybody gives it
from torch import Tensor
from torch.overrides import TorchFunctionMode

from downhill.exercises.pets_losses import (
    CASES,
    REDUCTION_SLIPS,
    REDUCTIONS,
    SLIPS,
    Case,
    ordinary,
)
from downhill.exercises.verdict import Hint, Slip, call, describe, exercise

READY_MADE = {
    "cross_entropy",
    "log_softmax",
    "logaddexp",
    "logsumexp",
    "nll_loss",
    "nll_loss_nd",
    "softmax",
}


class ReadyMade(TorchFunctionMode):
    """Notes which of torch's own losses and softmaxes a learner's function uses."""

    def __init__(self) -> None:
        super().__init__()
        self.used: set[str] = set()

    def __torch_function__(
        self, func: Callable, types: Any, args: tuple = (), kwargs: dict | None = None
    ) -> Any:
        name = getattr(func, "__name__", "")
        if name in READY_MADE:
            self.used.add(name)
        return func(*args, **(kwargs or {}))


@exercise("03.E1")
def check_cross_entropy(cross_entropy_loss: Any) -> str:
    """cross_entropy_loss(logits [n, k], y [n], reduction="mean") → [] or [n], as torch's."""
    watch = ReadyMade()
    for case in CASES:
        with watch:
            got = call(cross_entropy_loss, case.logits, case.y)
        _same(got, case, "mean", SLIPS + REDUCTION_SLIPS)
    if watch.used:
        raise Hint(
            f"the numbers are right, and they come from torch's own `{min(watch.used)}`. Build it "
            "from `exp`, `log`, `sum` and `max`."
        )
    for reduction in REDUCTIONS:
        got = call(cross_entropy_loss, CASES[0].logits, CASES[0].y, reduction)
        _same(got, CASES[0], reduction, REDUCTION_SLIPS)
    _targets(cross_entropy_loss)
    _gradient(cross_entropy_loss)
    return f"{len(CASES)} batches as torch has them, logits up to ±1000, and the gradient is p − y."


def _reduced(losses: Tensor, reduction: str) -> Tensor:
    return {"none": losses, "sum": losses.sum(), "mean": losses.mean()}[reduction]


def _same(got: Any, case: Case, reduction: str, slips: list[Slip]) -> None:
    """Hint unless got is the loss of the case."""
    right = _reduced(case.right, reduction)
    asked = f'{case.name}, reduction="{reduction}"'
    if not isinstance(got, Tensor):
        raise Hint(f"{asked}: a gradient needs a tensor to flow from; this is {describe(got)}.")
    if _close(got, right):
        return
    for slip in slips:
        if _close(got, slip.answer(case.logits, case.y, reduction)):
            raise Hint(f"{asked}: {slip.hint}")
    if got.shape != right.shape:
        raise Hint(f"{asked}: the shape should be {list(right.shape)}; it is {list(got.shape)}.")
    if got.isnan().any() or got.isinf().any():
        raise Hint(f"{asked}: the loss is {got.tolist()}. {case.advice}")
    raise Hint(f"{asked}: torch says {_text(right)}, and yours says {_text(got)}: {case.advice}")


def _targets(answer: Any) -> None:
    """Other whole dtypes are read as numbers; what is no class number is refused."""
    logits, y = ordinary(6, 4)
    for dtype in (torch.int32, torch.uint8):
        try:
            got = answer(logits, y.to(dtype))
        except Exception as error:
            got = error
        if not isinstance(got, Tensor) or not _close(got, F.cross_entropy(logits, y)):
            name = str(dtype).removeprefix("torch.")
            what = f"end in a {type(got).__name__}" if isinstance(got, Exception) else "differ"
            raise Hint(
                f"the same targets as {name} instead of int64 {what}. As an index, torch takes "
                "uint8 for a mask and not for positions: convert the targets first."
            )
    wrong = {
        "a target of -1": torch.tensor([0, 1, -1, 2, 3, 0]),
        "a target of 4 with four breeds, 0 to 3": torch.tensor([0, 1, 4, 2, 3, 0]),
        "targets with fractions (float32)": y.float() + 0.5,
    }
    for name, targets in wrong.items():
        _refuses(answer, name, logits, targets)
    _refuses(answer, 'reduction="average"', logits, y, "average")


def _refuses(answer: Any, name: str, *arguments: Any) -> None:
    try:
        answer(*arguments)
    except ValueError:
        return
    except Exception as error:
        raise Hint(
            f"{name} ends in a {type(error).__name__}. Look at it before you compute, and raise a "
            "ValueError that says what was wrong."
        ) from None
    extra = " (As an index, -1 means the last column.)" if "-1" in name else ""
    raise Hint(f"{name} is accepted without a word; raise a ValueError.{extra}")


def _gradient(answer: Any) -> None:
    for case in (CASES[0], CASES[4]):
        z = case.logits.clone().requires_grad_()
        loss = answer(z, case.y)
        if not loss.requires_grad:
            raise Hint(
                "the numbers are right, and no gradient flows back to the logits: `.item()`, "
                "`.detach()` and `torch.tensor(…)` cut the graph."
            )
        loss.backward()
        right = (case.logits.softmax(1) - F.one_hot(case.y, z.shape[1])) / len(z)
        if not _close(z.grad, right):
            raise Hint(
                f"{case.name}: the loss is right and its gradient is not (p − y)/n. A `clamp` or "
                "a `where` on the way stops it; is there one?"
            )


def _close(a: Tensor, b: Tensor) -> bool:
    return a.shape == b.shape and torch.allclose(
        a.detach().double(), b.detach().double(), rtol=1e-4, atol=1e-5, equal_nan=True
    )


def _text(value: Tensor) -> str:
    return (
        f"{value.item():.4f}" if value.numel() == 1 else str([round(v, 3) for v in value.tolist()])
    )
