"""Lesson 04: right answers in several styles pass; each typical wrong one gets its own hint."""

import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from fastai.callback.core import Callback
from fastai.callback.training import BnFreeze
from torch import nn

from downhill.exercises import (
    finetune_adapter,
    finetune_fade,
    finetune_norms,
    finetune_thaw,
    finetune_torch,
    finetune_transplant,
    grade,
    known,
)
from downhill.finetune import fine_tune_schedule, freeze_to

NO_HINT = "passed, though it should not have"


def hint_of(name, *answer):
    return grade(name, *answer).hint or NO_HINT


def named(slip):
    return slip.name


def test_every_exercise_of_the_lesson_has_a_check():
    assert {f"04.E{i}" for i in range(1, 7)} <= set(known())


# --- E1: fine_tune in torch ------------------------------------------------------------------


def torch_fine_tune(
    model,
    groups,
    batches,
    epochs,
    base_lr=2e-3,
    freeze_epochs=1,
    lr_mult=100,
    pct_start=0.3,
    div=5.0,
):
    """In the style of the solution."""
    lrs, moms = fine_tune_schedule(
        epochs, len(batches), base_lr, freeze_epochs, lr_mult, pct_start, div, len(groups)
    )
    losses = []
    model.train()
    for step in range(len(lrs)):
        if step in (0, freeze_epochs * len(batches)):
            freeze_to(groups, 0 if step else -1)
            sets = [
                {"params": [p], "weight_decay": 0.01 * (p.ndim > 1), "layers": i}
                for i, group in enumerate(groups)
                for p in group.parameters()
            ]
            optimiser = torch.optim.AdamW(sets, eps=1e-5)
        for one_set in optimiser.param_groups:
            one_set["lr"] = lrs[step, one_set["layers"]].item()
            one_set["betas"] = (moms[step].item(), 0.99)
        x, y = batches[step % len(batches)]
        loss = F.cross_entropy(model(x), y)
        losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return losses


@pytest.mark.parametrize(
    "answer",
    [torch_fine_tune, finetune_torch.by_torch(), lambda *a: torch.tensor(torch_fine_tune(*a))],
    ids=["set_per_tensor", "set_per_kind", "losses_in_a_tensor"],
)
def test_fine_tune_in_torch_passes_in_any_style(answer):
    verdict = grade("04.E1", answer)
    assert verdict.passed, verdict.hint
    assert "beside learn.fine_tune" in verdict.note


@pytest.mark.parametrize("slip", finetune_torch.SLIPS, ids=named)
def test_each_slip_in_fine_tune_is_recognised(slip):
    assert hint_of("04.E1", slip.answer).endswith(slip.hint)


def test_two_slips_at_once_are_told_where_the_losses_part():
    both = finetune_torch.by_torch(eps=1e-8, squares=0.999)
    assert "The two part " in hint_of("04.E1", both)


def test_missing_frozen_epochs_are_counted():
    def too_short(*arguments):
        return torch_fine_tune(*arguments)[finetune_torch.STEPS :]

    assert "come on top of `epochs`" in hint_of("04.E1", too_short)


def test_losses_with_graphs_are_refused():
    def graphs(*arguments):
        numbers = torch_fine_tune(*arguments)
        return [torch.tensor(number, requires_grad=True) for number in numbers]

    assert "`loss.item()`" in hint_of("04.E1", graphs)


def test_a_single_loss_is_no_list():
    assert "the losses of all steps, as a list" in hint_of("04.E1", lambda *a: 0.5)


def test_a_model_that_is_not_the_trained_one_is_noticed_behind_right_losses():
    def forgets_the_end(model, *arguments):
        losses = torch_fine_tune(model, *arguments)
        for p in model.parameters():
            p.data.mul_(1.5)
        return losses

    assert "the model at the end does not" in hint_of("04.E1", forgets_the_end)


# --- E2: gradual unfreezing ------------------------------------------------------------------


