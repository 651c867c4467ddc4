"""Our parts of fine_tune against fastai 2.8.12."""

import warnings

import fastai.callback.schedule  # noqa: F401
import numpy as np
import pytest
import torch
from fastai.callback.core import Callback
from fastai.callback.schedule import combined_cos
from fastai.data.core import DataLoaders
from fastai.data.load import DataLoader
from fastai.learner import Learner
from fastai.optimizer import Adam
from fastai.torch_core import params
from fastai.vision.learner import create_vision_model, model_meta
from fastcore.foundation import L
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import nn
from torchvision.models import resnet18, squeezenet1_1

from downhill.finetune import (
    discriminative_rates,
    fine_tune,
    fine_tune_schedule,
    freeze_to,
    one_cycle,
    one_cycle_momentum,
    parameter_groups,
)
from downhill.repro import set_seed

CUT = 2
rates = st.floats(1e-6, 1.0)


def small_model():
    """Sequential(body, head) with normalisation in each of its three groups."""
    body = nn.Sequential(
        nn.Linear(4, 6), nn.BatchNorm1d(6), nn.ReLU(), nn.Linear(6, 5), nn.LayerNorm(5)
    )
    return nn.Sequential(body, nn.Sequential(nn.BatchNorm1d(5), nn.Linear(5, 3)))


def split(n_groups):
    """A splitter for fastai that makes 1, 2 or 3 groups of small_model()."""

    def splitter(model):
        body, head = model
        parts = {1: [model], 2: [body, head], 3: [body[:CUT], body[CUT:], head]}
        return L(parts[n_groups]).map(params)

    return splitter


def learner(seed=0, n_groups=3, steps=2, **kwargs):
    """A learner on new loaders of `steps` batches, all from one seed."""
    set_seed(seed)
    pairs = list(zip(torch.randn(4 * steps, 4), torch.randint(0, 3, (4 * steps,)), strict=True))
    dls = DataLoaders(
        DataLoader(pairs, bs=4, shuffle=True, num_workers=0), DataLoader(pairs, bs=4, num_workers=0)
    )
    model = small_model()
    return Learner(dls, model, nn.CrossEntropyLoss(), splitter=split(n_groups), **kwargs)


class Record(Callback):
    """The learning rate and momentum of every group, as the optimiser's step uses them."""

    def __init__(self):
        self.rates, self.momenta = [], []

    def before_step(self):
        self.rates.append([float(h["lr"]) for h in self.opt.hypers])
        self.momenta.append([float(h["mom"]) for h in self.opt.hypers])


def quietly(learn, task, *args, **kwargs):
    with learn.no_bar(), learn.no_logging():
        task(*args, **kwargs)
    return learn


def difference(one, other):
    """Largest difference of two learners' weights and buffers."""
    pairs = zip(one.model.state_dict().values(), other.model.state_dict().values(), strict=True)
    return max((a.double() - b.double()).abs().max().item() for a, b in pairs)


# --- groups and freezing


@pytest.mark.parametrize(("arch", "cut"), [(resnet18, 6), (squeezenet1_1, 5)])
def test_the_groups_are_those_of_fastais_splitter(arch, cut):
    model = create_vision_model(arch, 37, pretrained=False)
    theirs = model_meta[arch]["split"](model)
    ours = [list(group.parameters()) for group in parameter_groups(model, cut)]
    assert len(ours) == len(theirs) == 3
    for mine, fastais in zip(ours, theirs, strict=True):
        assert [id(p) for p in mine] == [id(p) for p in fastais]


@pytest.mark.parametrize("train_bn", [True, False])
@pytest.mark.parametrize("n", range(-4, 6))
def test_freeze_to_leaves_the_same_parameters_to_train_as_fastai(n, train_bn):
    learn, model = learner(train_bn=train_bn), small_model()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of n ≥ 3: its own test is below
        learn.freeze_to(n)
        freeze_to(parameter_groups(model, CUT), n, train_bn)
    theirs = {name: p.requires_grad for name, p in learn.model.named_parameters()}
    assert {name: p.requires_grad for name, p in model.named_parameters()} == theirs


@settings(deadline=None)
@given(st.lists(st.integers(-3, 2), min_size=1, max_size=5), st.booleans())
def test_freezing_again_and_again_ends_where_fastai_does(ns, train_bn):
    learn, model = learner(train_bn=train_bn), small_model()
    for n in ns:
        learn.freeze_to(n)
        freeze_to(parameter_groups(model, CUT), n, train_bn)
    for mine, fastais in zip(model.parameters(), learn.model.parameters(), strict=True):
        assert mine.requires_grad == fastais.requires_grad


def test_both_warn_where_nothing_is_left_to_train():
    with pytest.warns(UserWarning, match="whole model is frozen"):
        learner().freeze_to(3)
    with pytest.warns(UserWarning, match=r"freeze_to\(3\) of 3 groups: all are frozen"):
        freeze_to(parameter_groups(small_model(), CUT), 3)


# --- one rate per group


def set_hyper(rate, n_groups):
    """fastai's answer: the rates of an optimiser with that many groups."""
    optimiser = Adam([[torch.zeros(1, requires_grad=True)] for _ in range(n_groups)], lr=0.1)
    optimiser.set_hyper("lr", rate)
    return [float(h["lr"]) for h in optimiser.hypers]


@given(
    st.integers(1, 6),
    rates | st.builds(slice, rates) | st.builds(slice, rates, rates) | st.lists(rates, max_size=1),
)
@example(3, slice(1e-3))
@example(3, slice(1e-5, 1e-3))
@example(3, slice(0.0, 1e-3))
@example(1, slice(1e-5, 1e-3))
def test_rates_are_spread_over_the_groups_as_in_fastai(n_groups, rate):
    rate = rate or [0.1]
    assert discriminative_rates(rate, n_groups) == pytest.approx(set_hyper(rate, n_groups))


