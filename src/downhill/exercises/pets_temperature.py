"""Lesson 03, E3: the temperature that makes a model's probabilities honest."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - the name everybody gives it
from torch import Tensor

from downhill.exercises import expect
from downhill.exercises.verdict import Hint, Slip, call, describe, exercise
from downhill.interpret import expected_calibration_error

GRID = torch.logspace(math.log10(0.02), math.log10(50), 341, dtype=torch.float64)
SLACK = 1e-3  # of the loss: what a grid of steps of a few per cent may miss


@dataclass(frozen=True)
class Case:
    """Logits that are `heat` times too large for labels drawn from their softmax."""

    name: str
    heat: float
    n: int = 800
    k: int = 5

    def drawn(self) -> tuple[Tensor, Tensor]:
        """Logits [n, k] float32 and labels [n]."""
        generator = torch.Generator().manual_seed(17)
        honest = 1.5 * torch.randn(self.n, self.k, generator=generator)
        labels = torch.multinomial(honest.softmax(1), 1, generator=generator)[:, 0]
        return self.heat * honest, labels


CASES = [
    Case("an honest model", 1.0),
    Case("a model that is far too sure", 8.0),
    Case("a model that is not sure enough", 0.2),
]


def loss_at(logits: Tensor, y: Tensor, temperature: float) -> float:
    """Cross-entropy of logits / temperature."""
    return F.cross_entropy(logits.double() / temperature, y).item()


def on_grid(measure: Callable[[Tensor, Tensor, float], float], grid: Tensor = GRID) -> Callable:
    """A learner's function: the temperature of the grid with the least measure."""

    def best_temperature(logits: Tensor, y: Tensor) -> float:
        return min(grid.tolist(), key=lambda t: measure(logits.double(), y, t))

    return best_temperature


def _wrong_share(logits: Tensor, y: Tensor, t: float) -> float:
    return ((logits / t).argmax(1) != y).float().mean().item()


def _least_loss(logits: Tensor, y: Tensor) -> float:
    return min(loss_at(logits, y, t) for t in GRID.tolist())


def _position(logits: Tensor, y: Tensor) -> float:
    """Where on a usual grid the least loss is, instead of the temperature there."""
    return float(
        torch.tensor([loss_at(logits, y, t) for t in torch.linspace(0.1, 10, 100)]).argmin()
    )


SLIPS = [
    Slip(
        "multiplied",
        on_grid(lambda z, y, t: loss_at(z, y, 1 / t)),
        "this is one over the temperature: the logits are *divided* by T, so T > 1 makes the "
        "model less sure.",
    ),
    Slip("the_loss", _least_loss, "this is the least loss; the T at which it is reached is asked."),
    Slip(
        "by_accuracy",
        on_grid(_wrong_share),
        "T changes no argmax, so the accuracy is the same at every T, and the first one tried "
        "wins. Minimise the cross-entropy.",
    ),
    Slip(
        "by_confidence",
        on_grid(lambda z, y, t: (z / t).softmax(1).amax(1).mean().item()),
        "this T makes the model as unsure as your search allows. The labels have to decide.",
    ),
    Slip(
        "on_probabilities",
        on_grid(lambda z, y, t: F.cross_entropy(z.softmax(1) / t, y).item()),
        "probabilities are divided by T and then go through softmax a second time. Divide the "
        "logits.",
    ),
    Slip(
        "squared",
        on_grid(lambda z, y, t: loss_at(z, y, t * t)),
        "this is the root of the temperature: is something divided by T twice?",
    ),
]
REASONS = {
    "a": "no prediction changes: dividing a row by one positive number leaves its order as it is.",
    "b": "right: the order within a row stays, and with it every prediction.",
    "c": "it is one number, and it cannot know which predictions are wrong: it lowers the right "
    "ones, too.",
    "d": "the logits of all pictures are divided by the same T, before the softmax; nothing in the "
    "network moves.",
}


@exercise("03.E3")
def check_temperature(best_temperature: Any, reason: Any, logits: Tensor, y: Tensor) -> str:
    """best_temperature(logits [n, k], y [n]) → T > 0 with the least cross-entropy of logits / T."""
    for case in CASES:
        z, labels = case.drawn()
        _least(_number(call(best_temperature, z, labels)), z, labels, case.name)
    expect.stated(reason, "reason")
    if str(reason).lower() not in REASONS:
        raise Hint(f"`reason` is one of the letters a, b, c, d; it is {reason!r}.")
    if str(reason).lower() != "b":
        raise Hint(f"the temperature is right. Of the reason {reason}: {REASONS[reason.lower()]}")
    fitted, kept = slice(0, None, 2), slice(1, None, 2)  # T from one half, judged on the other
    t = _number(call(best_temperature, logits[fitted], y[fitted]))
    _least(t, logits[fitted], y[fitted], "the pictures of this lesson")
    rows = [(logits[kept] / by).softmax(1) for by in (1.0, t)]
    errors = [expected_calibration_error(p, y[kept]) for p in rows]
    losses = [loss_at(logits[kept], y[kept], by) for by in (1.0, t)]
    return (
        f"T = {t:.2f} from half of the pictures. On the other {len(y[kept])}: loss "
        f"{losses[0]:.3f} → {losses[1]:.3f}, calibration error {errors[0]:.3f} → {errors[1]:.3f}."
    )


def _number(value: Any) -> float:
    if isinstance(value, Tensor) and value.numel() == 1:
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Hint(f"best_temperature gives back one number; this is {describe(value)}.")
    if not value > 0 or math.isinf(value):
        raise Hint(f"a temperature is positive and finite; this is {value:g}.")
    return float(value)


def _least(t: float, z: Tensor, labels: Tensor, name: str) -> None:
    """Hint unless t has the least loss, but for what a grid may miss."""
    log_p = (z.double() / GRID[:, None, None]).log_softmax(2)  # [temperatures, n, k]
    losses = -log_p[:, range(len(z)), labels].mean(1)
    best, least = GRID[losses.argmin()].item(), losses.min().item()
    got = loss_at(z, labels, t)
    if got <= least + SLACK * max(least, 1):
        return
    for slip in SLIPS:
        if math.isclose(t, slip.answer(z, labels), rel_tol=0.05):
            raise Hint(f"{name}: {slip.hint}")
    if math.isclose(t, _position(z, labels), abs_tol=1e-6):
        raise Hint(f"{name}: {t:g} is the position in your list, rather than the T that is there.")
    side = "below" if best < t else "above"
    raise Hint(
        f"{name}: at T = {t:.3g} the loss is {got:.4f}; {side} it there is {least:.4f}. Does your "
        "search reach far enough on both sides of 1, and in steps of a few per cent?"
    )
