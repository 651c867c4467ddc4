"""Right answers in several styles pass; each typical wrong one gets the hint that names it."""

import inspect
import json
import random
import subprocess
import sys

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from IPython.core.interactiveshell import InteractiveShell
from torch import nn

from downhill.exercises import (
    check,
    grade,
    known,
    mnist_distances,
    mnist_networks,
    mnist_shifts,
    verdict,
)
from downhill.exercises.mnist_shifts import shifted

# --- a small world of pen strokes that stands for the lesson's digits -------------------------


def digits(n, classes, seed):
    """[n, 28, 28] noisy, slanted strokes in two styles a class, and [n] int64 labels."""
    generator = torch.Generator().manual_seed(seed)
    # the same patterns in every split
    patterns = torch.zeros(classes, 2, 28, 28)
    for label in range(classes):
        for style in range(2):
            row, column = 5 + 3 * (label % 5), 5 + 8 * (label // 5)
            patterns[label, style, row : row + 2, 4:24] = 1.0
            patterns[label, style, 4:24, column + 5 * style : column + 5 * style + 2] = 1.0
    labels = torch.arange(n) % classes
    style = torch.randint(0, 2, (n,), generator=generator)
    strength = 0.6 + 0.4 * torch.rand(n, 1, 1, generator=generator)
    images = patterns[labels, style] * strength
    images += 0.1 * torch.rand(n, 28, 28, generator=generator)
    return images.clamp(0, 1), labels


@pytest.fixture(scope="module")
def pair():
    """Class 0 shows no bar or both, class 1 one of the two: their mean images are the same."""
    generator = torch.Generator().manual_seed(1)
    patterns = torch.zeros(4, 28, 28)  # none, both, left, right
    patterns[[1, 2], 4:24, 6:9] = 0.5
    patterns[[1, 3], 4:24, 19:22] = 0.5

    def draw(n):
        which = torch.arange(n) % 4
        return patterns[which] + 0.5 * torch.rand(n, 28, 28, generator=generator), which // 2

    return *draw(400), *draw(200)


@pytest.fixture(scope="module")
def one_style():
    """Two faint bars in strong noise: the mean image is as good as can be."""
    generator = torch.Generator().manual_seed(1)
    bars = torch.zeros(2, 28, 28)
    bars[0, 4:24, 6:9] = bars[1, 4:24, 19:22] = 0.2

    def draw(n):
        which = torch.arange(n) % 2
        return bars[which] + 0.8 * torch.rand(n, 28, 28, generator=generator), which

    return *draw(400), *draw(200)


@pytest.fixture(scope="module")
def ten():
    return *digits(1000, 10, seed=1), *digits(400, 10, seed=2)


@pytest.fixture(scope="module")
def ten_means(ten):
    x, y, _, _ = ten
    return torch.stack([x[y == digit].mean(0) for digit in range(10)])


# --- right answers ---------------------------------------------------------------------------


def kmeans(images, k):
    flat = images.flatten(1)
    centres = flat[torch.randperm(len(flat))[:k]]
    for _ in range(15):
        nearest = torch.cdist(flat, centres).argmin(1)
        centres = torch.stack(
            [flat[nearest == i].mean(0) if (nearest == i).any() else centres[i] for i in range(k)]
        )
    return centres.view(k, 28, 28)


def farthest_then_means(images, k):
    flat = images.flatten(1)
    chosen = [torch.cdist(flat, flat.mean(0, keepdim=True)).argmin().item()]
    while len(chosen) < k:
        chosen.append(torch.cdist(flat, flat[chosen]).amin(1).argmax().item())
    nearest = torch.cdist(flat, flat[chosen]).argmin(1)
    return torch.stack([images[nearest == i].mean(0) for i in range(k)])


def spread_means(images, k):
    """Means of the groups that a first principal axis cuts the images into."""
    flat = images.flatten(1) - images.flatten(1).mean(0)
    order = (flat @ torch.pca_lowrank(flat, q=2)[2][:, 0]).argsort()
    return torch.stack([images[part].mean(0) for part in order.tensor_split(k)])


def by_broadcast(images, means):
    return (images.unsqueeze(1) - means.unsqueeze(0)).abs().mean(dim=(2, 3)).argmin(dim=1)


def by_cdist(images, means):
    return torch.cdist(images.flatten(1), means.flatten(1), p=1).argmin(1)


def by_loop_over_the_ten_means(images, means):
    return torch.stack([(images - mean).abs().sum((-1, -2)) for mean in means]).argmin(0)


def by_min(images, means):
    return torch.cdist(images.flatten(1), means.flatten(1), p=1).min(1).indices.int()


def by_vmap(images, means):
    def label(image):
        return (image - means).abs().mean((1, 2)).argmin()

    return torch.vmap(label)(images)


def shift_by_padding(images, down, right):
    padded = nn.functional.pad(images, (28, 28, 28, 28))
    return padded[:, 28 - down : 56 - down, 28 - right : 56 - right]


def shift_by_roll(images, down, right):
    moved = images.roll((down, right), (1, 2))
    if down:
        moved[:, slice(0, down) if down > 0 else slice(down, None)] = 0
    if right:
        moved[:, :, slice(0, right) if right > 0 else slice(right, None)] = 0
    return moved


def centred(images):
    grid = torch.arange(28.0)
    mass = images.sum((1, 2)).clamp(min=1e-6)
    down = (13.5 - (images.sum(2) @ grid) / mass).round().int()
    right = (13.5 - (images.sum(1) @ grid) / mass).round().int()
    moved = [
        shift_by_padding(image[None], int(d), int(r))
        for image, d, r in zip(images, down, right, strict=True)
    ]
    return torch.cat(moved)


def repaired_by_centring(images, means):
    return by_broadcast(centred(images), centred(means))


def least_over_shifts(images, means, places):
    tables = [torch.cdist(images.flatten(1), shifted(means, *p).flatten(1), p=1) for p in places]
    return torch.stack(tables).amin(0).argmin(1)


EVERYWHERE = [(down, right) for down in range(-3, 4) for right in range(-3, 4)]


def repaired_by_search(images, means):
    return least_over_shifts(images, means, EVERYWHERE)


def neighbour_by_chunks(images, train_images, train_labels):
    stored = train_images.flatten(1)
    parts = [torch.cdist(part, stored).argmin(1) for part in images.flatten(1).split(64)]
    return train_labels[torch.cat(parts)]


def neighbour_one_by_one(images, train_images, train_labels):
    rows = [(train_images - image).abs().mean((1, 2)).argmin() for image in images]
    return train_labels[torch.stack(rows)]


def neighbour_by_products(images, train_images, train_labels):
    a, b = images.flatten(1), train_images.flatten(1)
    return train_labels[((b * b).sum(1) - 2 * a @ b.T).argmin(1)]


def train(model, x, y, lr=0.1, steps=200):
    torch.manual_seed(0)
    for _ in range(steps):
        loss = nn.functional.cross_entropy(model(x.flatten(1)), y)
        grads = torch.autograd.grad(loss, list(model.parameters()))
        with torch.no_grad():  # plain SGD; torch.optim takes seconds to import
            for parameter, grad in zip(model.parameters(), grads, strict=True):
                parameter -= lr * grad
    return model


@pytest.fixture(scope="module")
def models(ten):
    x, y, _, _ = ten
    torch.manual_seed(0)
    linear = train(nn.Linear(784, 10), x, y, lr=0.1)
    torch.manual_seed(0)
    network = train(nn.Sequential(nn.Linear(784, 50), nn.ReLU(), nn.Linear(50, 10)), x, y, lr=0.1)
    return linear, network


def dead_units(hidden):
    return (hidden <= 0).all(0)


def dead_network():
    model = nn.Sequential(nn.Linear(784, 30), nn.ReLU(), nn.Linear(30, 1))
    with torch.no_grad():
        model[0].bias.fill_(-1e6)
    return model


def costs(train_x):
    return len(train_x) * 784, len(train_x) * 784 * 4


def answer_e3(pair, shift, repaired):
    means, wanted = mnist_shifts.forms()[1], torch.arange(100) % 2
    generator = torch.Generator().manual_seed(3)
    images = (means[wanted] + 0.05 * torch.rand(100, 28, 28, generator=generator)).clamp(0, 1)
    return grade("01.E3", shift, repaired, means, images, wanted)


@pytest.mark.parametrize("find", [kmeans, farthest_then_means, spread_means])
def test_prototypes_by_any_method_that_beats_the_mean_pass(pair, find):
    verdict = grade("01.E1", find, *pair)
    assert verdict.passed, verdict.hint
    assert "the mean image" in verdict.note


@pytest.mark.parametrize(
    "classify", [by_broadcast, by_cdist, by_loop_over_the_ten_means, by_min, by_vmap]
)
def test_nearest_mean_in_any_vectorised_style_passes(ten, ten_means, classify):
    verdict = grade("01.E2", classify, ten_means, *ten[2:])
    assert verdict.passed, verdict.hint


@pytest.mark.parametrize("shift", [shift_by_padding, shift_by_roll, shifted])
@pytest.mark.parametrize("repaired", [repaired_by_centring, repaired_by_search])
def test_shift_and_repair_pass_by_centring_and_by_search(pair, shift, repaired):
    verdict = answer_e3(pair, shift, repaired)
    assert verdict.passed, verdict.hint


def test_trained_linear_model_and_network_pass(ten, models):
    verdict = grade("01.E4", *models, *ten[2:])
    assert verdict.passed, verdict.hint


def test_network_written_as_a_function_or_with_tanh_or_dropout_passes(ten, models):
    x, y, *valid = ten
    linear, network = models

    def simple_net(xb):
        return network[0](xb).clamp_min(0.0) @ network[2].weight.T + network[2].bias

    torch.manual_seed(0)
    other = nn.Sequential(
        nn.Flatten(), nn.Linear(784, 50), nn.Tanh(), nn.Dropout(0.2), nn.Linear(50, 10)
    )
    train(other, x, y, lr=0.1)
    for model in (simple_net, other):
        verdict = grade("01.E4", linear, model, *valid)
        assert verdict.passed, verdict.hint
    assert other.training  # found in training mode, left so


@pytest.mark.parametrize("letter", ["b", "B", "(b)"])
def test_dead_layer_with_its_reason_passes(pair, letter):
    verdict = grade("01.E5", dead_units, 20, dead_network(), letter, pair[0])
    assert verdict.passed, verdict.hint
    assert "30 of 30" in verdict.note


@pytest.mark.parametrize(
    "classify", [neighbour_by_chunks, neighbour_one_by_one, neighbour_by_products]
)
def test_nearest_neighbour_in_any_style_passes(pair, classify):
    train_x = pair[0]
    verdict = grade("01.E6", classify, *costs(train_x), *pair)
    assert verdict.passed, verdict.hint
    assert f"{costs(train_x)[0]:,} multiplications" in verdict.note


# --- typical wrong answers, each with its own hint -------------------------------------------

E1_WRONG = {
    "one_picture": (lambda x, k: x.mean(0), "[28, 28]"),
    "positions": (lambda x, k: torch.arange(k), "index the images"),
    "flat": (lambda x, k: x[:k].flatten(1), "flattened"),
    "a_list": (lambda x, k: list(x[:k]), "stack"),
    "one_short": (lambda x, k: x[: k + 1], "should have shape"),
    "whole_numbers": (lambda x, k: (x[:k] * 255).byte(), "whole numbers"),
    "an_empty_heap": (lambda x, k: torch.full((k, 28, 28), float("nan")), "mean of no images"),
    "sums": (lambda x, k: x.sum(0, keepdim=True).repeat(k, 1, 1), "sum where a mean"),
    "the_first": (lambda x, k: x[:k], "first 3"),
    "all_the_same": (lambda x, k: x.mean(0, keepdim=True).repeat(k, 1, 1), "same image"),
    "k_most_central": (
        lambda x, k: x[torch.cdist(x.flatten(1), x.flatten(1)).sum(1).argsort()[:k]],
        "all your prototypes sit on one",
    ),
    "forgets_k": (lambda x, k: kmeans(x, 3), "it has [3, 28, 28]"),
}


@pytest.mark.parametrize("slip", E1_WRONG)
def test_wrong_prototypes_get_their_hint(pair, slip):
    answer, expected = E1_WRONG[slip]
    verdict = grade("01.E1", answer, *pair)
    assert not verdict.passed
    assert expected in verdict.hint, verdict.hint


def test_prototypes_no_better_than_the_mean_are_told_both_scores(one_style):
    def chosen_at_random(images, k):
        generator = torch.Generator().manual_seed(5)
        return images[torch.randperm(len(images), generator=generator)[:k]]

    hint = grade("01.E1", chosen_at_random, *one_style).hint
    assert "of 200 validation images are right, and the mean image has 200" in hint


def with_loop(images, means):
    return torch.stack([(image - means).abs().mean((1, 2)).argmin() for image in images])


def in_place(images, means):
    images -= means[0]
    return by_broadcast(images, means)


E2_WRONG = {
    "the_table": (mnist_distances._l1_table, "row of scores"),
    "table_on_its_side": (lambda x, m: mnist_distances._l1_table(x, m).T, "second axis"),
    "column": (lambda x, m: by_broadcast(x, m)[:, None], "a column, [60, 1]"),
    "floats": (lambda x, m: by_broadcast(x, m).float(), "whole numbers"),
    "the_distances": (lambda x, m: mnist_distances._l1_table(x, m).amin(1), "distances themselves"),
    "both_of_min": (lambda x, m: mnist_distances._l1_table(x, m).min(1), "pair (values, indices)"),
    "a_list": (lambda x, m: by_broadcast(x, m).tolist(), "this is a list"),
    "one_axis_of_pixels": (
        lambda x, m: (x[:, None] - m[None]).abs().mean(3).argmin(1),
        "one label each",
    ),
    "no_new_axis": (lambda x, m: (x - m).abs().mean((1, 2)).argmin(0), "Broadcasting lines up"),
    "python_loop": (with_loop, "loop over images"),
    "in_place": (in_place, "changed the tensor"),
    "labels_of_another_place": (lambda x, m: by_broadcast(x, m).roll(1), "right for"),
}


@pytest.mark.parametrize("slip", E2_WRONG)
def test_wrong_nearest_mean_gets_its_hint(ten, ten_means, slip):
    answer, expected = E2_WRONG[slip]
    verdict = grade("01.E2", answer, ten_means, *ten[2:])
    assert not verdict.passed
    assert expected in verdict.hint, verdict.hint


@pytest.mark.parametrize("slip", mnist_distances.MEAN_SLIPS, ids=lambda slip: slip.name)
def test_each_nearest_mean_slip_is_recognised(ten, ten_means, slip):
    assert grade("01.E2", slip.answer, ten_means, *ten[2:]).hint == slip.hint


@pytest.mark.parametrize("slip", mnist_shifts.SHIFT_SLIPS, ids=lambda slip: slip.name)
def test_each_shift_slip_is_recognised(pair, slip):
    hint = answer_e3(pair, slip.answer, repaired_by_search).hint
    assert hint.endswith(slip.hint)
    assert hint.startswith("with down=")


def shift_in_place(images, down, right):
    images[:] = shifted(images, down, right)
    return images


def shift_by_slices_to_minus_zero(images, down, right):
    return nn.functional.pad(images[:, : -down or None, :-right], (right, 0, down, 0))


def shift_by_filling_with_ones(images, down, right):
    return nn.functional.pad(images, (28, 28, 28, 28), value=1.0)[
        :, 28 - down : 56 - down, 28 - right : 56 - right
    ]


@pytest.mark.parametrize(
    ("shift", "expected"),
    [
        (shift_in_place, "changed the tensor"),
        (shift_by_slices_to_minus_zero, "-0 is empty"),
        (shift_by_filling_with_ones, "one white pixel"),
        (lambda x, d, r: shifted(x, d, r).numpy(), "this is a ndarray"),
    ],
)
def test_wrong_shift_gets_its_hint(pair, shift, expected):
    hint = answer_e3(pair, shift, repaired_by_search).hint
    assert expected in hint, hint


E3_WRONG = {
    "plain": (by_broadcast, "plain baseline: shifted images still fail"),
    "images_centred_only": (lambda x, m: by_broadcast(centred(x), m), "do not stand in the middle"),
    "straight_only": (
        lambda x, m: least_over_shifts(x, m, [p for p in EVERYWHERE if 0 in p]),
        "slanted",
    ),
    "place_in_the_whole_table": (
        lambda x, m: torch.cat(
            [torch.cdist(x.flatten(1), shifted(m, *p).flatten(1), p=1) for p in EVERYWHERE], 1
        ).argmin(1),
        "only 2 means",
    ),
    "farthest": (lambda x, m: 1 - repaired_by_search(x, m), "wrong one of the two"),
    "table": (lambda x, m: torch.cdist(x.flatten(1), m.flatten(1)), "row of scores"),
}


@pytest.mark.parametrize("slip", E3_WRONG)
def test_wrong_repair_gets_its_hint(pair, slip):
    answer, expected = E3_WRONG[slip]
    hint = answer_e3(pair, shifted, answer).hint
    assert expected in hint, hint


@pytest.mark.parametrize(
    ("keep", "expected"), [(0, "left or right still fail"), (1, "up or down still fail")]
)
def test_repair_of_one_direction_says_which_is_missing(pair, keep, expected):
    places = [p for p in EVERYWHERE if p[1 - keep] == 0]
    hint = answer_e3(pair, shifted, lambda x, m: least_over_shifts(x, m, places)).hint
    assert expected in hint, hint


def test_repair_that_fits_the_test_forms_only_is_told_by_digits(pair):
    hint = answer_e3(
        pair,
        shifted,
        lambda x, m: repaired_by_search(x, m) if len(x) == 98 else torch.zeros(len(x)).long(),
    ).hint
    assert "good on the test forms" in hint


def two_linears():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(784, 50), nn.Linear(50, 10))


