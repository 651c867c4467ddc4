"""Lesson 04, E1: fine_tune with torch alone, held against fastai's step by step."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - the name everybody gives it
from torch import Tensor, nn

from downhill.exercises import finetune_toys as toys
from downhill.exercises.verdict import Hint, Slip, call, describe, exercise

STEPS = 6  # to an epoch
CASES: tuple[dict[str, Any], ...] = (
    {"epochs": 2, "base_lr": 0.05},
    {"epochs": 1, "base_lr": 0.08, "freeze_epochs": 2}
    | {"lr_mult": 10, "pct_start": 0.5, "div": 10.0},
)
RIGHT = {
    "halve": 2.0,
    "first_div": 25.0,  # None: the one that was given
    "first_pct": 0.99,
    "rates": lambda rates: rates,  # one for each group → the same, changed
    "momentum": lambda mom: mom,
    "squares": 0.99,
    "eps": 1e-5,
    "decays": lambda p: p.ndim > 1,
    "make": torch.optim.AdamW,
    "kept": False,  # one optimiser for both phases
    "thaw": (-1, 0),  # freeze_to of the two phases
    "norms": True,
    "train": True,
    "clear": True,
    "ahead": 0,  # steps that the schedule is early
}


def by_torch(**change: Any) -> Callable[..., list[float]]:
    """A learner's function: the right one, but for what changes."""
    o = SimpleNamespace(**(RIGHT | change))

    def torch_fine_tune(
        model: nn.Module,
        groups: list[nn.Module],
        batches: toys.Batches,
        epochs: int,
        base_lr: float = 2e-3,
        freeze_epochs: int = 1,
        lr_mult: float = 100,
        pct_start: float = 0.3,
        div: float = 5.0,
    ) -> list[float]:
        from downhill import finetune  # imports fastai

        half = base_lr / o.halve
        first = (slice(base_lr), o.first_div or div, o.first_pct or pct_start)
        second = (slice(half / lr_mult, half), div, pct_start)
        losses, optimiser = [], None
        model.train(o.train)
        for n_epochs, (rate, div_, pct), n in zip(
            (freeze_epochs, epochs), (first, second), o.thaw, strict=True
        ):
            finetune.freeze_to(groups, n, o.norms)
            if optimiser is None or not o.kept:
                optimiser = _optimiser(groups, o)
            peaks = o.rates(finetune.discriminative_rates(rate, len(groups)))
            steps = n_epochs * len(batches)
            for step in range(steps):
                done = min((step + o.ahead) / steps, 0.9999)
                mom = o.momentum(finetune.one_cycle_momentum(done, pct_start=pct))
                for group in optimiser.param_groups:
                    group["lr"] = finetune.one_cycle(
                        done, peaks[group["layers"]], div_, pct_start=pct
                    )
                    group["betas"] = (mom, o.squares)
                x, y = batches[step % len(batches)]
                loss = F.cross_entropy(model(x), y)
                losses.append(loss.item())
                if o.clear:
                    optimiser.zero_grad()
                loss.backward()
                optimiser.step()
        return losses

    return torch_fine_tune


def _optimiser(groups: list[nn.Module], o: Any) -> torch.optim.Optimizer:
    """Two sets for each group of layers, one that decays and one that does not."""
    sets = []
    for i, group in enumerate(groups):
        for decays in (True, False):
            ps = [p for p in group.parameters() if bool(o.decays(p)) == decays]
            wd = 0.01 if decays else 0.0
            sets.append({"params": ps, "layers": i, "weight_decay": wd})
    return o.make(sets, lr=0.1, eps=o.eps)


