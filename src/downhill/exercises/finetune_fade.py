"""Lesson 04, E4: a learning rate that fades from layer to layer, towards the input."""

from itertools import pairwise
from typing import Any

import torch
from torch import nn

from downhill.exercises.verdict import Hint, Slip, call, describe, exercise


def _layers(model: Any, wrapped: bool = True, empty: bool = False) -> list[Any]:
    """Children of the body with parameters (or all of them), then the head."""
    body, head = model
    children = body[0] if wrapped and len(body) == 1 else body
    return [c for c in children if empty or any(True for _ in c.parameters())] + [head]


def _parameters(layers: Any) -> list[Any]:
    return [list(layer.parameters()) for layer in layers]


GROUP_SLIPS = [
    Slip(
        "no_head",
        lambda m: _parameters(_layers(m)[:-1]),
        "the head is missing: what is in no group is not trained.",
    ),
    Slip(
        "head_first",
        lambda m: _parameters(_layers(m)[-1:] + _layers(m)[:-1]),
        "the head comes first. Groups go from the input to the output, so it is the last.",
    ),
    Slip(
        "backwards",
        lambda m: _parameters(_layers(m)[::-1]),
        "the groups run from the output to the input: the other way round.",
    ),
    Slip(
        "empty_groups",
        lambda m: _parameters(_layers(m, empty=True)),
        "layers without parameters, a ReLU or a pooling, make groups of their own. They are "
        "empty, and the rate would fade at each of them.",
    ),
    Slip(
        "wrapped",
        lambda m: _parameters(_layers(m, wrapped=False)),
        "this body is wrapped once more, as SqueezeNet's is: it has a single child, and the layers "
        "are inside of that one.",
    ),
    Slip(
        "body_in_one",
        lambda m: _parameters(list(m)),
        "the body is one group: its children are to be one each.",
    ),
    Slip(
        "each_tensor",
        lambda m: [[p] for p in m.parameters()],
        "every tensor is a group. The weight and the bias of one child belong together.",
    ),
    Slip(
        "modules",
        lambda m: _layers(m),
        "the groups hold layers. fastai wants the parameters: a list of tensors for each group.",
    ),
]

FADE_SLIPS = [
    Slip(
        "grows",
        lambda rate, decay, n: [rate * decay**i for i in range(n)],
        "the rates are in the wrong order: the last group gets the whole rate.",
    ),
    Slip(
        "one_too_many",
        lambda rate, decay, n: [rate * decay ** (n - i) for i in range(n)],
        "the last group gets rate · decay. It should get the rate itself.",
    ),
    Slip(
        "divided",
        lambda rate, decay, n: [rate / decay ** (n - 1 - i) for i in range(n)],
        "the rates grow towards the first group: multiply by the decay, do not divide.",
    ),
    Slip(
        "linear",
        lambda rate, decay, n: [rate * (1 - (1 - decay) * (n - 1 - i)) for i in range(n)],
        "the rates fall by equal steps. Each should be the same *share* of the next.",
    ),
    Slip(
        "spread",
        lambda rate, decay, n: [rate * decay ** ((n - 1 - i) / max(n - 1, 1)) for i in range(n)],
        "the first group gets rate · decay, however many groups there are. The decay is meant from "
        "one group to the next.",
    ),
]


def bodies() -> dict[str, nn.Sequential]:
    """Models as vision_learner builds them, with ReLUs between, and one that is wrapped."""
    torch.manual_seed(0)
    parts = [nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4), nn.ReLU(), nn.Conv2d(4, 5, 1)]
    head = nn.Sequential(nn.Flatten(), nn.Linear(5, 4), nn.ReLU(), nn.Linear(4, 3))
    return {
        "a body of four children": nn.Sequential(nn.Sequential(*parts), head),
        "a wrapped body": nn.Sequential(nn.Sequential(nn.Sequential(*parts)), head),
    }


@exercise("04.E4")
def check_fading(layer_groups: Any, faded: Any) -> str:
    """layer_groups(model) → lists of parameters; faded(rate, decay, n) → n rates."""
    for what, model in bodies().items():
        got = _ids(call(layer_groups, model))
        if got == _ids(_parameters(_layers(model))):
            continue
        for slip in GROUP_SLIPS:
            if got == _ids(slip.answer(model)):
                raise Hint(f"{what}: {slip.hint}")
        flat = [i for group in got for i in group]
        everything = {id(p) for p in model.parameters()}
        if len(flat) > len(set(flat)):
            raise Hint(f"{what}: some parameters are in two groups, and would be moved twice.")
        if set(flat) != everything:
            n = len(everything - set(flat))
            raise Hint(f"{what}: {n} of the {len(everything)} parameters are in no group.")
        n = len(_layers(model))
        raise Hint(
            f"{what}: there should be {n} groups, one for each child with parameters and one for "
            f"the head; there are {len(got)}, and they are cut in other places."
        )
    for rate, decay, n in ((0.01, 0.5, 5), (0.02, 0.8, 3), (0.01, 0.5, 1)):
        rates = _rates(call(faded, rate, decay, n), n)
        right = [rate * decay ** (n - 1 - i) for i in range(n)]
        if _near(rates, right):
            continue
        asked = f"faded({rate}, {decay}, {n})"
        for slip in FADE_SLIPS:
            if _near(rates, slip.answer(rate, decay, n)):
                raise Hint(f"{asked}: {slip.hint}")
        shares = ", ".join(f"{b / a:.3g}" if a else "∞" for a, b in pairwise(rates[::-1]))
        raise Hint(
            f"{asked}: the last rate should be {rate}, and each should be {decay} times the one "
            f"after it. Yours ends with {rates[-1]:.3g}, and the shares are {shares or 'none'}."
        )
    return "every parameter is in one group, and each group's rate is a share of the next one's."


def _ids(groups: Any) -> list[list[int]]:
    """Which tensors (or layers) are in which group."""
    if isinstance(groups, nn.Module) or not hasattr(groups, "__iter__"):
        raise Hint(f"layer_groups should give back a list of lists; this is {describe(groups)}.")
    return [
        [id(group)] if isinstance(group, nn.Module) else [id(p) for p in group] for group in groups
    ]


def _rates(rates: Any, n: int) -> list[float]:
    if isinstance(rates, slice):
        raise Hint(
            "a slice spaces the rates between two ends. Here the share from group to group is "
            "given: compute the list."
        )
    if isinstance(rates, torch.Tensor) and rates.ndim == 1:
        rates = rates.tolist()
    if not isinstance(rates, list | tuple):
        raise Hint(f"faded should give back a list of {n} numbers; this is {describe(rates)}.")
    if len(rates) != n:
        raise Hint(f"for {n} groups faded gives back {len(rates)} rates.")
    return [float(r) for r in rates]


def _near(a: list[float], b: list[float]) -> bool:
    return torch.allclose(torch.tensor(a), torch.tensor(b), rtol=1e-5, atol=0)