def blown_up():
    model = nn.Linear(784, 10)
    with torch.no_grad():
        model.weight.fill_(float("nan"))
    return model


def constant():
    model = nn.Linear(784, 10)
    with torch.no_grad():
        model.weight.fill_(0.0)
        model.bias[3] = 100.0
    return model


def test_wrong_digit_models_get_their_hints(ten, models):
    x, y, *valid = ten
    linear, network = models
    torch.manual_seed(1)
    barely = train(nn.Linear(784, 10), x, y, lr=0.01, steps=4)
    cases = {
        "`linear_model` is still open": (..., network),
        "`network` is still open": (linear, None),
        "is a class": (nn.Linear, network),
        "`linear_model` is not linear": (network, linear),
        "one linear function": (linear, train(two_linears(), x, y, lr=0.05)),
        "probabilities": (linear, nn.Sequential(*network, nn.Softmax(1))),
        "log-probabilities": (linear, nn.Sequential(*network, nn.LogSoftmax(1))),
        "nan or infinity": (blown_up(), network),
        "every image a 3": (constant(), network),
        "ten digits need ten outputs": (nn.Linear(784, 1), network),
        "should give [400, 10]": (nn.Linear(784, 11), network),
        "gives back labels": (lambda xb: linear(xb).argmax(1), network),
        "hand over the function itself": (linear(valid[0].flatten(1)), network),
        "A matrix product needs": (nn.Linear(28, 10), network),
        "the goal is 92.00%": (barely, network),
        "good as guessing": (lambda xb: linear(xb).roll(1, 1), network),
    }
    for expected, answer in cases.items():
        hint = grade("01.E4", *answer, *valid).hint
        assert hint, expected
        assert expected in hint, hint


