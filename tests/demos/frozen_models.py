"""Models frozen by fastai itself, as the freeze map's data: what trains and what moves."""

from __future__ import annotations

import copy
import itertools
import warnings
from collections.abc import Callable

import torch
from fastai.callback.training import BnFreeze
from fastai.data.core import DataLoaders
from fastai.data.load import DataLoader
from fastai.learner import Learner
from fastai.vision.learner import create_vision_model, model_meta
from torch import nn
from torchvision.models import resnet34

NORMS = (nn.BatchNorm1d, nn.BatchNorm2d)
Splitter = Callable[[nn.Module], list[list[nn.Parameter]]]


def tiny() -> tuple[nn.Module, Splitter]:
    """Three groups; BatchNorm in each, a layer without parameters, one without a bias."""
    model = nn.Sequential(
        nn.Sequential(nn.Conv2d(3, 4, 3, bias=False), nn.BatchNorm2d(4), nn.ReLU()),
        nn.Sequential(nn.Conv2d(4, 5, 3), nn.BatchNorm2d(5), nn.Conv2d(5, 6, 3), nn.BatchNorm2d(6)),
        nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.BatchNorm1d(6), nn.Linear(6, 2)),
    )
    return model, lambda m: [list(child.parameters()) for child in m]


def resnet() -> tuple[nn.Module, Splitter]:
    """ResNet-34 with fastai's head for 37 breeds and fastai's three groups, without weights."""
    model = create_vision_model(resnet34, 37, pretrained=False)
    return model, model_meta[resnet34]["split"]


def learner(model: nn.Module, splitter: Splitter, train_bn: bool) -> Learner:
    pairs = [(torch.randn(3, 32, 32), torch.tensor(i % 2)) for i in range(4)]
    loaders = DataLoaders(*(DataLoader(pairs, bs=4, num_workers=0) for _ in range(2)), device="cpu")
    learn = Learner(loaders, model, loss_func=nn.CrossEntropyLoss(), splitter=splitter,
                    train_bn=train_bn)  # fmt: skip
    learn.create_opt()
    return learn


def leaves(model: nn.Module) -> list[tuple[str, nn.Module]]:
    """The layers that have parameters, in the model's order."""
    return [(name, module) for name, module in model.named_modules()
            if list(module.parameters(recurse=False))]  # fmt: skip


def describe(name: str, model: nn.Module, splitter: Splitter) -> dict:
    """Groups and layers in the format of the freeze map's data."""
    groups = [list(group) for group in splitter(model)]
    where = {id(p): g for g, group in enumerate(groups) for p in group}
    layers = []
    for path, module in leaves(model):
        parameters = list(module.parameters(recurse=False))
        batchnorm = isinstance(module, NORMS)
        layers.append({
            "name": path, "kind": type(module).__name__, "group": where[id(parameters[0])],
            "parameters": sum(p.numel() for p in parameters), "batchnorm": batchnorm,
            "running": 2 * module.num_features if batchnorm else 0,
        })  # fmt: skip
    named = [{"name": f"group {g}", "parameters": sum(p.numel() for p in group)}
             for g, group in enumerate(groups)]  # fmt: skip
    return {"model": name, "groups": named, "layers": layers, "cases": []}


def observed(model: nn.Module, splitter: Splitter, freeze_to: int, train_bn: bool,
             bn_freeze: bool) -> dict:  # fmt: skip
    """What fastai lets train, and whose running statistics one batch of training moves."""
    model = copy.deepcopy(model)
    learn = learner(model, splitter, train_bn)
    with warnings.catch_warnings(), learn.no_bar(), learn.no_logging():
        warnings.simplefilter("ignore")  # fastai's warning that the whole model is frozen
        learn.freeze_to(freeze_to)
        trains = [next(m.parameters(recurse=False)).requires_grad for _, m in leaves(model)]
        trainable = sum(p.numel() for p in model.parameters() if p.requires_grad)
        before = [
            m.running_mean.clone() if isinstance(m, NORMS) else None for _, m in leaves(model)
        ]
        if trainable:
            learn.fit(1, lr=0.0, cbs=[BnFreeze()] if bn_freeze else [])
            moves = [b is not None and not torch.equal(b, m.running_mean)
                     for b, (_, m) in zip(before, leaves(model), strict=True)]  # fmt: skip
        else:
            moves = None  # nothing to train: loss.backward() fails
    return {"freeze_to": freeze_to, "train_bn": train_bn, "bn_freeze": bn_freeze,
            "trainable": trainable, "trains": trains, "moves": moves}  # fmt: skip


def everything(model: nn.Module, splitter: Splitter) -> list[dict]:
    """Every freeze_to, with and without train_bn and BnFreeze."""
    groups, flags = len(splitter(model)), (True, False)
    settings = itertools.product(range(-groups, groups + 1), flags, flags)
    return [observed(model, splitter, *setting) for setting in settings]
