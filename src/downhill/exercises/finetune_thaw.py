"""Lesson 04, E2: thaw the groups of a network one after the other, from the last."""

import warnings
from collections.abc import Callable
from typing import Any

import torch

from downhill.exercises import finetune_toys as toys
from downhill.exercises.verdict import Hint, Slip, describe, exercise

STEPS = 2  # to an epoch


def _slice(stop: float) -> slice:
    return slice(stop / 100, stop)


def thawing(
    stages: Callable[[int], Any] = lambda n: range(1, n + 1),
    rates: Callable[[float, int], Any] = lambda r, k: _slice(r / 2 ** (k - 1)),
    per_stage: Callable[[int], int] = lambda epochs: epochs,
    freeze: Callable[[Any, int], Any] = lambda learn, k: learn.freeze_to(-k),
) -> Callable[..., Any]:
    """A learner's function: stages for n groups, rate of stage k, epochs of each, how to freeze."""

    def thaw(learn: Any, rate: float, epochs: int) -> Any:
        for k in stages(len(learn.opt.param_lists)):
            freeze(learn, k)
            learn.fit_one_cycle(per_stage(epochs), rates(rate, k))
        return learn

    return thaw


THAW_SLIPS = [
    Slip(
        "frozen_throughout",
        thawing(freeze=lambda learn, k: learn.freeze()),
        "only the last group trains, in every stage: what does `freeze_to` need to be told?",
    ),
    Slip(
        "open_from_the_start",
        thawing(freeze=lambda learn, k: learn.unfreeze()),
        "everything trains from the first stage on.",
    ),
    Slip(
        "backwards",
        thawing(stages=lambda n: range(n, 0, -1)),
        "it starts with everything open and freezes more from stage to stage. The other way round: "
        "the head knows nothing yet, and is the first to train.",
    ),
    Slip(
        "positive",
        thawing(freeze=lambda learn, k: learn.freeze_to(k)),
        "`freeze_to(k)` opens the groups *from number k on*, counted from the front. Stage k wants "
        "the last k: count from the end, as in a slice.",
    ),
    Slip(
        "two_phases",
        thawing(stages=lambda n: (1, n)),
        "these are the two phases of fine_tune: head, then everything. The stages between are "
        "missing.",
    ),
    Slip(
        "never_whole",
        thawing(stages=lambda n: range(1, n)),
        "the first group never trains. The last stage opens all groups, however many there are: "
        "`len(learn.opt.param_lists)` counts them.",
    ),
    Slip(
        "body_at_once",
        thawing(stages=lambda n: range(2, n + 1)),
        "the first stage opens two groups: the head should have an epoch to itself first.",
    ),
    Slip(
        "one_epoch",
        thawing(per_stage=lambda epochs: 1),
        "every stage lasts one epoch: `epochs` is not used.",
    ),
    Slip(
        "not_halved",
        thawing(rates=lambda r, k: _slice(r)),
        "the groups thaw in the right order, and the rate of the head stays the same in all "
        "stages. It is to halve from each stage to the next.",
    ),
    Slip(
        "halved_early",
        thawing(rates=lambda r, k: _slice(r / 2**k)),
        "the rate halves before the first stage already.",
    ),
    Slip(
        "divided_by_stage",
        thawing(rates=lambda r, k: _slice(r / k)),
        "the rate is divided by 1, 2, 3 …; halving gives 1, 2, 4 …",
    ),
    Slip(
        "one_rate",
        thawing(rates=lambda r, k: r / 2 ** (k - 1)),
        "all groups get the same rate. The stop is right; what is missing is the start of the "
        "`slice`, a hundredth of it.",
    ),
    Slip(
        "a_tenth",
        thawing(rates=lambda r, k: slice(r / 2 ** (k - 1))),
        "`slice(stop)` gives every group but the last a tenth. Here the first is to get a "
        "hundredth: give the slice a start.",
    ),
    Slip(
        "same_start",
        thawing(rates=lambda r, k: slice(r / 100, r / 2 ** (k - 1))),
        "the start of the slice stays while its stop halves: it is a hundredth of the stop.",
    ),
]

Record = list[tuple[int, tuple[float, ...]]]


def _record(answer: Any, n_groups: int, epochs: int) -> Record:
    """Of each step: how many groups train, and the rate of each group."""
    from downhill.exercises import finetune_learners as learners

    diary = learners.Diary()
    learn = learners.learner(
        toys.model(), toys.batches(STEPS), lambda m: toys.groups_of(m, n_groups), cbs=diary
    )
    learn.freeze()  # as vision_learner hands it over
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # fastai's, where an answer freezes all groups
        back = learners.quiet(learn, answer, learn, 0.01, epochs)
    if back is not learn:
        raise Hint(f"give the learner back; this is {describe(back)}.")
    return [(n, tuple(rates)) for n, rates in zip(diary.open, diary.rates, strict=True)]


def _same(a: Record, b: Record) -> bool:
    return [n for n, _ in a] == [n for n, _ in b] and torch.allclose(
        torch.tensor([r for _, r in a]), torch.tensor([r for _, r in b]), rtol=1e-5, atol=0
    )


@exercise("04.E2")
def check_thaw(thaw: Any) -> str:
    """thaw(learn, rate, epochs) → learn: the last group, the last two, … up to all."""
    for n_groups, epochs in ((3, 1), (4, 2)):
        got = _record(thaw, n_groups, epochs)
        right = _record(thawing(), n_groups, epochs)
        asked = f"{n_groups} groups, epochs={epochs}"
        if not got:
            raise Hint(f"{asked}: nothing was trained.")
        if _same(got, right):
            continue
        for slip in THAW_SLIPS:
            if _same(got, _record(slip.answer, n_groups, epochs)):
                raise Hint(f"{asked}: {slip.hint}")
        opened = [n for n, _ in got][::STEPS]
        wanted = [n for n, _ in right][::STEPS]
        if opened != wanted:
            shown = ", ".join("others" if n < 0 else str(n) for n in opened)
            raise Hint(
                f"{asked}: how many groups train, counted from the last, should go "
                f"{', '.join(map(str, wanted))} from epoch to epoch; yours go {shown}."
            )
        stage = STEPS * epochs
        heads = [max(rates[-1] for _, rates in part[:stage]) for part in (got, right)]
        raise Hint(
            f"{asked}: the right groups train, at other rates. In the first stage the head's "
            f"largest rate is {heads[0]:.2g}, and should be {heads[1]:.2g}."
        )
    return "with three groups and with four, each stage opens one more, at half the rate."
