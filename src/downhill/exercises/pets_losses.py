"""Lesson 03, E1: batches on which a cross-entropy goes wrong, and the ways in which it does."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812 - the name everybody gives it
from torch import Tensor

from downhill.exercises.verdict import Slip

REDUCTIONS = ("mean", "sum", "none")


@dataclass(frozen=True)
class Case:
    """Logits [n, k] and targets [n], and what there is to say where the loss is not torch's."""

    name: str
    logits: Tensor
    y: Tensor
    advice: str

    @property
    def right(self) -> Tensor:
        """The loss of each row, [n]."""
        return F.cross_entropy(self.logits, self.y.long(), reduction="none")


def ordinary(n: int, k: int) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(n)
    return 2 * torch.randn(n, k, generator=generator), torch.arange(n) * 2 % k


CASES = [
    Case(
        "six pictures, four breeds",
        *ordinary(6, 4),
        "take one row of three logits and work it out with `exp` and `log`, as section 5 did.",
    ),
    Case("one picture, five breeds", *ordinary(1, 5), "does your code need more than one row?"),
    Case(
        "all logits raised by 1000",
        ordinary(6, 4)[0] + 1000,
        ordinary(6, 4)[1],
        "adding one number to all logits changes no probability, so the loss should be as before.",
    ),
    Case(
        "a wrong breed 200 below the right one",
        torch.tensor([[0.0, -200.0], [-200.0, 0.0]]),
        torch.tensor([0, 1]),
        "the loss is 0 here, for the answer is right and sure.",
    ),
    Case(
        "a right breed 200 below the other",
        torch.tensor([[0.0, -200.0], [-200.0, 0.0]]),
        torch.tensor([1, 0]),
        "the loss is 200: large, and an ordinary number.",
    ),
    Case(
        "one row near 1000 and one near -1000",
        torch.tensor([[1000.0, 999.0, 998.0], [-1000.0, -999.0, -998.0]]),
        torch.tensor([1, 1]),
        "each row should come out as it does alone.",
    ),
]


def loss_of(each: Callable[[Tensor, Tensor], Tensor], over: str | None = None) -> Callable:
    """A learner's function of a loss for each row; over: the reduction it takes, if only one."""

    def cross_entropy_loss(logits: Tensor, y: Tensor, reduction: str = "mean") -> Tensor:
        _refuse(logits, y, reduction)
        losses = each(logits, y.long())
        how = over or reduction
        return losses if how == "none" else losses.sum() if how == "sum" else losses.mean()

    return cross_entropy_loss


def _refuse(logits: Tensor, y: Tensor, reduction: str) -> None:
    if reduction not in REDUCTIONS or y.is_floating_point():
        raise ValueError
    if y.min() < 0 or y.max() >= logits.shape[1]:
        raise ValueError


def _softmax(z: Tensor, axis: int = 1) -> Tensor:
    powers = (z - z.amax(axis, keepdim=True)).exp()
    return powers / powers.sum(axis, keepdim=True)


def _log_p(z: Tensor) -> Tensor:
    shifted = z - z.amax(1, keepdim=True)
    return shifted - shifted.exp().sum(1, keepdim=True).log()


def _pick(table: Tensor, y: Tensor) -> Tensor:
    return table[range(len(y)), y]


def _unshifted(z: Tensor, y: Tensor) -> Tensor:
    powers = z.exp()
    return -_pick(powers / powers.sum(1, keepdim=True), y).log()


def _global(z: Tensor, y: Tensor) -> Tensor:
    shifted = z - z.max()
    return shifted.exp().sum(1).log() - _pick(shifted, y)


def _one_hot(z: Tensor, y: Tensor) -> Tensor:
    return -(F.one_hot(y, z.shape[1]) * _softmax(z).log()).sum(1)


