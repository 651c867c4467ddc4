"""Range tests by fastai's own lr_find, in the format of the learning-rate game's data."""

from __future__ import annotations

import tempfile
import warnings
from typing import Any

import torch
from fastai.callback.schedule import minimum, slide, steep, valley
from fastai.data.core import DataLoaders
from fastai.data.load import DataLoader
from fastai.learner import Learner
from torch import Tensor, nn

from downhill.demo import pack

RULES = (valley, slide, minimum, steep)
RUN = {"train_loss": [2.0, 1.0], "error": [0.5], "seeds": 1}


def curve(rates: list[float], losses: list[float] | Tensor) -> dict[str, Any]:
    """A range test as the lesson publishes it: float32."""
    return {"lr": pack(torch.tensor(rates)), "loss": pack(torch.as_tensor(losses))}


def game(sweep: dict[str, Any], suggestions: dict[str, float]) -> dict[str, Any]:
    """The smallest data of a game with this range test."""
    runs = [RUN | {"lr": lr} for lr in (1e-3, 1e-2)]
    return {"sweep": sweep, "suggestions": suggestions, "runs": runs, "archetypes": []}


def by_fastai(rates: list[float], losses: Tensor) -> dict[str, float]:
    """The four suggestions as lr_find computes them from a recorder's rates and losses."""
    kept_rates, kept = torch.tensor(rates[10:-5]), losses[10:-5]
    broken = torch.nonzero(torch.isnan(kept))
    if len(broken):
        kept_rates, kept = kept_rates[: broken[0]], kept[: broken[0]]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # NumPy's, of fastai's slide
        return {rule.__name__: float(rule(kept_rates, kept, 100)[0]) for rule in RULES}


def drawn(seed: int) -> dict[str, Any]:
    """A curve made of random numbers: a fall, a rise, noise; every fourth ends in nan."""
    generator = torch.Generator().manual_seed(seed)
    depth, place, width, noise, up = torch.rand(5, generator=generator).tolist()
    rates = [1e-7 * (10 / 1e-7) ** (i / 100) for i in range(60 + seed % 40)]
    x = torch.tensor(rates).log10()
    losses = 3 - 2 * depth * torch.sigmoid((x + 5 - 3 * place) * (1 + 3 * width))
    losses = losses + up * torch.tensor(rates) ** 0.7
    losses = losses + 0.1 * noise * torch.randn(len(rates), generator=generator)
    if seed % 4 == 0:
        losses[-8:] = torch.nan
    return game(curve(rates, losses), by_fastai(rates, losses))


def found(seed: int, shuffled: bool = False) -> dict[str, Any]:
    """lr_find on a tiny classifier, run for real."""
    torch.manual_seed(seed)
    inputs, truth = torch.randn(320, 8), torch.randn(8, 4)
    labels = (inputs @ truth).argmax(1)
    if shuffled:
        labels = labels[torch.randperm(320)]
    loader = DataLoader(list(zip(inputs, labels, strict=True)), bs=16, shuffle=True, num_workers=0)
    model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 4))
    loaders = DataLoaders(loader, loader, device="cpu")
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        learn = Learner(loaders, model, loss_func=nn.CrossEntropyLoss(), path=folder)
        with learn.no_bar():
            suggested = learn.lr_find(suggest_funcs=RULES, show_plot=False)
    losses = [float(loss) for loss in learn.recorder.losses]
    return game(curve(learn.recorder.lrs, losses), suggested._asdict())
