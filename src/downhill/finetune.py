"""What fine_tune does: groups of layers, freezing, rates per group, the one-cycle schedule."""

import warnings

import torch
from fastai.torch_core import norm_types
from torch import nn

from downhill.schedule import cosine


def parameter_groups(model, cut):
    """The model in three groups of layers: the body before child `cut`, the rest of it, the head.

    model: Sequential(body, head), as vision_learner builds it. Nothing is copied.
    cut: 6 for a residual network (stem and two of its four stages), 5 for SqueezeNet 1.1.

    Built in lesson 04.
    """
    body, head = model
    layers = body[0] if len(body) == 1 else body  # SqueezeNet's layers are wrapped once more
    return [layers[:cut], layers[cut:], nn.Sequential(head)]


def freeze_to(groups, n, train_bn=True):
    """Only groups[n:] train; with train_bn the normalisation layers of groups[:n] train as well.

    groups: modules, first to last; n counts as in a slice, so -1 leaves the last one to train.

    Built in lesson 04.
    """
    if n >= len(groups):
        warnings.warn(f"freeze_to({n}) of {len(groups)} groups: all are frozen", stacklevel=2)
    for group in groups[n:]:
        group.requires_grad_(True)
    for group in groups[:n]:
        group.requires_grad_(False)
        for layer in group.modules():
            if train_bn and isinstance(layer, norm_types):
                layer.requires_grad_(True)


def discriminative_rates(rate, n_groups):
    """One learning rate per group, first to last: a float, slice(stop), slice(start, stop), list.

    slice(stop): the last group gets stop, the others a tenth of it. slice(start, stop): equal
    factors from start to stop. ValueError: a list whose length is not n_groups.

    Built in lesson 04.
    """
    if isinstance(rate, slice):
        if n_groups == 1:
            return [rate.stop]
        if not rate.start:
            return [rate.stop / 10] * (n_groups - 1) + [rate.stop]
        factor = (rate.stop / rate.start) ** (1 / (n_groups - 1))
        return [rate.start * factor**i for i in range(n_groups)]
    rates = list(rate) if isinstance(rate, list | tuple) else [rate]
    if len(rates) == 1:
        return rates * n_groups
    if len(rates) != n_groups:
        raise ValueError(f"{len(rates)} learning rates for {n_groups} parameter groups")
    return rates


def up_and_down(fraction, start, middle, end, pct_start):
    """Half a cosine from start to middle, reached at pct_start, then half a cosine to end.

    fraction: of all steps done, 0 ≤ fraction < 1.

    Built in lesson 04.
    """
    if fraction < pct_start:
        return cosine(start, middle, fraction / pct_start)
    return cosine(middle, end, (fraction - pct_start) / (1 - pct_start))


def one_cycle(fraction, lr_max, div=25.0, div_final=1e5, pct_start=0.25):
    """Learning rate of fit_one_cycle: lr_max / div up to lr_max, then down to lr_max / div_final.

    After Smith and Topin, Super-Convergence (2018), with cosines in place of straight lines.

    Built in lesson 04.
    """
    return up_and_down(fraction, lr_max / div, lr_max, lr_max / div_final, pct_start)


def one_cycle_momentum(fraction, moms=(0.95, 0.85, 0.95), pct_start=0.25):
    """Momentum of fit_one_cycle: lowest where the learning rate is highest.

    Built in lesson 04.
    """
    return up_and_down(fraction, *moms, pct_start)


def fine_tune_schedule(
    epochs,
    steps_per_epoch,
    base_lr=2e-3,
    freeze_epochs=1,
    lr_mult=100,
    pct_start=0.3,
    div=5.0,
    n_groups=3,
):
    """Every learning rate and momentum of fine_tune: lrs [steps, groups], moms [steps], float64.

    Built in lesson 04.
    """
    half = base_lr / 2
    frozen = discriminative_rates(slice(base_lr), n_groups)
    whole = discriminative_rates(slice(half / lr_mult, half), n_groups)
    lrs, moms = [], []
    for n, peaks, div_, pct in (
        (freeze_epochs * steps_per_epoch, frozen, 25.0, 0.99),
        (epochs * steps_per_epoch, whole, div, pct_start),
    ):
        for step in range(n):
            fraction = step / n
            lrs.append([one_cycle(fraction, peak, div_, pct_start=pct) for peak in peaks])
            moms.append(one_cycle_momentum(fraction, pct_start=pct))
    return torch.tensor(lrs, dtype=torch.float64), torch.tensor(moms, dtype=torch.float64)


def fine_tune(learn, epochs, base_lr=2e-3, freeze_epochs=1, lr_mult=100, pct_start=0.3, div=5.0):
    """The head first, then everything: the same weights as learn.fine_tune(epochs, …).

    ValueError: a learner with one parameter group, where there is nothing to freeze.

    Built in lesson 04.
    """
    if learn.opt is None:
        learn.create_opt()
    if len(learn.opt.param_lists) < 2:
        raise ValueError("The learner has one parameter group: freeze() would freeze nothing")
    learn.freeze()
    learn.fit_one_cycle(freeze_epochs, slice(base_lr), pct_start=0.99)
    learn.unfreeze()
    half = base_lr / 2
    learn.fit_one_cycle(epochs, slice(half / lr_mult, half), pct_start=pct_start, div=div)
