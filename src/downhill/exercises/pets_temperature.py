"""Lesson 03, E3: the calibration error, and the temperature that makes a model honest."""

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


def surveyed(
    confidence: Callable[[Tensor, Tensor], Tensor] = lambda p, y: p.amax(1),
    gather: Callable[[Tensor, Tensor], Tensor] = lambda gaps, counts: (
        gaps.abs() * counts / counts.sum()
    ).sum(),
    lose_last: bool = False,
) -> Callable[..., float]:
    """A learner's function; gather(gap of each bin that is not empty, its count) → the error."""

    def calibration_error(p: Tensor, y: Tensor, bins: int = 10) -> float:
        sure, right = confidence(p, y), (p.argmax(1) == y).float()
        which = (sure * bins).long()
        if not lose_last:
            which = which.clamp(max=bins - 1)
        kept = [which == b for b in range(bins) if (which == b).any()]
        gaps = torch.stack([(sure[k] - right[k]).mean() for k in kept])
        counts = torch.stack([k.sum() for k in kept])
        return gather(gaps, counts.float()).item()

    return calibration_error


CALIBRATION_SLIPS = [
    Slip(
        "unweighted",
        surveyed(gather=lambda gaps, counts: gaps.abs().mean()),
        "every bin counts alike. A bin with three pictures should weigh less than one with three "
        "hundred: weigh by the number of pictures.",
    ),
    Slip(
        "over_all_bins",
        lambda p, y, bins=10: (
            surveyed(gather=lambda gaps, counts: gaps.abs().sum())(p, y, bins) / bins
        ),
        "the gaps are divided by the number of bins, as if each held as many pictures.",
    ),
    Slip(
        "signed",
        surveyed(gather=lambda gaps, counts: ((gaps * counts).sum() / counts.sum()).abs()),
        "gaps of opposite sign cancel, so that a model which is too sure in one bin and not sure "
        "enough in another looks honest. Each gap counts by its size.",
    ),
    Slip(
        "largest",
        surveyed(gather=lambda gaps, counts: gaps.abs().max()),
        "this is the largest gap; the weighted mean of all of them is asked.",
    ),
    Slip(
        "each_picture",
        lambda p, y, bins=10: (p.amax(1) - (p.argmax(1) == y).float()).abs().mean().item(),
        "the gap is taken for each picture by itself. One picture is right or wrong, never right "
        "to .8: first average within a bin, then take the size.",
    ),
    Slip(
        "of_the_truth",
        surveyed(confidence=lambda p, y: p[range(len(y)), y]),
        "the confidence is that of the right breed. The model does not know it: what counts is the "
        "probability of the breed that it *names*.",
    ),
    Slip(
        "without_the_surest",
        surveyed(lose_last=True),
        "pictures with a confidence of exactly 1 fall behind the last bin, and are lost. They "
        "belong into it.",
    ),
]
REASONS = {
    "a": "the time is not what matters: it is one number, and both halves together take a moment.",
    "b": "right: the best of many candidates is partly the luckiest, and only pictures that had no "
    "say in the choice can tell.",
    "c": "both halves are drawn from the same pictures, and their best temperatures are much alike "
    "but for chance.",
    "d": "no prediction changes with T, in either half; the error rate needs no such care here.",
}


@exercise("03.E3")
def check_temperature(
    calibration_error: Any, best_temperature: Any, reason: Any, logits: Tensor, y: Tensor
) -> str:
    """calibration_error(p [n, k], y [n], bins) → 0..1; best_temperature(logits, y) → T > 0."""
    _calibration(calibration_error)
    for case in CASES:
        z, labels = case.drawn()
        _least(_number(call(best_temperature, z, labels)), z, labels, case.name)
    expect.stated(reason, "reason")
    if str(reason).lower() not in REASONS:
        raise Hint(f"`reason` is one of the letters a, b, c, d; it is {reason!r}.")
    if str(reason).lower() != "b":
        raise Hint(f"both functions are right. Of the reason {reason}: {REASONS[reason.lower()]}")
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


def _calibration(answer: Any) -> None:
    """Hint unless answer is the expected calibration error, for two numbers of bins."""
    logits, y = Case("mixed", 1.0, n=300).drawn()
    p = (logits * torch.linspace(0.3, 3.0, 300)[:, None]).softmax(1)  # too doubtful … too sure
    p[:20] = F.one_hot(p[:20].argmax(1), p.shape[1]).float()  # a confidence of exactly 1
    for bins in (10, 4):
        got = _number_of(call(answer, p, y, bins), "calibration_error")
        right = expected_calibration_error(p, y, bins)
        if math.isclose(got, right, abs_tol=1e-4):
            continue
        for slip in CALIBRATION_SLIPS:
            if math.isclose(abs(got), slip.answer(p, y, bins), abs_tol=1e-4):
                raise Hint(f"calibration error: {slip.hint}")
        if bins != 10 and math.isclose(got, expected_calibration_error(p, y), abs_tol=1e-4):
            raise Hint("calibration error: there are ten bins, whatever `bins` says.")
        if math.isnan(got):
            raise Hint("calibration error: nan; the mean of an empty bin is nan. Leave it out.")
        raise Hint(
            f"calibration error: with {bins} bins on 300 made-up answers it is {right:.4f}, and "
            f"yours is {got:.4f}. Work out one bin by hand: its mean confidence, its share right."
        )


def _number_of(value: Any, name: str) -> float:
    if isinstance(value, Tensor) and value.numel() == 1:
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Hint(f"{name} gives back one number; this is {describe(value)}.")
    return float(value)


def _number(value: Any) -> float:
    number = _number_of(value, "best_temperature")
    if not number > 0 or math.isinf(number):
        raise Hint(f"a temperature is positive and finite; this is {number:g}.")
    return number


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