@pytest.mark.parametrize(
    ("accuracy", "word"), [(0.1, "guessing"), (0.5, "gradients"), (0.9, "Nearly")]
)
def test_advice_depends_on_how_far_the_goal_is(accuracy, word):
    assert word in mnist_networks._more(accuracy)


@pytest.mark.parametrize("slip", mnist_networks.DEAD_SLIPS, ids=lambda slip: slip.name)
def test_each_dead_unit_slip_is_recognised(pair, slip):
    assert grade("01.E5", slip.answer, 20.0, dead_network(), "b", pair[0]).hint == slip.hint


def half_dead():
    model = dead_network()
    with torch.no_grad():
        model[0].bias[:15] = 1e6
    return model


def exploded():
    model = dead_network()
    with torch.no_grad():
        model[2].bias.fill_(float("inf"))
    return model


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ((lambda h: (h == 0).all(1), 20, dead_network(), "b"), "each *image*"),
        ((lambda h: (h == 0).all(0).sum(), 20, dead_network(), "b"), "one number"),
        ((lambda h: (h == 0).sum(0), 20, dead_network(), "b"), "int64"),
        ((lambda h: torch.ones(8).bool(), 20, dead_network(), "b"), "marked wrongly"),
        ((dead_units, ..., dead_network(), "b"), "`killer_lr` is still open"),
        ((dead_units, "high", dead_network(), "b"), "one number above 0"),
        ((dead_units, -1, dead_network(), "b"), "one number above 0"),
        ((dead_units, 20, ..., "b"), "`killed_model` is still open"),
        ((dead_units, 20, nn.Linear(784, 1), "b"), "this is a Linear"),
        ((dead_units, 1, half_dead(), "b"), "15 of 30 hidden units are dead"),
        ((dead_units, 1e9, exploded(), "b"), "explosion"),
        ((dead_units, 20, dead_network(), ...), "`reason` is still open"),
        ((dead_units, 20, dead_network(), "a"), "model[0].weight"),
        ((dead_units, 20, dead_network(), "c"), "answer to none"),
        ((dead_units, 20, dead_network(), "d"), "last layer"),
        ((dead_units, 20, dead_network(), "because"), "one of"),
    ],
)
def test_wrong_answer_on_dead_units_gets_its_hint(pair, answer, expected):
    hint = grade("01.E5", *answer, pair[0]).hint
    assert hint
    assert expected in hint, hint