@given(st.lists(rates, min_size=2, max_size=5), st.integers(1, 5))
def test_a_list_needs_one_rate_per_group(listed, n_groups):
    if len(listed) == n_groups:
        assert discriminative_rates(listed, n_groups) == set_hyper(listed, n_groups) == listed
        return
    with pytest.raises(AssertionError):
        set_hyper(listed, n_groups)
    with pytest.raises(ValueError, match=f"{len(listed)} learning rates for {n_groups} param"):
        discriminative_rates(listed, n_groups)


def test_the_two_slices_of_the_lesson():
    assert discriminative_rates(slice(1e-3), 3) == pytest.approx([1e-4, 1e-4, 1e-3])
    assert discriminative_rates(slice(1e-5, 1e-3), 3) == pytest.approx([1e-5, 1e-4, 1e-3])


# --- schedules


# fastai keeps `pct_start` in float32 too: not zero here and zero there is no fair question
shares = st.just(0.0) | st.floats(1e-6, 1)


@given(st.floats(0, 0.999), rates, st.floats(1.0, 100), st.floats(1.0, 1e6), shares)
@example(0.3, 1e-3, 5.0, 1e5, 0.3)
@example(0.0, 1e-3, 25.0, 1e5, 0.0)
def test_one_cycle_is_fastais_pair_of_cosines(fraction, lr_max, div, div_final, pct_start):
    theirs = combined_cos(pct_start, lr_max / div, lr_max, lr_max / div_final)(fraction)
    ours = one_cycle(fraction, lr_max, div, div_final, pct_start)
    # fastai keeps the fraction in float32, and a fraction near 0 or 1 of a short phase suffers
    phase = max(min(pct_start, 1 - pct_start), 1e-3)
    assert ours == pytest.approx(theirs, abs=1e-6 * lr_max / phase)


@given(st.floats(0, 0.999), st.floats(0.01, 0.99))
def test_momentum_falls_and_rises_as_in_fastai(fraction, pct_start):
    theirs = combined_cos(pct_start, 0.95, 0.85, 0.95)(fraction)
    assert one_cycle_momentum(fraction, pct_start=pct_start) == pytest.approx(theirs, abs=1e-5)


@settings(deadline=None, max_examples=30)
@given(
    epochs=st.integers(1, 4),
    steps=st.integers(1, 6),
    base_lr=st.floats(1e-5, 1e-1),
    freeze_epochs=st.integers(0, 3),
    lr_mult=st.floats(1.0, 1000.0),
    pct_start=st.sampled_from([0.0, 0.1, 0.25, 0.3, 0.5, 0.99, 1.0]),
    div=st.floats(1.0, 50.0),
    n_groups=st.integers(1, 3),
)
def test_the_schedule_is_the_one_recorded_from_fastai(steps, n_groups, **arguments):
    record = Record()
    learn = learner(n_groups=n_groups, steps=steps, cbs=record)
    quietly(learn, learn.fine_tune, **arguments)
    lrs, moms = fine_tune_schedule(steps_per_epoch=steps, n_groups=n_groups, **arguments)
    assert lrs.shape == (steps * (arguments["epochs"] + arguments["freeze_epochs"]), n_groups)
    peak = arguments["base_lr"]
    np.testing.assert_allclose(lrs, record.rates, rtol=1e-6, atol=1e-6 * peak)
    np.testing.assert_allclose(moms[:, None].expand(-1, n_groups), record.momenta, atol=1e-6)


def test_the_defaults_are_fastais():
    record = Record()
    learn = learner(steps=10, cbs=record)
    quietly(learn, learn.fine_tune, 2)
    lrs, moms = fine_tune_schedule(2, 10)
    np.testing.assert_allclose(lrs, record.rates, rtol=1e-6, atol=2e-9)
    np.testing.assert_allclose(moms, np.array(record.momenta)[:, 0], atol=1e-6)
    assert lrs[0, -1] == pytest.approx(8e-5)
    assert lrs[10:].max(0).values.tolist() == pytest.approx([1e-5, 1e-4, 1e-3])


# --- fine_tune


@settings(deadline=None, max_examples=25)
@given(
    seed=st.integers(0, 1000),
    epochs=st.integers(1, 3),
    n_groups=st.integers(2, 3),
    train_bn=st.booleans(),
    arguments=st.fixed_dictionaries(
        {},
        optional={
            "base_lr": st.floats(1e-4, 1e-1),
            "freeze_epochs": st.integers(0, 2),
            "lr_mult": st.floats(1.0, 1000.0),
            "pct_start": st.sampled_from([0.0, 0.3, 0.99]),
            "div": st.floats(1.0, 50.0),
        },
    ),
)
@example(seed=42, epochs=2, n_groups=3, train_bn=True, arguments={})
def test_fine_tune_ends_with_fastais_weights_to_the_last_bit(
    seed, epochs, n_groups, train_bn, arguments
):
    theirs = learner(seed, n_groups, train_bn=train_bn)
    quietly(theirs, theirs.fine_tune, epochs, **arguments)
    ours = learner(seed, n_groups, train_bn=train_bn)
    quietly(ours, fine_tune, ours, epochs, **arguments)
    assert difference(ours, theirs) == 0


def test_another_seed_gives_other_weights():
    one, other = (learner(seed) for seed in (1, 2))
    for learn in (one, other):
        quietly(learn, fine_tune, learn, 1)
    assert difference(one, other) > 0


def test_a_learner_with_one_group_is_refused():
    with pytest.raises(ValueError, match="one parameter group"):
        fine_tune(learner(n_groups=1), 1)