OVERFLOW = (
    "the exponential overflows: e to the 1000 is infinite in float32, and infinity divided by "
    "infinity is nan. Which number can be taken from all logits of a row, and changes nothing?"
)
SLIPS = [
    Slip(
        "log_of_zero",
        loss_of(lambda z, y: -_pick(_softmax(z), y).log()),
        "the probability was rounded to 0, and its logarithm is minus infinity. Do the algebra "
        "first: the logarithm of a quotient is a difference, and log and exp cancel in one part.",
    ),
    Slip("overflow", loss_of(_unshifted), OVERFLOW),
    Slip(
        "overflow_in_log",
        loss_of(lambda z, y: z.exp().sum(1).log() - _pick(z, y)),
        "the algebra is right, and the exponential overflows before the logarithm can bring it "
        "back. Which number can be taken from all logits of a row, and changes nothing?",
    ),
    Slip(
        "clamped",
        loss_of(lambda z, y: -_pick(_softmax(z), y).clamp(min=1e-7).log()),
        "a floor under the probability hides the trouble: the loss can rise no further, and where "
        "the floor holds the gradient is zero. Avoid the rounding instead of mending it.",
    ),
    Slip(
        "eps",
        loss_of(lambda z, y: -(_pick(_softmax(z), y) + 1e-8).log()),
        "a small number added to the probability hides the trouble: the loss can rise no further. "
        "Avoid the rounding instead of mending it.",
    ),
    Slip(
        "nan_times_zero",
        loss_of(_one_hot),
        "one-hot times log p is 0 times minus infinity, which is nan, where a *wrong* breed's "
        "probability rounds to 0. Read the right column by its index.",
    ),
    Slip(
        "global_max",
        loss_of(_global),
        "the largest logit of the whole batch is taken off. In the other row all powers are then "
        "rounded to 0: each row needs its own.",
    ),
    Slip(
        "columns",
        loss_of(lambda z, y: -_pick(_softmax(z, 0), y).log()),
        "the probabilities add up to 1 down each column: pictures compete for a breed. Axis 1 runs "
        "over the breeds.",
    ),
    Slip("no_minus", loss_of(lambda z, y: _pick(_log_p(z), y)), "the minus sign is missing."),
    Slip(
        "no_log",
        loss_of(lambda z, y: -_pick(_softmax(z), y)),
        "this is minus the probability; the logarithm is missing.",
    ),
    Slip(
        "minus_logit",
        loss_of(lambda z, y: -_pick(z, y)),
        "this is minus the logit of the right breed. A logit on its own means nothing; what are "
        "the others?",
    ),
    Slip(
        "base_2",
        loss_of(lambda z, y: -_pick(_log_p(z), y) / torch.tensor(2.0).log()),
        "the logarithm has base 2, and e is meant: `log`.",
    ),
    Slip(
        "base_10",
        loss_of(lambda z, y: -_pick(_log_p(z), y) / torch.tensor(10.0).log()),
        "the logarithm has base 10, and e is meant: `log`.",
    ),
    Slip(
        "twice",
        loss_of(lambda z, y: -_pick(_log_p(_softmax(z)), y)),
        "softmax is taken twice: once before, and once in the logarithm.",
    ),
    Slip(
        "over_the_table",
        loss_of(lambda z, y: -_pick(_log_p(z), y) / z.shape[1]),
        "the mean runs over all n × k places of the one-hot table, most of which are 0. There is "
        "one loss for each picture.",
    ),
    Slip(
        "all_pairs",
        loss_of(lambda z, y: -_log_p(z)[:, y].mean(1)),
        "`table[:, y]` reads the columns of *all* targets in every row, [n, n]. Row 0 wants column "
        "y[0] only, row 1 column y[1].",
    ),
]
REDUCTION_SLIPS = [
    Slip(
        f"always_{over}",
        loss_of(lambda z, y: -_pick(_log_p(z), y), over),
        f"whatever `reduction` says, this is "
        f"{ {'mean': 'the mean', 'sum': 'the sum', 'none': 'one loss for each picture'}[over] }.",
    )
    for over in REDUCTIONS
]
