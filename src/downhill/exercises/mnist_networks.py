"""Lesson 01, E4 ten digits with a linear model and a network, E5 a layer that dies."""

from typing import Any

import torch
from torch import Tensor, nn

from downhill.exercises import expect
from downhill.exercises.verdict import Hint, Slip, call, describe, exercise
from downhill.repro import rate

MNIST_TEST_IMAGES = 10_000
# Accuracy to reach: (linear, network). The network's on MNIST is fastai's published figure for
# one epoch of 784-50-10; the small digits set has fewer images to learn from.
GOALS = {True: (0.91, 0.9635), False: (0.92, 0.94)}


# --- E4: ten digits --------------------------------------------------------------------------


@exercise("01.E4")
def check_digits(linear_model: Any, network: Any, valid_x: Tensor, valid_y: Tensor) -> str:
    """Two trained models [n,784] → [n,10] logits: one linear, one with a hidden layer."""
    goals = GOALS[len(valid_x) == MNIST_TEST_IMAGES]
    notes = []
    for model, name, goal in zip(
        (linear_model, network), ("linear_model", "network"), goals, strict=True
    ):
        expect.stated(model, name)
        if isinstance(model, type):
            raise Hint(f"`{name}` is a class: make one of it, and train that.")
        logits = _logits(model, name, valid_x)
        _looks_trained(logits, name)
        if name == "linear_model" and not _is_affine(model):
            raise Hint(
                "`linear_model` is not linear: halfway between two images its logits are not "
                "halfway. Leave activations out of this one."
            )
        if name == "network" and _is_affine(model):
            raise Hint(
                "`network` is one linear function, however many layers it has. What did lesson "
                "section 10 put between two linear layers?"
            )
        right = (logits.argmax(1) == valid_y.cpu()).sum().item()
        if right < goal * len(valid_y):
            raise Hint(
                f"`{name}` gets {rate(right, len(valid_y))}; the goal is {goal:.2%}. "
                + _more(right / len(valid_y))
            )
        notes.append(f"{name} {rate(right, len(valid_y))}")
    return "; ".join(notes) + "."


def _logits(model: Any, name: str, images: Tensor) -> Tensor:
    """[n, 10] on the CPU, in evaluation mode without gradients; the model is left as it was."""
    is_module = isinstance(model, nn.Module)
    device = next((p.device for p in model.parameters()), None) if is_module else None
    training = is_module and model.training
    if training:
        model.eval()
    try:
        with torch.no_grad():
            out = expect.tensor(call(model, images.flatten(1).to(device)), name)
    finally:
        if training:
            model.train()
    n = len(images)
    if out.ndim == 1 and not out.is_floating_point():
        raise Hint(f"`{name}` gives back labels; hand over the model, which gives 10 logits each.")
    if list(out.shape) == [n, 1]:
        raise Hint(f"`{name}` gives one number an image: ten digits need ten outputs.")
    if list(out.shape) != [n, 10]:
        raise Hint(f"`{name}` should give [{n}, 10]; it gives {describe(out)}.")
    return out.detach().float().cpu()


def _looks_trained(logits: Tensor, name: str) -> None:
    if not logits.isfinite().all():
        raise Hint(
            f"`{name}` gives nan or infinity: training blew up. Make the model anew and lower the "
            "learning rate."
        )
    if logits.min() >= 0 and torch.allclose(logits.sum(1), torch.ones(len(logits)), atol=1e-4):
        raise Hint(
            f"`{name}` gives probabilities: each row sums to 1. cross_entropy expects logits and "
            "does the softmax itself; done twice, learning is slow."
        )
    if logits.max() <= 0 and torch.allclose(
        logits.exp().sum(1), torch.ones(len(logits)), atol=1e-4
    ):
        raise Hint(
            f"`{name}` gives log-probabilities: cross_entropy does the log-softmax itself. Leave "
            "it out of the model."
        )
    if len(logits.argmax(1).unique()) == 1:
        raise Hint(
            f"`{name}` calls every image a {logits[0].argmax()}: it is untrained, or the learning "
            "rate was so high that the hidden units died."
        )


def _is_affine(model: Any) -> bool:
    """Whether f((a+b)/2) = (f(a)+f(b))/2 on random inputs, as for xW + b and nothing else."""
    generator = torch.Generator().manual_seed(31)
    a, b = (2 * torch.randn(2, 64, 784, generator=generator)).unbind(0)
    fa, fb, middle = (_logits(model, "the model", x.view(-1, 28, 28)) for x in (a, b, (a + b) / 2))
    error = (middle - (fa + fb) / 2).abs().max()
    return bool(error <= 1e-3 * torch.cat([fa, fb]).abs().max().clamp(min=1e-6))


def _more(accuracy: float) -> str:
    if accuracy < 0.2:
        return (
            "That is as good as guessing: are images and labels still in the same order after "
            "shuffling, and are the parameters those that the optimiser was given?"
        )
    if accuracy < 0.8:
        return "It learns: do gradients start at zero in each step, and are the batches shuffled?"
    return (
        "Nearly: more epochs, a higher learning rate, smaller batches or momentum; one at a time."
    )