@pytest.mark.parametrize("slip", mnist_distances.NEIGHBOUR_SLIPS, ids=lambda slip: slip.name)
def test_each_neighbour_slip_is_recognised(pair, slip):
    assert grade("01.E6", slip.answer, *costs(pair[0]), *pair).hint == slip.hint


def test_neighbour_that_holds_all_differences_is_told_their_size(pair):
    def greedy(images, train_images, train_labels):
        table = (images[:, None] - train_images[None]).square().mean((2, 3))
        return train_labels[table.argmin(1)]

    assert "GB" in grade("01.E6", greedy, *costs(pair[0]), *pair).hint


def test_neighbour_that_stores_the_validation_images_is_told(pair):
    _, _, valid_x, valid_y = pair
    answer = grade(
        "01.E6", neighbour_by_chunks, *costs(valid_x), valid_x, valid_y, valid_x, valid_y
    )
    assert "own nearest neighbour" in answer.hint


def test_neighbour_that_ignores_its_arguments_is_told(pair):
    def from_outside(images, train_images, train_labels):
        return neighbour_by_chunks(images, *pair[:2])

    assert "no variable from outside" in grade("01.E6", from_outside, *costs(pair[0]), *pair).hint


M, N = 400, 200


@pytest.mark.parametrize(
    ("multiplications", "stored_bytes", "expected"),
    [
        (..., M * 784 * 4, "`multiplications` is still open"),
        (M * 784, None, "`stored_bytes` is still open"),
        ("many", M * 784 * 4, "one number"),
        (M * 784, True, "one number"),
        (784, M * 784 * 4, "one comparison"),
        (M, M * 784 * 4, "counts comparisons"),
        (N * M * 784, M * 784 * 4, "one image"),
        (2 * M * 784, M * 784 * 4, "no multiplication"),
        (N * 784, M * 784 * 4, "counts validation images"),
        (5, M * 784 * 4, "count: training images"),
        (M * 784, M * 784, "one byte a pixel"),
        (M * 784, M * 784 * 32, "bits"),
        (M * 784, M * 784 * 8, "float64"),
        (M * 784, N * 784 * 4, "validation images"),
        (M * 784, 784 * 4, "one image"),
        (M * 784, 5, "count: images kept"),
    ],
)
def test_wrong_costs_get_their_hint(pair, multiplications, stored_bytes, expected):
    hint = grade("01.E6", neighbour_by_chunks, multiplications, stored_bytes, *pair).hint
    assert hint
    assert expected in hint, hint


