"""Lesson 01's training loop against torch's own."""

import copy

import pytest
import torch
import torch.nn.functional as F  # noqa: N812 - the name everybody gives it
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from downhill.train import (
    binary_cross_entropy,
    count_correct,
    fit,
    init_params,
    mnist_loss,
    threes_and_sevens,
    train_epoch,
)


@pytest.fixture
def batch():
    """x: [40, 6], y: [40, 1] of 0 and 1, from a fixed seed."""
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(40, 6, generator=generator)
    return x, (x[:, :1] + x[:, 1:2] > 0).float()


@given(st.lists(st.tuples(st.floats(-80, 80), st.booleans()), min_size=1, max_size=20))
def test_binary_cross_entropy_is_torchs(rows):
    scores = torch.tensor([[score] for score, _ in rows])
    y = torch.tensor([[float(label)] for _, label in rows])
    expected = F.binary_cross_entropy_with_logits(scores, y)
    assert torch.allclose(binary_cross_entropy(scores, y), expected, rtol=1e-5, atol=1e-6)


def test_binary_cross_entropy_stays_finite_where_the_logarithm_does_not():
    assert torch.isfinite(binary_cross_entropy(torch.tensor([[-1e4]]), torch.tensor([[1.0]])))


@given(st.lists(st.tuples(st.floats(-80, 80), st.booleans()), min_size=1, max_size=20))
def test_mnist_loss_is_the_mean_distance_from_the_label(rows):
    scores = torch.tensor([[score] for score, _ in rows])
    y = torch.tensor([[float(label)] for _, label in rows])
    assert torch.allclose(mnist_loss(scores, y), F.l1_loss(torch.sigmoid(scores), y), atol=1e-6)


def test_an_epoch_is_that_of_torchs_sgd(batch):
    x, y = batch
    ours = torch.nn.Linear(6, 1)
    theirs = copy.deepcopy(ours)
    train_epoch(ours, list(ours.parameters()), x, y, binary_cross_entropy, 0.3, 16, shuffle=False)
    optimiser = torch.optim.SGD(theirs.parameters(), lr=0.3)
    for xb, yb in zip(x.split(16), y.split(16), strict=True):
        optimiser.zero_grad()
        F.binary_cross_entropy_with_logits(theirs(xb), yb).backward()
        optimiser.step()
    for a, b in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.allclose(a, b, atol=1e-6)


def test_a_shuffled_epoch_sees_every_row_once():
    seen = []

    def model(rows):
        seen.extend(rows.flatten().tolist())
        return rows * weight

    weight = torch.zeros(1, requires_grad=True)
    x = torch.arange(10.0).unsqueeze(1)
    torch.manual_seed(0)
    train_epoch(model, [weight], x, torch.zeros(10, 1), mnist_loss, 0.1, batch_size=3)
    assert sorted(seen) == list(range(10))
    assert seen != sorted(seen)


def test_fit_counts_what_is_right_after_each_epoch(batch):
    torch.manual_seed(0)
    model = torch.nn.Linear(6, 1)
    counts = fit(model, model.parameters(), batch, batch, binary_cross_entropy, 30, 1.0, 8)
    assert len(counts) == 30
    with torch.no_grad():
        assert counts[-1] == int(((model(batch[0]) > 0).float() == batch[1]).sum())
    assert counts[-1] >= 38


def test_counting_refuses_shapes_that_would_broadcast():
    with pytest.raises(ValueError, match=r"\[4, 1\] and y \[4\]"):
        count_correct(torch.zeros(4, 1), torch.zeros(4))


def test_counting_is_on_the_right_side_of_zero():
    scores = torch.tensor([[2.0], [-1.0], [0.0], [-3.0]])
    assert count_correct(scores, torch.tensor([[1.0], [1.0], [0.0], [0.0]])) == 3


def test_parameters_start_around_zero_and_can_be_learned():
    torch.manual_seed(0)
    weights = init_params((784, 30))
    assert weights.requires_grad
    assert weights.is_leaf
    assert abs(weights.mean().item()) < 1e-3
    assert weights.std().item() == pytest.approx(0.01, rel=0.05)


def test_threes_come_first_and_are_one(tmp_path):
    for digit, grey in (("3", 255), ("7", 51)):
        (tmp_path / digit).mkdir()
        Image.new("L", (28, 28), grey).save(tmp_path / digit / "0.png")
    x, y = threes_and_sevens(tmp_path)
    assert x.shape == (2, 784)
    assert y.tolist() == [[1.0], [0.0]]
    assert x[:, 0].tolist() == pytest.approx([1.0, 0.2])