# --- E5: the learning rate that kills --------------------------------------------------------


def activations_task() -> Tensor:
    """[6, 8] after a ReLU: units 1, 4 and 6 are dead, unit 7 lives for one image only."""
    return torch.tensor(
        [
            [0.5, 0.0, 0.0, 1.0, 0.0, 0.2, 0.0, 0.0],
            [0.0, 0.0, 0.3, 1.0, 0.0, 0.2, 0.0, 0.0],
            [0.7, 0.0, 0.0, 1.0, 0.0, 0.2, 0.0, 0.0],
            [0.0, 0.0, 2.0, 1.0, 0.0, 0.2, 0.0, 0.0],
            [0.1, 0.0, 0.0, 1.0, 0.0, 0.2, 0.0, 0.0],
            [0.0, 0.0, 0.1, 1.0, 0.0, 0.2, 0.0, 1e-3],
        ]
    )


DEAD_SLIPS = [
    Slip(
        "zero_once",
        lambda h: (h == 0).any(0),
        "a unit that is zero for *some* images only chooses; dead is zero for all of them.",
    ),
    Slip(
        "alive",
        lambda h: (h > 0).any(0),
        "that marks the units that are alive: turn it round.",
    ),
    Slip(
        "small_mean",
        lambda h: h.mean(0) < 1e-2,
        "a unit that answers to one image, faintly, counts as dead here: it is alive, for its "
        "gradient is not zero there.",
    ),
    Slip(
        "constant",
        lambda h: (h == h[0]).all(0),
        "a unit with the same output for all images may still be above zero, where ReLU passes "
        "its gradient on.",
    ),
    Slip(
        "first_image",
        lambda h: h[0] == 0,
        "you look at one image only; look along the whole axis of images.",
    ),
]

REASONS = {
    "a": "the weights are finite numbers other than zero; look at model[0].weight.",
    "c": "a unit that learned all it can still answers to some image; these answer to none.",
    "d": "the last layer does train on: its bias has a gradient. Which layer has none?",
}


@exercise("01.E5")
def check_dead(
    dead_units: Any, killer_lr: Any, killed_model: Any, reason: Any, images: Tensor
) -> str:
    """dead_units(hidden [n, units] after ReLU) → [units] bool; a model trained at killer_lr."""
    task = activations_task()
    right = (task == 0).all(0)
    got = expect.tensor(call(dead_units, task), "dead_units")
    if list(got.shape) == [len(task)]:
        raise Hint(
            "dead_units answers once for each *image*: reduce over axis 0, the images, so that "
            "the units remain."
        )
    if got.ndim == 0:
        raise Hint("dead_units gives one number; it should mark each unit: [units] bool.")
    if got.dtype != torch.bool or got.shape != right.shape:
        raise Hint(f"dead_units should give [{len(right)}] bool here; it gives {describe(got)}.")
    expect.same_values(
        got,
        right,
        DEAD_SLIPS,
        (task,),
        otherwise="a unit is dead if its activation is zero for every image given. One or more "
        "of the test's 8 units are marked wrongly.",
    )
    expect.stated(killer_lr, "killer_lr")
    expect.stated(killed_model, "killed_model")
    if isinstance(killer_lr, bool) or not isinstance(killer_lr, int | float) or killer_lr <= 0:
        raise Hint("`killer_lr` should be one number above 0.")
    units, dead = _count_dead(killed_model, images)
    if dead < units:
        raise Hint(
            f"at a learning rate of {killer_lr:g}, {dead} of {units} hidden units are dead. "
            "Learning rates are searched in factors, not in small steps."
        )
    _reason(reason)
    return f"at a learning rate of {killer_lr:g}, {dead} of {units} hidden units are dead."


def _count_dead(model: Any, images: Tensor) -> tuple[int, int]:
    """(hidden units, dead ones) of Sequential(Linear, ReLU, …) on images [n, 28, 28]."""
    if not isinstance(model, nn.Sequential) or len(model) < 3:
        raise Hint(f"hand over the network that you trained; this is {describe(model)}.")
    if not all(p.isfinite().all() for p in model.parameters()):
        raise Hint(
            "the weights are nan or infinite: that is an explosion, and nan is neither dead nor "
            "alive. A lower learning rate kills more cleanly."
        )
    with torch.no_grad():
        hidden = model[1](model[0](images.flatten(1).to(model[0].weight.device)))
    return hidden.shape[1], int((hidden <= 0).all(0).sum())


def _reason(reason: Any) -> None:
    expect.stated(reason, "reason")
    letter = str(reason).strip().lower().strip("().")
    if letter in REASONS:
        raise Hint(f"the layer is dead; the reason is not ({letter}): {REASONS[letter]}")
    if letter != "b":
        raise Hint('the layer is dead; `reason` should be one of "a", "b", "c", "d".')
