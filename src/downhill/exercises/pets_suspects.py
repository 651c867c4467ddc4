"""Lesson 03, E4: pictures whose label is probably wrong, the most suspicious first."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from downhill.exercises import expect
from downhill.exercises.verdict import Hint, Slip, call, describe, exercise

K = 20  # how many pictures somebody has the patience to look at


def clusters() -> tuple[Tensor, Tensor, Tensor]:
    """Features [160, 8] of four clear groups, labels [160], and where ten labels are wrong."""
    generator = torch.Generator().manual_seed(5)
    true = torch.arange(160) % 4
    features = torch.randn(160, 8, generator=generator) + 3 * torch.eye(8)[true] * 2
    wrong = torch.randperm(160, generator=generator)[:10]
    labels = true.clone()
    labels[wrong] = (true[wrong] + torch.arange(10) % 3 + 1) % 4
    return features, labels, wrong


def by_vote(
    score: Callable[[Tensor, Tensor], Tensor], neighbours: int = 10, itself: bool = False
) -> Callable[[Tensor, Tensor, int], Tensor]:
    """A learner's function; score(labels of the neighbours [n, m], own label [n, 1]) → [n]."""

    def find_suspects(features: Tensor, y: Tensor, k: int) -> Tensor:
        distances = torch.cdist(features, features)
        if not itself:
            distances.fill_diagonal_(torch.inf)
        nearest = distances.topk(neighbours, largest=False).indices
        return score(y[nearest], y[:, None]).topk(k).indices

    return find_suspects


def _disagreeing(votes: Tensor, own: Tensor) -> Tensor:
    return (votes != own).float().mean(1)


def _shuffle_free(features: Tensor, y: Tensor, k: int) -> Tensor:
    return torch.arange(k)


def _far_out(features: Tensor, y: Tensor, k: int) -> Tensor:
    """Pictures far from everything: odd, but not mislabelled."""
    return (features - features.mean(0)).norm(dim=1).topk(k).indices


SLIPS = [
    Slip(
        "most_agreeing",
        by_vote(lambda votes, own: -_disagreeing(votes, own)),
        "these are the pictures whose label is *least* in doubt: the order is the wrong way round.",
    ),
    Slip(
        "itself_only",
        by_vote(_disagreeing, neighbours=1, itself=True),
        "the nearest neighbour of each picture is the picture itself, at distance 0, and it always "
        "agrees. Leave it out.",
    ),
    Slip("first", _shuffle_free, "these are the first k pictures as they came."),
    Slip(
        "outliers",
        _far_out,
        "these are pictures unlike all others, whatever their label says. A wrong label shows in "
        "a picture that looks like *another* breed; does your score use y?",
    ),
]


@exercise("03.E4")
def check_suspects(
    find_suspects: Any, features: Tensor, y: Tensor, names: Sequence[str], planted: dict[str, str]
) -> str:
    """find_suspects(features [n, d], y [n], k) → [k] positions; planted: name → true breed."""
    made, labels, wrong = clusters()
    got = _positions(call(find_suspects, made, labels, 10), 10, len(labels))
    found = _hits(got, wrong)
    asked = "four clear groups with ten wrong labels"
    if found < 8:
        for slip in SLIPS:
            answer = slip.answer(made, labels, 10)
            if torch.equal(answer.sort().values, got.sort().values):
                raise Hint(f"{asked}: {slip.hint}")
        raise Hint(
            f"{asked}: {found} of the ten are among your first ten. Whatever judges a picture must "
            "not have seen its label: its neighbours without itself, or a model that was fitted "
            "to the other pictures."
        )
    five = _positions(call(find_suspects, made, labels, 5), 5, len(labels))
    if _hits(five, wrong) < 4:
        raise Hint(
            f"{asked}: {_hits(five, wrong)} of your first five are wrong labels, and {found} of "
            "your first ten. The most suspicious come first."
        )
    got = _positions(call(find_suspects, features, y, K), K, len(y))
    if not planted:
        shown = ", ".join(names[i] for i in got[:5].tolist())
        return f"There is no list of wrong labels for these pictures. Look yourself: {shown} …"
    where = torch.tensor([i for i, name in enumerate(names) if name in planted])
    found = _hits(got, where)
    if found < 5:
        raise Hint(
            f"on the clear groups all is well; of this lesson's {len(where)} wrong labels {found} "
            f"are among your first {K}, and five are asked. Are the features on one scale, and is "
            "the vote taken among enough neighbours?"
        )
    blind = K * len(where) / len(y)
    return f"{found} of {len(where)} wrong labels among the first {K}; blindly, {blind:.1f}."


def _hits(positions: Tensor, wrong: Tensor) -> int:
    return int(torch.isin(positions, wrong).sum())


def _positions(value: Any, k: int, n: int) -> Tensor:
    """The answer as [k] different positions of n, or the Hint for its form."""
    if isinstance(value, tuple) and hasattr(value, "indices"):
        raise Hint("`.topk(k)` gives values and indices; which of the two says *where*?")
    if isinstance(value, list):
        value = torch.tensor(value)
    expect.tensor(value, "find_suspects")
    if value.dtype == torch.bool:
        raise Hint("these are True and False; positions are asked, the most suspicious first.")
    if value.is_floating_point():
        raise Hint(f"positions are whole numbers; this is {describe(value)}: the scores?")
    if list(value.shape) != [k]:
        raise Hint(f"asked for {k} positions, you give back {describe(value)}.")
    if value.min() < 0 or value.max() >= n:
        raise Hint(f"positions run from 0 to {n - 1}; yours from {value.min()} to {value.max()}.")
    if len(value.unique()) < k:
        raise Hint("a position stands in the list more than once.")
    return value.long().cpu()