# --- whatever an answer does, the learner gets a sentence ------------------------------------


def stub(*arguments):
    raise NotImplementedError


def typo(*arguments):
    return undefined_name  # noqa: F821


def nothing(*arguments):
    return None


def dots(*arguments):
    return ...


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (stub, "stub is still the stub"),
        (typo, "typo raised NameError at `return undefined_name"),
        (nothing, "nothing gave back None"),
        (dots, "dots gave back Ellipsis"),
        (..., "no answer yet"),
        (None, "no answer yet"),
        (7, "this is an int"),
        (lambda: 0, "raised TypeError"),
        (lambda *a: 1 / 0, "ZeroDivisionError"),
        (lambda *a: object(), "should give back a tensor"),
        (lambda *a: torch.tensor(1.0), "tensor of shape []"),
    ],
)
def test_no_answer_and_broken_answers_get_a_hint(ten, ten_means, function, expected):
    verdict = grade("01.E2", function, ten_means, *ten[2:])
    assert not verdict.passed
    assert expected in verdict.hint, verdict.hint


@pytest.mark.parametrize("name", known())
def test_stubs_of_every_exercise_get_a_hint(name):
    answer = [...] * len(inspect.signature(verdict._CHECKS[name]).parameters)
    result = grade(name, *answer)
    assert not result.passed
    assert result.hint


