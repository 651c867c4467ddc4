"""fastai's learners on the small models of finetune_toys. Imported late: fastai takes seconds."""

from collections.abc import Callable
from typing import Any

import fastai.callback.schedule  # noqa: F401 - gives a learner fine_tune and fit_one_cycle
import torch
import torch.nn.functional as F  # noqa: N812 - the name everybody gives it
from fastai.callback.core import Callback
from fastai.data.core import DataLoaders
from fastai.data.load import DataLoader
from fastai.learner import Learner
from torch import Tensor, nn

from downhill.exercises.finetune_toys import Batches
from downhill.exercises.verdict import call


def loss_of(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy, given as float32: fastai's recorder cannot average anything else."""
    return F.cross_entropy(logits, labels).float()


def learner(
    model: nn.Module, data: Batches, groups: Callable[[Any], Any], **kwargs: Any
) -> Learner:
    """fastai's learner on these batches, in this order each epoch. groups: model → modules."""
    items = [pair for x, y in data for pair in zip(x, y, strict=True)]
    size = len(data[0][0])
    common = {"bs": size, "num_workers": 0, "device": torch.device("cpu")}
    loaders = DataLoaders(
        DataLoader(items, **common), DataLoader(items[:size], **common), device="cpu"
    )

    def splitter(model: nn.Module) -> list[list[Tensor]]:
        return [list(group.parameters()) for group in groups(model)]

    return Learner(loaders, model, loss_of, splitter=splitter, **kwargs)


def quiet(learn: Learner, function: Any, *arguments: Any) -> Any:
    """The learner's function called without progress bars or tables."""
    with learn.no_bar(), learn.no_logging():
        return call(function, *arguments)


class Diary(Callback):
    """Of each training step: the loss, the rate of each group, how many groups train, from last.

    A group trains where all of its parameters do; -1 where those that train are not the last ones.
    """

    order, run_valid = 61, False  # after what sets the rates

    def __init__(self) -> None:
        self.step_losses: list[float] = []
        self.rates: list[list[float]] = []
        self.open: list[int] = []

    def before_batch(self) -> None:
        switches = [all(p.requires_grad for p in g) for g in self.opt.param_lists]
        self.open.append(sum(switches) if switches == sorted(switches) else -1)
        self.rates.append([float(hyper["lr"]) for hyper in self.opt.hypers])

    def after_loss(self) -> None:
        self.step_losses.append(self.loss.item())
