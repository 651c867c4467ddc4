"""Lesson 03, E6: a better recipe under a fixed budget of epochs."""

from collections.abc import Callable
from typing import Any

import fastai.callback.progress
import fastai.callback.schedule  # noqa: F401  (both give a Learner methods)
import torch
from fastai.callback.core import Callback, CancelFitException
from fastai.learner import Learner

from downhill.exercises.verdict import Hint, describe, exercise
from downhill.repro import rate

EPOCHS = 2
SEEDS = (0, 1)


class Meter(Callback):
    """Counts the pictures that a learner trains on, and ends the fit beyond `limit`."""

    order = -1000  # before any callback that might skip the batch

    def __init__(self, limit: int) -> None:
        self.limit, self.seen = limit, 0

    def before_batch(self) -> None:
        """Called by fastai with each batch, of training and of validation."""
        if self.training:
            self.seen += len(self.yb[0])
            if self.seen > self.limit:
                raise CancelFitException


@exercise("03.E6")
def check_budget(fit_pets: Any, make_learner: Any) -> str:
    """fit_pets(learn) trains within the budget; make_learner(seed) → a fresh Learner."""
    if not callable(fit_pets) or not callable(make_learner):
        raise Hint(
            "hand over two functions, without calling them: your recipe and the one that makes a "
            f"fresh learner. These are {describe(fit_pets)} and {describe(make_learner)}."
        )
    theirs = [_wrong(_run(fit_pets, make_learner, seed)) for seed in SEEDS]
    default = [_wrong(_run(_by_default, make_learner, seed)) for seed in SEEDS]
    n = len(SEEDS) * len(make_learner(SEEDS[0]).dls.valid_ds)
    if sum(theirs) >= sum(default):
        raise Hint(
            f"wrong over {len(SEEDS)} seeds: yours {rate(sum(theirs), n)}, the default recipe "
            f"{rate(sum(default), n)}. Section 7 has a table of rates and errors: on which side "
            "of the default are the better ones, for a head that starts from random numbers?"
        )
    each = sum(a < b for a, b in zip(theirs, default, strict=True))
    return (
        f"wrong over {len(SEEDS)} seeds: {rate(sum(theirs), n)}; by default "
        f"{rate(sum(default), n)}. Better with {each} of {len(SEEDS)} seeds."
    )


def _by_default(learn: Learner) -> None:
    learn.fit_one_cycle(EPOCHS)


def _run(fit: Callable[[Learner], Any], make_learner: Callable[..., Any], seed: int) -> Learner:
    """The learner after the recipe, or the Hint for what came in between."""
    learn = make_learner(seed)
    if not isinstance(learn, Learner):
        raise Hint(f"make_learner(seed) should give back a Learner; this is {describe(learn)}.")
    meter = Meter(EPOCHS * len(learn.dls.train_ds))
    learn.add_cb(meter)
    try:
        with learn.no_bar(), learn.no_logging():
            fit(learn)
    except NotImplementedError:
        raise Hint(
            "fit_pets is still the stub: write its body in the place of "
            "`raise NotImplementedError`, run that cell, then this one."
        ) from None
    except Exception as error:
        raise Hint(f"fit_pets raised {type(error).__name__}: {error}.") from error
    if meter.seen > meter.limit:
        raise Hint(
            f"the recipe draws more than {EPOCHS} epochs of training pictures. `fine_tune(n)` "
            "trains n + 1 epochs, and a range test trains, too: run it on another learner."
        )
    if meter.seen == 0:
        raise Hint(
            "no picture was trained on. Does fit_pets fit the learner that it is handed, or "
            "another one?"
        )
    return learn


def _wrong(learn: Learner) -> int:
    """How many validation pictures are named wrongly."""
    model = learn.model.eval()
    with torch.no_grad():
        return sum(int((model(x).argmax(1) != y).sum()) for x, y in learn.dls.valid)