@pytest.mark.parametrize("name", known())
@pytest.mark.parametrize("junk", [None, "text", 3, [], {}, torch.zeros(0), object()])
def test_junk_in_every_place_never_raises(name, junk):
    answer = [junk] * len(inspect.signature(verdict._CHECKS[name]).parameters)
    assert grade(name, *answer).hint


def test_too_few_values_are_told_the_call():
    assert 'check("01.E2", nearest_mean, means, valid_x, valid_y)' in grade("01.E2", stub).hint


def test_answer_that_the_check_cannot_read_is_no_crash(ten, ten_means):
    hint = grade("01.E2", by_cdist, ten_means, *ten[2:3], "labels").hint
    assert hint.startswith("the check could not read this answer")


def test_unknown_exercise_lists_the_known_ones():
    with pytest.raises(ValueError, match=r"01\.E1, 01\.E2"):
        check("01.E99", stub)


def test_a_check_imports_the_modules_of_its_own_lesson_only():
    loaded = "[m for m in sys.modules if m.startswith('downhill.exercises.sgd')]"
    code = (
        "import sys; from downhill.exercises import grade\n"
        f"grade('01.E1', None); print({loaded})\n"
        f"grade('02.E1', None); print(bool({loaded}))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["[]", "True"]


def test_other_device_is_named():
    error = RuntimeError("Expected all tensors to be on the same device")
    assert "one device" in verdict._advice(error)


# --- laws ------------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(st.integers(-6, 6), st.integers(-6, 6))
def test_shift_and_back_keeps_what_stays_in_the_frame(down, right):
    images = torch.zeros(2, 28, 28)
    images[:, 6:22, 6:22] = mnist_distances.noise(2, seed=4)[:, 6:22, 6:22]
    moved = shifted(images, down, right)
    assert torch.equal(shifted(moved, -down, -right), images)
    assert torch.equal(moved, shift_by_padding(images, down, right))


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 300))
def test_test_images_for_means_are_the_same_each_time_and_in_form(n):
    images, means = mnist_distances.mean_task(n)
    again, _ = mnist_distances.mean_task(n)
    assert torch.equal(images, again)
    assert images.shape == (n, 28, 28)
    assert means.shape == (10, 28, 28)