SLIPS = [
    Slip(
        "never_frozen",
        by_torch(thaw=(0, 0)),
        "nothing is frozen in the first phase: the body moves from the first step on.",
    ),
    Slip(
        "never_thawed",
        by_torch(thaw=(-1, -1)),
        "the body is still frozen in the second phase. (Parameters that an optimiser was never "
        "given do not move either, whatever their switch says.)",
    ),
    Slip(
        "norms_frozen",
        by_torch(norms=False),
        "BatchNorm's weights and biases in the frozen groups stand still. fastai lets them train: "
        "`train_bn=True` is its default.",
    ),
    Slip(
        "not_halved",
        by_torch(halve=1.0),
        "the first phase is right. The second runs at twice the rate: what happens to base_lr "
        "between the two?",
    ),
    Slip(
        "moments_kept",
        by_torch(kept=True),
        "the head takes Adam's averages from the first phase into the second. unfreeze() clears "
        "them: in torch, a new optimiser does.",
    ),
    Slip(
        "one_rate",
        by_torch(rates=lambda rates: [rates[-1]] * len(rates)),
        "all groups move at the rate of the head.",
    ),
    Slip(
        "rates_reversed",
        by_torch(rates=lambda rates: rates[::-1]),
        "the rates are in the wrong order: the *last* group is the head, and gets the largest.",
    ),
    Slip(
        "div_in_both",
        by_torch(first_div=None),
        "`div` reaches the first phase too. It starts at a 25th of the peak, whatever `div` is.",
    ),
    Slip(
        "pct_in_both",
        by_torch(first_pct=None),
        "`pct_start` reaches the first phase too. There the rate climbs for 99 % of the steps.",
    ),
    Slip(
        "constant_momentum",
        by_torch(momentum=lambda mom: 0.9),
        "the momentum stays at .9. It goes down and up, .95 → .85 → .95, and Adam takes it as the "
        "first of its `betas`, anew in each step.",
    ),
    Slip(
        "momentum_095",
        by_torch(momentum=lambda mom: 0.95),
        "the momentum stays at .95. It must be set in each step, as the rates are: the first of "
        "`betas`.",
    ),
    Slip(
        "torch_squares",
        by_torch(squares=0.999),
        "the average of the squared gradients has torch's .999; fastai's Adam has .99.",
    ),
    Slip("torch_eps", by_torch(eps=1e-8), "`eps` is torch's 1e-8; fastai's Adam has 1e-5."),
    Slip(
        "all_decay",
        by_torch(decays=lambda p: True),
        "weight decay acts on the biases and on BatchNorm's weights too. fastai leaves out "
        "everything that is no matrix or kernel: `p.ndim > 1` tells them apart.",
    ),
    Slip(
        "no_decay",
        by_torch(decays=lambda p: False),
        "there is no weight decay. fastai's default is .01 for matrices and kernels.",
    ),
    Slip(
        "coupled_decay",
        by_torch(make=torch.optim.Adam),
        "`torch.optim.Adam` adds the decay to the gradient, where Adam rescales it. fastai shrinks "
        "the weights beside the step, as `torch.optim.AdamW` does.",
    ),
    Slip(
        "eval_mode",
        by_torch(train=False),
        "the model was handed over in evaluation mode and stays in it: Dropout does nothing, and "
        "BatchNorm uses its running statistics. `model.train()` belongs before the loop.",
    ),
    Slip(
        "gradients_kept",
        by_torch(clear=False),
        "the gradients of all steps so far add up: `zero_grad` is missing.",
    ),
    Slip(
        "one_step_early",
        by_torch(ahead=1),
        "the schedule is a step ahead: the first step of a phase uses the value at fraction 0.",
    ),
]


def _run(answer: Any, case: dict[str, Any]) -> tuple[list[float], Tensor]:
    """Losses of each step, and all weights and statistics at the end, in one vector."""
    model = toys.model().eval()
    steps = toys.batches(STEPS)
    given = {"freeze_epochs": 1, "lr_mult": 100, "pct_start": 0.3, "div": 5.0} | case
    names = ("epochs", "base_lr", "freeze_epochs", "lr_mult", "pct_start", "div")
    losses = call(answer, model, toys.groups_of(model), steps, *(given[name] for name in names))
    return _numbers(losses), _state(model)


