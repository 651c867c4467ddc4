"""Lesson 06's exercises: right answers in several styles pass, each slip gets its own hint."""

import pytest
import torch
from torch.nn.functional import one_hot as one_hot_of_torch

from downhill.exercises import grade, tensor_shapes


def stub(*arguments):
    raise NotImplementedError


def nothing(*arguments):
    pass


@pytest.mark.parametrize("name", ["06.E1", "06.E2", "06.E3"])
def test_no_answer_gets_its_hint(name):
    assert "still the stub" in grade(name, stub).hint
    assert "no answer yet" in grade(name, ...).hint
    assert "the function itself" in grade(name, 3).hint


# --- E1 standardise ----------------------------------------------------------------------------


def by_none(batch):
    mean, std = batch.mean((1, 2, 3)), batch.std((1, 2, 3))
    return (batch - mean[:, None, None, None]) / std[:, None, None, None]


def by_flattening(batch):
    flat = batch.flatten(1)
    return ((flat - flat.mean(1, keepdim=True)) / flat.std(1, keepdim=True)).view_as(batch)


def by_a_loop(batch):
    return torch.stack([(picture - picture.mean()) / picture.std() for picture in batch])


@pytest.mark.parametrize("standardise", [by_none, by_flattening, by_a_loop])
def test_right_standardise_passes(standardise):
    verdict = grade("06.E1", standardise)
    assert verdict.passed, verdict.hint


@pytest.mark.parametrize("slip", tensor_shapes.STANDARD_SLIPS, ids=lambda slip: slip.name)
def test_each_standardise_slip_is_recognised(slip):
    assert grade("06.E1", slip.answer).hint == slip.hint


def means_only(batch):
    return batch.mean((1, 2, 3))


def nearly(batch):
    return by_none(batch) * 1.1


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (means_only, "gave back a tensor of shape [5]"),
        (nearly, "the numbers differ"),
        (lambda batch: batch.tolist(), "should give back a tensor"),
        (lambda batch: batch.sub_(batch.mean()), "changed the tensor"),
        (nothing, "return"),
    ],
)
def test_wrong_standardise_gets_a_hint(answer, words):
    assert words in grade("06.E1", answer).hint


# --- E2 one-hot --------------------------------------------------------------------------------


def by_eye(labels, n_classes):
    return torch.eye(n_classes)[labels]


def by_scatter(labels, n_classes):
    return torch.zeros(len(labels), n_classes).scatter(1, labels[:, None], 1.0)


def by_torch(labels, n_classes):
    return one_hot_of_torch(labels, n_classes).float()


@pytest.mark.parametrize("one_hot", [by_eye, by_scatter, by_torch])
def test_right_one_hot_passes(one_hot):
    verdict = grade("06.E2", one_hot)
    assert verdict.passed, verdict.hint


@pytest.mark.parametrize("slip", tensor_shapes.HOT_SLIPS, ids=lambda slip: slip.name)
def test_each_one_hot_slip_is_recognised(slip):
    assert grade("06.E2", slip.answer).hint == slip.hint


def with_a_loop(labels, n_classes):
    out = torch.zeros(len(labels), n_classes)
    for row, label in enumerate(labels):
        out[row, label] = 1
    return out


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (with_a_loop, "a loop"),
        (lambda labels, n: by_eye(labels, n).T, "on its side"),
        (lambda labels, n: by_eye(labels, int(labels.max()) + 1), "no column for a class"),
        (lambda labels, n: by_eye(labels, n)[:3], "the shape is [7, 5]"),
        (lambda labels, n: by_eye(labels, n).long(), "float32 was asked for"),
        (lambda labels, n: 1 - 2 * by_eye(labels, n), "print the table"),
    ],
)
def test_wrong_one_hot_gets_a_hint(answer, words):
    assert words in grade("06.E2", answer).hint


# --- E3 the rule of broadcasting -----------------------------------------------------------------


def from_the_right(a, b):
    out = []
    for place in range(1, max(len(a), len(b)) + 1):
        i = a[-place] if place <= len(a) else 1
        j = b[-place] if place <= len(b) else 1
        if i != j and 1 not in (i, j):
            return None
        out.append(j if i == 1 else i)
    return out[::-1]


def as_a_tuple(a, b):
    shape = from_the_right(a, b)
    return None if shape is None else tuple(shape)


@pytest.mark.parametrize("answer", [from_the_right, as_a_tuple])
def test_right_broadcast_shape_passes(answer):
    verdict = grade("06.E3", answer)
    assert verdict.passed, verdict.hint


@pytest.mark.parametrize("slip", tensor_shapes.SHAPE_SLIPS, ids=lambda slip: slip.name)
def test_each_broadcast_slip_is_recognised(slip):
    assert grade("06.E3", slip.answer).hint == slip.hint


def that_changes_its_lists(a, b):
    while len(a) < len(b):
        a.insert(0, 1)
    return from_the_right(a, b)


def that_raises(a, b):
    raise ValueError("shapes do not fit")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (that_changes_its_lists, "are changed"),
        (that_raises, "raised ValueError"),
        (lambda a, b: "none", "as a list"),
        (lambda a, b: [], "torch's is"),
    ],
)
def test_wrong_broadcast_shape_gets_a_hint(answer, words):
    assert words in grade("06.E3", answer).hint