def test_plain_baseline_fails_on_the_shifted_forms():
    images, means = mnist_shifts.forms()
    wanted = torch.arange(len(images)) % 2
    assert (by_broadcast(images, means) == wanted).float().mean() < 0.75


def test_check_leaves_random_state_as_it_was(pair):
    before = torch.get_rng_state(), random.getstate(), np.random.get_state()[1].tolist()
    grade("01.E1", kmeans, *pair)
    after = torch.get_rng_state(), random.getstate(), np.random.get_state()[1].tolist()
    assert torch.equal(before[0], after[0])
    assert before[1:] == after[1:]


def test_same_answer_gets_the_same_verdict_twice(pair):
    assert grade("01.E1", kmeans, *pair) == grade("01.E1", kmeans, *pair)


def test_each_check_passes_on_the_lessons_data(pair, ten, ten_means, models):
    for name, answer in {
        "01.E1": (kmeans, *pair),
        "01.E2": (by_cdist, ten_means, *ten[2:]),
        "01.E4": (*models, *ten[2:]),
        "01.E5": (dead_units, 20, dead_network(), "b", pair[0]),
        "01.E6": (neighbour_by_chunks, *costs(pair[0]), *pair),
    }.items():
        assert grade(name, *answer).passed, name


# --- what the notebook and the site get ------------------------------------------------------


