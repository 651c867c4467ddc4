"""Lesson 04, E5: a callback that keeps the running statistics of frozen BatchNorm layers."""

from typing import Any

import torch
from torch import nn

from downhill.exercises.verdict import Hint, Slip, call, exercise

UNDONE = (
    "the layers are put into evaluation mode before the run, and the training loop calls "
    "`model.train()` in each epoch after that. Which event comes later?"
)
STILL = (
    "the running statistics of the body still move. What moves them is a forward pass in training "
    "mode: the mode of the *layer* decides, and not `requires_grad`. Do you reach the layers? "
    "`children()` ends at body and head; `modules()` goes all the way down."
)


def keeper(
    when: str = "before_train", deep: bool = True, only_frozen: bool = True, how: str = "eval"
) -> Any:
    """A learner's callback class: the right one, but for what changes."""
    from fastai.callback.core import Callback

    def touch(self: Any) -> None:
        model = self.learn.model
        if how == "all":
            model.eval()
            return
        if how == "body":
            model[0].eval()
            return
        for layer in model.modules() if deep else model.children():
            if not isinstance(layer, nn.modules.batchnorm._BatchNorm):
                continue
            frozen = not any(p.requires_grad for p in layer.parameters())
            if only_frozen and not frozen:
                continue
            if how == "eval":
                layer.eval()
            elif how == "momentum":
                layer.momentum = 0.0
            elif how == "switches":
                layer.requires_grad_(False)

    return type("KeepStatistics", (Callback,), {when: touch})


# The answers make their class when they are called: fastai takes seconds to import.
SLIPS = [
    Slip("before_fit", lambda: keeper("before_fit"), UNDONE),
    Slip("nothing", lambda: keeper(how="nothing"), STILL),
    Slip("switches", lambda: keeper(how="switches"), STILL),
    Slip("children_only", lambda: keeper(deep=False), STILL),
    Slip(
        "momentum_zero",
        lambda: keeper(how="momentum"),
        "with momentum 0 the statistics stand still, but in training the layer still normalises "
        "with those of the batch, and the head sees other features than in validation.",
    ),
    Slip(
        "whole_model",
        lambda: keeper(how="all"),
        "the whole model is in evaluation mode: the head's Dropout is off and its BatchNorm, which "
        "trains, learns no statistics. Leave all but the frozen BatchNorm layers alone.",
    ),
    Slip(
        "every_norm",
        lambda: keeper(only_frozen=False),
        "BatchNorm layers that train are put into evaluation mode, too: the statistics of the "
        "head's stay at 0 and 1. Ask each layer whether any of its parameters trains.",
    ),
    Slip(
        "whole_body",
        lambda: keeper(how="body"),
        "frozen, it does what it should. Unfrozen, the body's BatchNorm layers train and their "
        "statistics stand still: ask each layer whether its parameters train.",
    ),
]


class Seen:
    """What one epoch did to a model's BatchNorm layers and modes."""

    def __init__(self, KeepStatistics: Any, unfrozen: bool) -> None:
        from fastai.callback.core import Callback

        from downhill.exercises import finetune_learners as learners

        model = small_model()
        torch.manual_seed(1)
        data = [(torch.randn(4, 3, 6, 6), torch.tensor([0, 1, 2, 0])) for _ in range(2)]
        modes: dict[str, bool] = {}

        class Look(Callback):
            def after_pred(self) -> None:
                if self.training:
                    modes.update({name: m.training for name, m in self.model.named_modules()})

        made = call(KeepStatistics)
        if not isinstance(made, Callback):
            raise Hint("KeepStatistics should be a callback: `class KeepStatistics(Callback)`.")
        learn = learners.learner(
            model, data, lambda m: [m[0], m[1]], train_bn=False, cbs=[made, Look()]
        )
        if unfrozen:
            learn.unfreeze()
        else:
            learn.freeze()
        switches = [p.requires_grad for p in model.parameters()]
        start = {name: t.clone() for name, t in model.state_dict().items()}
        learners.quiet(learn, _named_fit(learn))
        self.moved = {
            part: any(
                not torch.equal(t, start[name])
                for name, t in model.state_dict().items()
                if name.startswith(part) and "running" in name
            )
            for part in ("0.", "1.")
        }
        self.head_trains = not torch.equal(model[1][4].weight, start["1.4.weight"])
        self.switches_kept = [p.requires_grad for p in model.parameters()] == switches
        self.modes = modes
        self.momenta = {m.momentum for m in model.modules() if isinstance(m, nn.BatchNorm2d)}

    def like(self, other: "Seen") -> bool:
        names = ("moved", "modes", "switches_kept", "momenta")
        return all(getattr(self, name) == getattr(other, name) for name in names)


def _named_fit(learn: Any) -> Any:
    def fit() -> bool:
        try:
            learn.fit(1, 0.01)
        except IndexError as error:
            # fastai words what a callback raises by its first argument; the stub's has none
            raised = error.__context__
            if raised is not None and not raised.args:
                raise raised from None
            raise
        return True

    fit.__name__ = "KeepStatistics"  # hints speak of the learner's callback
    return fit


def small_model() -> nn.Sequential:
    """Sequential(body, head) for [n, 3, s, s]: BatchNorm in a block of the body and in the head."""
    torch.manual_seed(0)
    block = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU())
    body = nn.Sequential(block, nn.Sequential(nn.Conv2d(4, 4, 1), nn.BatchNorm2d(4)))
    pool = nn.AdaptiveAvgPool2d(1)
    head = nn.Sequential(pool, nn.Flatten(), nn.BatchNorm1d(4), nn.Dropout(0.5), nn.Linear(4, 3))
    return nn.Sequential(body, head)


@exercise("04.E5")
def check_keeper(KeepStatistics: Any) -> str:
    """A callback: while training, BatchNorm layers that do not train are in evaluation mode."""
    for unfrozen in (False, True):
        got = Seen(KeepStatistics, unfrozen)
        if got.like(Seen(keeper(), unfrozen)):
            continue
        which = "unfrozen" if unfrozen else "frozen with train_bn=False"
        if not got.switches_kept:
            raise Hint(
                f"a body {which}: `requires_grad` of some parameters has changed. Leave the "
                "switches alone: what moves the statistics is the mode of the layer."
            )
        if not unfrozen and got.like(Seen(SLIPS[1].answer(), unfrozen)):
            early = hasattr(KeepStatistics, "before_fit") or hasattr(KeepStatistics, "before_epoch")
            raise Hint(f"a body {which}: {UNDONE if early else STILL}")
        for slip in SLIPS:
            if got.like(Seen(slip.answer(), unfrozen)):
                raise Hint(f"a body {which}: {slip.hint}")
        raise Hint(
            f"a body {which}: not every layer is in the mode it should be in. Only BatchNorm "
            "layers none of whose parameters train belong in evaluation mode."
        )
    return "frozen, the body's statistics stand still and the head's move; unfrozen, all move."
