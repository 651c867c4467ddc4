"""Mistakes, activations, neighbours and calibration, against scikit-learn and by hand."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics
from sklearn.neighbors import KNeighborsClassifier
from torch import nn

from downhill.interpret import (
    activations,
    confusion_matrix,
    expected_calibration_error,
    most_confused,
    nearest_neighbours,
    top_losses,
)

labels = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=60)


@settings(deadline=None)
@given(labels)
def test_the_confusion_matrix_is_scikit_learns(pairs):
    targets, predictions = torch.tensor(pairs).T
    ours = confusion_matrix(targets, predictions, 5)
    theirs = metrics.confusion_matrix(targets, predictions, labels=range(5))
    assert ours.tolist() == theirs.tolist()
    assert ours.dtype == torch.int64


def test_most_confused_lists_mistakes_only_and_the_frequent_first():
    matrix = torch.tensor([[9, 2, 0], [5, 7, 1], [0, 0, 8]])
    assert most_confused(matrix, "abc") == [("b", "a", 5), ("a", "b", 2)]
    assert most_confused(matrix, "abc", least=1)[-1] == ("b", "c", 1)
    assert most_confused(matrix, "abc", least=6) == []


def test_top_losses_come_largest_first_with_their_positions():
    values, positions = top_losses(torch.tensor([0.1, 3.0, 0.5, 2.0]), 2)
    assert values.tolist() == [3.0, 2.0]
    assert positions.tolist() == [1, 3]


def test_nearest_neighbours_votes_as_scikit_learn_does():
    generator = torch.Generator().manual_seed(0)
    train, asked = (torch.randn(n, 6, generator=generator) for n in (200, 50))
    names = torch.randint(4, (200,), generator=generator)
    for k in (1, 5, 9):
        ours = nearest_neighbours(train, names, asked, k)
        theirs = KNeighborsClassifier(k).fit(train.numpy(), names.numpy()).predict(asked.numpy())
        assert ours.tolist() == theirs.tolist()


def network():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 2))


def test_activations_are_what_the_layer_puts_out():
    model, x = network(), torch.randn(8, 3)
    taken = activations(model, model[2], x)
    model.eval()
    torch.testing.assert_close(taken, model[:3](x).detach())
    assert not taken.requires_grad


def test_activations_leave_no_hook_no_mode_and_no_statistics_behind():
    model, x = network().train(), torch.randn(8, 3)
    before = model[1].running_mean.clone()
    activations(model, model[2], x)
    assert model.training
    assert model[1].training
    assert not model[2]._forward_hooks
    assert torch.equal(model[1].running_mean, before)


def test_activations_take_the_hook_away_even_if_the_model_fails():
    model = network()
    with pytest.raises(RuntimeError, match="shapes"):
        activations(model, model[0], torch.randn(8, 5))
    assert not model[0]._forward_hooks
    assert model.training


def test_a_model_that_is_always_sure_and_half_right_is_off_by_a_half():
    probabilities = torch.tensor([[1.0, 0.0]] * 10)
    targets = torch.tensor([0] * 5 + [1] * 5)
    assert expected_calibration_error(probabilities, targets) == pytest.approx(0.5)


def test_confidence_that_comes_true_has_no_calibration_error():
    probabilities = torch.tensor([[0.75, 0.25]] * 8)
    targets = torch.tensor([0] * 6 + [1] * 2)
    assert expected_calibration_error(probabilities, targets) == pytest.approx(0.0, abs=1e-7)


@settings(deadline=None)
@given(st.integers(0, 1000), st.integers(1, 20))
def test_the_calibration_error_is_the_weighted_gap_bin_by_bin(seed, bins):
    generator = torch.Generator().manual_seed(seed)
    probabilities = torch.rand(40, 3, generator=generator).softmax(1).double()
    targets = torch.randint(3, (40,), generator=generator)
    confidence, predicted = probabilities.max(1)
    expected = 0.0
    for low in range(bins):  # [low, low + 1) / bins
        inside = ((confidence * bins).floor() == low) | ((low == bins - 1) & (confidence == 1))
        if inside.any():
            gap = confidence[inside].mean() - (predicted == targets)[inside].double().mean()
            expected += inside.double().mean().item() * abs(gap.item())
    assert expected_calibration_error(probabilities, targets, bins) == pytest.approx(
        expected, abs=1e-6
    )