def test_hints_differ_and_do_not_hold_the_solution():
    slips = [
        *mnist_distances.MEAN_SLIPS,
        *mnist_distances.NEIGHBOUR_SLIPS,
        *mnist_networks.DEAD_SLIPS,
        *mnist_shifts.SHIFT_SLIPS,
    ]
    hints = [slip.hint for slip in slips]
    assert len(set(hints)) == len(hints)
    for hint in hints:
        for code in ("argmin(", "cdist", ".abs()", ".all(", "[:, None]"):
            assert code not in hint


def test_check_prints_one_line_outside_a_notebook(ten, ten_means, capsys):
    assert not InteractiveShell.initialized()
    assert check("01.E2", by_cdist, ten_means, *ten[2:]) is None
    check("01.E2", stub, ten_means, *ten[2:])
    passed, failed = capsys.readouterr().out.splitlines()
    assert passed.startswith("✓ Exercise E2: ")
    assert failed.startswith("✗ Exercise E2: stub is still the stub")


def test_check_displays_the_bundle_in_a_notebook(ten, ten_means, monkeypatch):
    shown = []
    monkeypatch.setattr(InteractiveShell, "initialized", lambda: True)
    monkeypatch.setattr(verdict, "display", lambda bundle, raw: shown.append((bundle, raw)))
    check("01.E2", stub, ten_means, *ten[2:])
    [(bundle, raw)] = shown
    assert raw
    data = json.loads(json.dumps(bundle["application/vnd.downhill.exercise+json"]))
    assert data["exercise"] == "01.E2"
    assert data["passed"] is False
    assert data["hint"] in bundle["text/plain"]
