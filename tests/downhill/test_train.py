"""The training loops of lessons 01 and 02 against torch's own."""

import copy

import pytest
import torch
import torch.nn.functional as F  # noqa: N812 - the name everybody gives it
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from downhill.optim import SGD
from downhill.train import (
    binary_cross_entropy,
    count_correct,
    fit,
    init_params,
    mnist_loss,
    run_epoch,
    run_epochs,
    threes_and_sevens,
    train_epoch,
    validate_epoch,
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


def loader_of(x, y, size):
    """A list of batches is a loader: it can be walked and has a length."""
    return list(zip(x.split(size), y.split(size), strict=True))


def test_epochs_from_a_loader_are_those_of_torchs_sgd(batch):
    loader = loader_of(*batch, 16)
    ours = torch.nn.Linear(6, 1)
    theirs = copy.deepcopy(ours)
    run_epochs(ours, loader, loader, binary_cross_entropy, SGD(ours.parameters(), 0.3, 0.9), 3)
    optimiser = torch.optim.SGD(theirs.parameters(), lr=0.3, momentum=0.9)
    for _ in range(3):
        for xb, yb in loader:
            optimiser.zero_grad()
            F.binary_cross_entropy_with_logits(theirs(xb), yb).backward()
            optimiser.step()
    for a, b in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.allclose(a, b, atol=1e-6)


def test_an_epoch_reports_the_mean_over_items_not_over_batches(batch):
    x, y = batch
    model = torch.nn.Linear(6, 1)
    before = binary_cross_entropy(model(x), y).item()
    still = SGD(model.parameters(), lr=0.0)  # nothing moves: the loss is that of one model
    mean = run_epoch(model, loader_of(x, y, 16), binary_cross_entropy, still)
    assert mean == pytest.approx(before, rel=1e-5)


def test_an_epoch_leaves_no_gradient_behind(batch):
    model = torch.nn.Linear(6, 1)
    run_epoch(model, loader_of(*batch, 16), mnist_loss, SGD(model.parameters(), 0.1))
    assert all(p.grad is None for p in model.parameters())


def test_validation_counts_items_whatever_the_batches(batch):
    x, y = batch
    model = torch.nn.Linear(6, 1)
    with torch.no_grad():
        expected = count_correct(model(x), y), len(y)
    for size in (1, 7, 16, 40):
        assert validate_epoch(model, loader_of(x, y, size)) == expected


def test_epochs_are_validated_one_by_one(batch):
    model = torch.nn.Linear(6, 1)
    loader = loader_of(*batch, 16)
    counts = run_epochs(
        model, loader, loader, binary_cross_entropy, SGD(model.parameters(), 1.0), 20
    )
    assert len(counts) == 20
    assert counts[-1] == validate_epoch(model, loader)
    assert counts[-1][0] >= 36


def test_a_schedule_sets_the_rate_before_each_step(batch):
    model = torch.nn.Linear(6, 1)
    asked, used = [], []

    class Spy(SGD):
        def step(self):
            used.append(self.lr)
            super().step()

    def schedule(fraction):
        asked.append(fraction)
        return 1 - fraction

    loader = loader_of(*batch, 16)  # 3 batches: 16, 16, 8
    run_epochs(model, loader, loader, mnist_loss, Spy(model.parameters(), 9.0), 2, schedule)
    assert asked == pytest.approx([0, 1 / 6, 2 / 6, 3 / 6, 4 / 6, 5 / 6])
    assert used == pytest.approx([1 - fraction for fraction in asked])