def thaw(learn, rate, epochs):
    """By unfreezing from the front of the list, in the style of a while loop."""
    k = len(learn.opt.param_lists)
    while k > 0:
        k -= 1
        learn.freeze_to(k)
        learn.fit_one_cycle(epochs, slice(rate / 100, rate))
        rate /= 2
    return learn


@pytest.mark.parametrize("answer", [thaw, finetune_thaw.thawing()])
def test_thawing_passes_in_any_style(answer):
    verdict = grade("04.E2", answer)
    assert verdict.passed, verdict.hint


@pytest.mark.parametrize("slip", finetune_thaw.THAW_SLIPS, ids=named)
def test_each_slip_in_thawing_is_recognised(slip):
    assert hint_of("04.E2", slip.answer).endswith(slip.hint)


def test_an_unknown_order_of_groups_is_spelt_out():
    odd = finetune_thaw.thawing(stages=lambda n: [1, 2, *range(2, n)])
    assert "should go 1, 2, 3 from epoch to epoch; yours go 1, 2, 2" in hint_of("04.E2", odd)


def test_training_nothing_and_giving_back_something_else_are_told_apart():
    assert "nothing was trained" in hint_of("04.E2", lambda learn, rate, epochs: learn)
    assert "give the learner back" in hint_of("04.E2", lambda learn, rate, epochs: 1)


def test_other_rates_are_told_the_first_one():
    odd = finetune_thaw.thawing(rates=lambda rate, k: slice(rate / 7, rate / 3))
    assert "the right groups train, at other rates" in hint_of("04.E2", odd)


# --- E3: maps and adapter --------------------------------------------------------------------

maps, Adapter = finetune_adapter._maps(), finetune_adapter.adapter()


class Bottleneck(nn.Module):
    """Linear layers on the last axis, no biases, and a learnable gate that starts at zero."""

    def __init__(self, channels, width):
        super().__init__()
        self.down = nn.Linear(channels, width, bias=False)
        self.up = nn.Linear(width, channels, bias=False)
        nn.init.zeros_(self.up.weight)

    def forward(self, x):
        places = x.permute(0, 2, 3, 1)
        return x + self.up(self.down(places).relu()).permute(0, 3, 1, 2)


@pytest.mark.parametrize("answer", [Adapter, Bottleneck])
def test_adapters_pass_in_any_style(answer):
    verdict = grade("04.E3", maps, answer)
    assert verdict.passed, verdict.hint


@pytest.mark.parametrize(
    ("change", "hint"),
    [
        ({"train": True}, "its running statistics moved"),
        ({"graph": True}, "still hang on the graph"),
        ({"restore": False}, "goes back in evaluation mode"),
    ],
)
def test_each_trace_left_in_the_body_is_recognised(change, hint):
    assert hint in hint_of("04.E3", finetune_adapter._maps(**change), Adapter)


def leaves_training(body, pictures):
    found = maps(body, pictures)
    body.train()
    return found


def freezes(body, pictures):
    found = maps(body, pictures)
    body.requires_grad_(False)
    return found


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda body, pictures: 2 * maps(body, pictures), "differ from those that the body gives"),
        (lambda body, pictures: maps(body, pictures)[:2], "the maps should have shape"),
        (leaves_training, "came in evaluation mode goes back in training mode"),
        (freezes, "the switches of the body have changed"),
    ],
)
def test_other_maps_get_a_fitting_hint(answer, hint):
    assert hint in hint_of("04.E3", answer, Adapter)


class Halved(Bottleneck):
    def forward(self, x):
        return x[:, :2]


class Frozen(Bottleneck):
    def __init__(self, *sizes):
        super().__init__(*sizes)
        self.requires_grad_(False)


