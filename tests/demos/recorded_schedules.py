"""Schedules as fastai's own fine_tune sets them, recorded from real runs of a tiny model."""

import itertools
import warnings
from typing import Any

import torch
from fastai.callback.core import Callback
from fastai.data.core import DataLoaders
from fastai.data.load import DataLoader
from fastai.learner import Learner
from torch import nn

import fastai.callback.schedule  # noqa: F401  # isort: skip  # adds fine_tune to Learner

DEFAULTS = {"base_lr": 2e-3, "freeze_epochs": 1, "lr_mult": 100, "pct_start": 0.3, "div": 5.0}


class EveryGroup(Callback):
    """Learning rates [steps][groups] and momentum [steps]: the Recorder keeps the last group's."""

    order = 61  # after the scheduler's before_batch, which is 60

    def before_fit(self) -> None:
        if not hasattr(self, "lrs"):
            self.lrs: list[list[float]] = []
            self.moms: list[float] = []

    def before_batch(self) -> None:
        if self.training:
            self.lrs.append([float(h["lr"]) for h in self.opt.hypers])
            (momentum,) = {float(h["mom"]) for h in self.opt.hypers}
            self.moms.append(momentum)


def groups_of(model: nn.Module) -> list[list[nn.Parameter]]:
    """A parameter group for each child."""
    return [list(child.parameters()) for child in model.children()]


def tiny_learner(groups: int, steps_per_epoch: int) -> Learner:
    """A learner with this many groups whose epoch has this many steps."""
    torch.manual_seed(0)
    pairs = [(torch.randn(2), torch.randn(2)) for _ in range(2 * steps_per_epoch)]
    loader = DataLoader(pairs, bs=2, num_workers=0)
    valid = DataLoader(pairs[:2], bs=2, num_workers=0)
    model = nn.Sequential(*(nn.Linear(2, 2) for _ in range(groups)))
    return Learner(
        DataLoaders(loader, valid, device="cpu"),
        model,
        loss_func=nn.functional.mse_loss,
        splitter=groups_of,
    )


def record(epochs: int, steps_per_epoch: int = 7, groups: int = 3, **arguments: Any) -> dict:
    """A case as the lesson publishes it: what fastai set, step by step."""
    learn = tiny_learner(groups, steps_per_epoch)
    recorder = EveryGroup()
    with warnings.catch_warnings(), learn.no_bar(), learn.no_logging():
        warnings.simplefilter("ignore")  # a fit of no epochs has nothing to plot
        learn.fine_tune(epochs, cbs=recorder, **arguments)
    if "moms" in arguments:  # the argument; "moms" is what was recorded
        arguments["momenta"] = arguments.pop("moms")
    return {"epochs": epochs, **DEFAULTS, **arguments, "steps_per_epoch": steps_per_epoch,
            "lrs": recorder.lrs, "moms": recorder.moms}  # fmt: skip


def many() -> list[dict]:
    """Cases of every argument, at its ends and between: 40 or so."""
    one_by_one: list[dict[str, Any]] = [
        {"epochs": 3},
        {"epochs": 1},
        {"epochs": 6},
        *({"epochs": 2, "base_lr": lr} for lr in (1e-5, 3e-3, 0.1)),
        *({"epochs": 2, "freeze_epochs": n} for n in (0, 2, 5)),
        *({"epochs": 3, "lr_mult": m} for m in (1, 2.6, 1000)),
        *({"epochs": 3, "pct_start": p} for p in (0, 0.01, 0.25, 0.5, 0.9, 0.99, 1)),
        *({"epochs": 3, "div": d} for d in (1, 25.0, 100)),
        *({"epochs": 2, "groups": g} for g in (1, 2, 4, 5)),
        *({"epochs": 2, "steps_per_epoch": n} for n in (1, 2, 40)),
        {"epochs": 2, "div_final": 10},
        {"epochs": 2, "moms": (0.9, 0.8, 0.99)},
    ]
    together = [
        {"epochs": e, "base_lr": lr, "freeze_epochs": f, "lr_mult": m, "pct_start": p, "div": d,
         "steps_per_epoch": n, "groups": g}
        for (e, lr, f), (m, p, d), (n, g) in itertools.product(
            [(1, 1e-4, 3), (4, 0.05, 2)], [(10, 0.7, 2.0), (300, 0.15, 40.0)], [(3, 2), (11, 4)]
        )
    ]  # fmt: skip
    return [record(**case) for case in [*one_by_one, *together]]