def _state(model: nn.Module) -> Tensor:
    return torch.cat([t.detach().flatten().double() for t in model.state_dict().values()])


def _numbers(losses: Any) -> list[float]:
    """The losses as a list of numbers, or the Hint for their form."""
    if isinstance(losses, Tensor) and losses.ndim == 1:
        losses = losses.tolist()
    if not isinstance(losses, list | tuple):
        raise Hint(f"give back the losses of all steps, as a list; this is {describe(losses)}.")
    if any(isinstance(value, Tensor) and value.requires_grad for value in losses):
        raise Hint(
            "the losses still carry their graphs, and with them all activations of every step. "
            "`loss.item()` makes a number."
        )
    return [float(value) for value in losses]


def fastais(case: dict[str, Any]) -> tuple[list[float], Tensor]:
    """What fastai's own fine_tune does with the same model and batches."""
    from downhill.exercises import finetune_learners as learners

    diary, model = learners.Diary(), toys.model()
    learn = learners.learner(model, toys.batches(STEPS), toys.groups_of, cbs=diary)
    with learn.no_bar(), learn.no_logging():
        learn.fine_tune(**case)
    return diary.step_losses, _state(model)


@exercise("04.E1")
def check_torch_fine_tune(torch_fine_tune: Any) -> str:
    """(model, groups, batches, epochs, base_lr=…, …, div=5.0) → losses; trains the model."""
    worst = 0.0
    for case in CASES:
        losses, state = _run(torch_fine_tune, case)
        theirs, their_state = fastais(case)
        asked = ", ".join(f"{name}={value}" for name, value in case.items())
        if len(losses) != len(theirs):
            raise Hint(
                f"{asked}, {STEPS} batches: there should be {len(theirs)} losses, one for each "
                f"step, and there are {len(losses)}. The frozen epochs come on top of `epochs`."
            )
        if not _close(losses, theirs):
            raise Hint(_what_differs(losses, theirs, case, asked))
        if not torch.allclose(state, their_state, rtol=1e-4, atol=1e-4):
            raise Hint(
                f"{asked}: all losses agree with fastai's, and the model at the end does not. Is "
                "the last step taken, and does the model come back with its BatchNorm "
                "statistics moved?"
            )
        worst = max(worst, *(abs(a - b) for a, b in zip(losses, theirs, strict=True)))
    steps = STEPS * sum(case["epochs"] + case.get("freeze_epochs", 1) for case in CASES)
    return f"{steps} steps beside learn.fine_tune: no loss differs by more than {worst:.0e}."


def _close(ours: list[float], theirs: list[float]) -> bool:
    return all(abs(a - b) <= 5e-6 for a, b in zip(ours, theirs, strict=True))


def _what_differs(
    losses: list[float], theirs: list[float], case: dict[str, Any], asked: str
) -> str:
    """The hint of the slip with just these losses; else, where they part from fastai's."""
    for slip in SLIPS:
        if _close(losses, _run(slip.answer, case)[0]):
            return f"{asked}: {slip.hint}"
    first = next(
        i for i, (a, b) in enumerate(zip(losses, theirs, strict=True)) if abs(a - b) > 5e-6
    )
    frozen = STEPS * case.get("freeze_epochs", 1)
    if first == 0:
        why = "before any step: is the model in training mode, and is it the first batch?"
    elif first <= 2:
        why = "right after the first steps: compare rates, momentum, `eps`, and what is frozen."
    elif first < frozen:
        why = "in the middle of the first phase: compare the rates and momenta, step by step."
    elif first <= frozen + 2:
        why = "where the second phase begins: base_lr, the groups' rates, a new optimiser?"
    else:
        why = "in the second phase: compare the schedule and the weight decay."
    return (
        f"{asked}: the loss of step {first} is {losses[first]:.5f}, and fastai's is "
        f"{theirs[first]:.5f}. The two part {why}"
    )