class Scaled(Bottleneck):
    def __init__(self, *sizes):
        super().__init__(*sizes)
        self.scale = nn.Parameter(torch.ones(4))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda channels, width: 3, "should be an nn.Module"),
        (Halved, "not as they were"),
        (Frozen, "parameters of the adapter are frozen"),
        (Scaled, "biases included; this adapter has 40"),
    ],
)
def test_other_adapters_get_a_fitting_hint(answer, hint):
    assert hint in hint_of("04.E3", maps, answer)


@pytest.mark.parametrize("slip", finetune_adapter.MAP_SLIPS, ids=named)
def test_each_slip_in_the_maps_is_recognised(slip):
    assert hint_of("04.E3", slip.answer, Adapter) == slip.hint


@pytest.mark.parametrize("slip", finetune_adapter.ADAPTER_SLIPS, ids=named)
def test_each_slip_in_the_adapter_is_recognised(slip):
    assert hint_of("04.E3", maps, slip.answer) == slip.hint


# --- E4: rates that fade ---------------------------------------------------------------------


def layer_groups(model):
    return finetune_fade._parameters(finetune_fade._layers(model))


def faded(rate, decay, n):
    return [rate * decay ** (n - 1 - i) for i in range(n)]


def from_the_top(rate, decay, n):
    """The rates as a tensor, built from the last to the first."""
    rates = [rate]
    while len(rates) < n:
        rates.insert(0, rates[0] * decay)
    return torch.tensor(rates)


@pytest.mark.parametrize("answer", [faded, from_the_top])
def test_fading_rates_pass_in_any_style(answer):
    verdict = grade("04.E4", layer_groups, answer)
    assert verdict.passed, verdict.hint


@pytest.mark.parametrize("slip", finetune_fade.GROUP_SLIPS, ids=named)
def test_each_slip_in_the_groups_is_recognised(slip):
    assert hint_of("04.E4", slip.answer, faded).endswith(slip.hint)


@pytest.mark.parametrize("slip", finetune_fade.FADE_SLIPS, ids=named)
def test_each_slip_in_the_rates_is_recognised(slip):
    assert hint_of("04.E4", layer_groups, slip.answer).endswith(slip.hint)


def test_parameters_in_two_groups_or_in_none_are_counted():
    def twice(model):
        return [list(model.parameters()), list(model.parameters())]

    assert "moved twice" in hint_of("04.E4", twice, faded)
    assert "are in no group" in hint_of("04.E4", lambda m: layer_groups(m)[1:], faded)


def test_groups_cut_elsewhere_are_counted():
    def in_two(model):
        first, *rest = layer_groups(model)
        return [[p] for p in first] + rest

    assert "they are cut in other places" in hint_of("04.E4", in_two, faded)
    assert "a list of lists; this is an int" in hint_of("04.E4", lambda model: 3, faded)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda rate, decay, n: rate, "a list of 5 numbers; this is a float"),
        (lambda rate, decay, n: [rate], "for 5 groups faded gives back 1 rates"),
        (lambda *a: [0.9 * r for r in faded(*a)], "Yours ends with 0.009, and the shares are 0.5"),
    ],
)
def test_other_rates_get_a_fitting_hint(answer, hint):
    assert hint in hint_of("04.E4", layer_groups, answer)


def test_a_slice_is_no_fading_rate():
    assert "compute the list" in hint_of(
        "04.E4", layer_groups, lambda rate, decay, n: slice(rate * decay, rate)
    )


# --- E5: statistics that stand still ---------------------------------------------------------


class ByPred(Callback):
    """Later than asked, before each batch, and by a recursion of its own."""

    def before_batch(self):
        self.visit(self.learn.model)

    def visit(self, layer):
        if isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d) and not layer.weight.requires_grad:
            layer.eval()
        for child in layer.children():
            self.visit(child)


@pytest.mark.parametrize("answer", [finetune_norms.keeper(), BnFreeze, ByPred])
def test_callbacks_that_keep_statistics_pass(answer):
    verdict = grade("04.E5", answer)
    assert verdict.passed, verdict.hint


@pytest.mark.parametrize("slip", finetune_norms.SLIPS, ids=named)
def test_each_slip_in_the_callback_is_recognised(slip):
    assert hint_of("04.E5", slip.answer()).endswith(slip.hint)


class ThawedToo(Callback):
    """Takes the head's BatchNorm for a frozen one, and Dropout with it."""

    def before_train(self):
        for layer in self.learn.model.modules():
            if isinstance(layer, nn.BatchNorm2d | nn.Dropout):
                layer.eval()


def test_other_callbacks_get_a_fitting_hint():
    assert "should be a callback" in hint_of("04.E5", lambda: 3)
    assert "not every layer is in the mode it should be in" in hint_of("04.E5", ThawedToo)


def test_switches_are_to_be_left_alone():
    everywhere = finetune_norms.keeper(how="switches", only_frozen=False)
    assert "Leave the switches alone" in hint_of("04.E5", everywhere)


# --- E6: transplant --------------------------------------------------------------------------


def transplant(source, target, k):
    """Tensor by tensor, in place, giving nothing back."""
    with torch.no_grad():
        for old, new in zip(source[:k], target[:k], strict=True):
            for a, b in zip(old.state_dict().values(), new.state_dict().values(), strict=True):
                b.copy_(a)


@pytest.mark.parametrize("counts", [[90, 70, 30], torch.tensor([90, 95, 30])])
def test_a_transplant_passes(counts):
    verdict = grade("04.E6", transplant, counts, 100)
    assert verdict.passed, verdict.hint


@pytest.mark.parametrize("slip", finetune_transplant.SLIPS, ids=named)
def test_each_slip_in_the_transplant_is_recognised(slip):
    assert hint_of("04.E6", slip.answer, [9, 7, 3], 10).endswith(slip.hint)


def test_another_transplant_is_told_what_is_meant():
    def zeroes(source, target, k):
        for group in target:
            for p in group.parameters():
                p.data.zero_()

    hint = hint_of("04.E6", zeroes, [9, 7, 3], 10)
    assert "the first 2 groups of the target should hold the numbers of the source" in hint


def test_shared_layers_are_no_copies():
    def share(source, target, k):
        target[:k] = source[:k]

    assert "now share tensors" in hint_of("04.E6", share, [9, 7, 3], 10)


@pytest.mark.parametrize(
    ("counts", "hint"),
    [
        (..., "still open"),
        ([9, 7], "three counts"),
        ([9, 7, 12], "from 0 to 10"),
        ([9, 9, 9], "are equal"),
    ],
)
def test_counts_that_cannot_be_are_questioned(counts, hint):
    assert hint in hint_of("04.E6", transplant, counts, 10)


# --- all of them -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "stub"),
    [
        ("04.E1", lambda: (stub,)),
        ("04.E2", lambda: (stub,)),
        ("04.E3", lambda: (stub, Adapter)),
        ("04.E3", lambda: (maps, Stub)),
        ("04.E4", lambda: (stub, stub)),
        ("04.E4", lambda: (layer_groups, stub)),
        ("04.E6", lambda: (stub, ..., 10)),
    ],
)
def test_a_stub_is_called_a_stub(name, stub):
    assert "still the stub" in hint_of(name, *stub())


def test_the_stub_of_the_callback_is_called_a_stub_too():
    assert "KeepStatistics is still the stub" in hint_of("04.E5", StubCallback)


def test_an_error_without_words_in_a_callback_keeps_its_name():
    class Asserts(Callback):
        def before_train(self):
            raise AssertionError

    assert "KeepStatistics raised AssertionError" in hint_of("04.E5", Asserts)


def stub(*arguments):
    raise NotImplementedError


class Stub(nn.Module):
    def __init__(self, channels, width):
        raise NotImplementedError


class StubCallback(Callback):
    def before_train(self):
        raise NotImplementedError
