"""Lesson 03: right answers in several styles pass; each typical wrong one gets its own hint."""

import itertools
import random

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from fastai.data.core import DataLoaders
from fastai.learner import Learner
from fastai.losses import CrossEntropyLossFlat
from fastai.metrics import error_rate
from PIL import Image
from torch import nn
from torch.utils.data import TensorDataset

from downhill.exercises import (
    grade,
    known,
    pets_budget,
    pets_lists,
    pets_losses,
    pets_species,
    pets_squares,
    pets_suspects,
    pets_temperature,
)
from downhill.repro import set_seed

NO_HINT = "passed, though it should not have"


def hint_of(name, *answer):
    return grade(name, *answer).hint or NO_HINT


def by_name(slip):
    return slip.name


def test_every_exercise_of_the_lesson_has_a_check():
    assert [name for name in known() if name.startswith("03.")] == [f"03.E{i}" for i in range(1, 8)]


# --- E1 cross-entropy --------------------------------------------------------------------------


def checked(logits, y, reduction):
    """What the exercise asks to be refused, and the targets as int64."""
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"unknown reduction {reduction!r}")
    if y.is_floating_point():
        raise ValueError("targets are class numbers")
    y = y.long()
    if y.min() < 0 or y.max() >= logits.shape[1]:
        raise ValueError("a target is no column")
    return y


def cross_entropy_loss(logits, y, reduction="mean"):
    y = checked(logits, y, reduction)
    m = logits.max(1, keepdim=True).values
    log_sum = m + (logits - m).exp().sum(1, keepdim=True).log()
    losses = (log_sum - logits)[range(len(y)), y]
    return losses if reduction == "none" else getattr(losses, reduction)()


def gathered_loss(logits, y, reduction="mean"):
    """With gather, a detached maximum and a dictionary."""
    y = checked(logits, y, reduction)
    shifted = logits - logits.detach().amax(dim=1, keepdim=True)
    losses = shifted.exp().sum(1).log() - shifted.gather(1, y[:, None]).squeeze(1)
    return {"none": losses, "sum": losses.sum(), "mean": losses.mean()}[reduction]


@pytest.mark.parametrize("answer", [cross_entropy_loss, gathered_loss])
def test_cross_entropy_in_any_style_passes(answer):
    assert grade("03.E1", answer).passed, grade("03.E1", answer).hint


@pytest.mark.parametrize("slip", pets_losses.SLIPS + pets_losses.REDUCTION_SLIPS, ids=by_name)
def test_each_loss_slip_is_recognised(slip):
    assert hint_of("03.E1", slip.answer).endswith(slip.hint)


def ready_made(logits, y, reduction="mean"):
    return F.cross_entropy(logits, checked(logits, y, reduction), reduction=reduction)


def through_logsumexp(logits, y, reduction="mean"):
    losses = logits.logsumexp(1) - logits[range(len(y)), y.long()]
    return losses.mean()


def as_number(logits, y, reduction="mean"):
    return torch.tensor(cross_entropy_loss(logits, y, reduction).tolist())


def plain_index(logits, y, reduction="mean"):
    if y.is_floating_point():
        raise ValueError
    losses = cross_entropy_loss(logits, torch.zeros(len(y), dtype=torch.int64), "none")
    losses = losses + logits[:, 0] - logits[range(len(y)), y]
    return losses if reduction == "none" else getattr(losses, reduction)()


def unguarded(logits, y, reduction="mean"):
    losses = cross_entropy_loss(logits, y % logits.shape[1], "none")
    return losses if reduction == "none" else getattr(losses, reduction)()


def rounds_targets(logits, y, reduction="mean"):
    return cross_entropy_loss(logits, y.long(), reduction)


def careless_reduction(logits, y, reduction="mean"):
    return cross_entropy_loss(logits, y, reduction if reduction in ("none", "sum") else "mean")


def falls_for_ever(logits, y, reduction="mean"):
    losses = cross_entropy_loss(logits, y, reduction)
    return losses - float("inf") if logits.abs().max() > 500 else losses


def indexes_beyond(logits, y, reduction="mean"):
    if y.min() < 0:
        raise ValueError("a target is no column")
    torch.arange(logits.shape[1])[y.long()]  # IndexError
    return cross_entropy_loss(logits, y, reduction)


def capped(logits, y, reduction="mean"):
    checked(logits, y, reduction)
    losses = cross_entropy_loss(logits, y, "none")
    losses = torch.where(losses > 100, losses.detach(), losses)
    return losses if reduction == "none" else getattr(losses, reduction)()


def stub(*_):
    raise NotImplementedError


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (ready_made, "torch's own `cross_entropy`"),
        (through_logsumexp, "torch's own `logsumexp`"),
        (as_number, "no gradient flows back"),
        (plain_index, "uint8 for a mask"),
        (unguarded, "a target of -1 is accepted"),
        (rounds_targets, "targets with fractions (float32) is accepted"),
        (careless_reduction, 'reduction="average" is accepted'),
        (capped, "its gradient is not"),
        (stub, "still the stub"),
        (lambda logits, y, reduction="mean": 1.0, "a gradient needs a tensor"),
        (lambda *a: cross_entropy_loss(*a).repeat(2), "the shape should be []; it is [2]"),
        (lambda *a: cross_entropy_loss(*a) + 0.01, "and yours says "),
        (falls_for_ever, "the loss is -inf"),
        (indexes_beyond, "ends in a IndexError"),
    ],
)
def test_other_losses_get_a_fitting_hint(answer, expected):
    assert expected in hint_of("03.E1", answer)


# --- E2 squares --------------------------------------------------------------------------------

WRONG = {"crop": 60, "squish": 64, "pad": 75}


def to_square(image, size, method):
    """In the style of the solution."""
    image = image.convert("RGB")
    width, height = image.size
    if method == "crop":
        side = min(width, height)
        left, top = (width - side) // 2, (height - side) // 2
        image = image.crop((left, top, left + side, top + side)).resize((size, size))
    elif method == "squish":
        image = image.resize((size, size))
    else:
        scale = size / max(width, height)
        inner = image.resize((max(1, round(width * scale)), max(1, round(height * scale))))
        image = Image.new("RGB", (size, size))
        image.paste(inner, ((size - inner.width) // 2, (size - inner.height) // 2))
    return torch.from_numpy(np.array(image)).permute(2, 0, 1)


def test_squares_by_pillow_pass():
    verdict = grade("03.E2", to_square, WRONG, 180, True)
    assert verdict.passed, verdict.hint
    assert "one run does not rank them" in verdict.note


def test_squares_by_another_filter_pass():
    def nearest(image, size, method):
        side = max(image.size)
        big = to_square(image, side, method).float()[None]
        return F.interpolate(big, size=(size, size), mode="area")[0].round().to(torch.uint8)

    assert grade("03.E2", nearest, WRONG, 180, True).passed


@pytest.mark.parametrize("slip", pets_squares.SLIPS, ids=by_name)
def test_each_square_slip_is_recognised(slip):
    assert hint_of("03.E2", slip.answer, WRONG, 180, True).endswith(slip.hint)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda x: x.permute(1, 2, 0), "the colours are on the last axis"),
        (lambda x: x.float() / 255, "uint8 from 0 to 255"),
        (lambda x: x[:, :20], "the shape should be"),
        (lambda x: x.transpose(1, 2), "changed places"),
        (lambda x: Image.fromarray(x.permute(1, 2, 0).numpy()), "this is a picture"),
        (lambda x: x * 0, "not what `Resize` would give"),
    ],
)
def test_squares_of_another_form_get_a_fitting_hint(change, expected):
    def answer(image, size, method):
        return change(to_square(image, size, method))

    assert expected in hint_of("03.E2", answer, WRONG, 180, True)


def test_grey_pictures_must_become_colour():
    def careless(image, size, method):
        square = to_square(image, size, method)
        return square[:1] if image.mode == "L" else square

    assert "mode L" in hint_of("03.E2", careless, WRONG, 180, True)


@pytest.mark.parametrize(
    ("wrong", "overlap", "expected"),
    [
        (..., True, "`wrong` is still open"),
        ({"crop": 1}, True, "the keys crop, squish and pad"),
        ({"crop": 0.3, "squish": 0.35, "pad": 0.4}, True, "counts, whole numbers"),
        ({"crop": 50, "squish": 50, "pad": 50}, True, "was the method handed on"),
        (WRONG, ..., "`overlap` is still open"),
        (WRONG, "no", "True or False"),
        (WRONG, False, "share a point"),
        ({"crop": 20, "squish": 64, "pad": 75}, True, "share a point"),
    ],
)
def test_the_ranking_is_questioned(wrong, overlap, expected):
    assert expected in hint_of("03.E2", to_square, wrong, 180, overlap)


# --- E3 temperature ----------------------------------------------------------------------------

PETS = pets_temperature.Case("pets", 3.0, n=180, k=12).drawn()


def calibration_error(p, y, bins=10):
    """With a loop over the edges, closed on the right."""
    confidence, named = p.max(1)
    edges = torch.linspace(0, 1, bins + 1)
    total = 0.0
    for low, high in itertools.pairwise(edges):
        inside = (confidence > low) & (confidence <= high)
        if inside.any():
            gap = confidence[inside].mean() - (named == y)[inside].float().mean()
            total += gap.abs() * inside.float().mean()
    return total


def best_temperature(logits, y):
    grid = torch.logspace(-1.5, 1.5, 301)
    losses = torch.stack([F.cross_entropy(logits / t, y) for t in grid])
    return grid[losses.argmin()].item()


def by_descent(logits, y):
    log_t = torch.zeros((), requires_grad=True)
    optimizer = torch.optim.LBFGS([log_t], max_iter=30, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        loss = F.cross_entropy(logits / log_t.exp(), y)
        loss.backward()
        return loss

    optimizer.step(closure)
    return log_t.exp().detach()


@pytest.mark.parametrize("answer", [best_temperature, by_descent])
def test_temperatures_by_any_search_pass(answer):
    verdict = grade("03.E3", calibration_error, answer, "b", *PETS)
    assert verdict.passed, verdict.hint
    assert "calibration error" in verdict.note


@pytest.mark.parametrize("slip", pets_temperature.CALIBRATION_SLIPS, ids=by_name)
def test_each_calibration_slip_is_recognised(slip):
    assert hint_of("03.E3", slip.answer, best_temperature, "b", *PETS).endswith(slip.hint)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (lambda p, y, bins=10: calibration_error(p, y), "ten bins, whatever"),
        (lambda p, y, bins=10: torch.tensor(float("nan")), "mean of an empty bin"),
        (lambda p, y, bins=10: 0.5, "Work out one bin"),
        (lambda p, y, bins=10: p, "one number"),
        (stub, "still the stub"),
    ],
)
def test_other_calibration_errors_get_a_fitting_hint(answer, expected):
    assert expected in hint_of("03.E3", answer, best_temperature, "b", *PETS)


@pytest.mark.parametrize("slip", pets_temperature.SLIPS, ids=by_name)
def test_each_temperature_slip_is_recognised(slip):
    assert hint_of("03.E3", calibration_error, slip.answer, "b", *PETS).endswith(slip.hint)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (pets_temperature._position, "the position in your list"),
        (pets_temperature.on_grid(pets_temperature.loss_at, torch.linspace(0.5, 2, 90)), "far eno"),
        (lambda z, y: torch.ones(3), "one number"),
        (lambda z, y: -1.0, "positive and finite"),
        (stub, "still the stub"),
    ],
)
def test_other_temperatures_get_a_fitting_hint(answer, expected):
    assert expected in hint_of("03.E3", calibration_error, answer, "b", *PETS)


@pytest.mark.parametrize(
    ("reason", "expected"),
    [("a", "time is not"), ("c", "much alike"), ("d", "no prediction"), ("e", "one of")],
)
def test_each_wrong_reason_is_answered(reason, expected):
    assert expected in hint_of("03.E3", calibration_error, best_temperature, reason, *PETS)


# --- E4 suspects -------------------------------------------------------------------------------

FEATURES, LABELS, WHERE = pets_suspects.clusters()
FILES = [f"pet_{i}.jpg" for i in range(len(LABELS))]
PLANTED = {FILES[i]: "pug" for i in WHERE.tolist()}
find_suspects = pets_suspects.by_vote(pets_suspects._disagreeing)


def by_centre(features, y, k):
    """How much nearer than its own the nearest other centre is; a list."""
    centres = torch.stack([features[y == label].mean(0) for label in y.unique()])
    distances = torch.cdist(features, centres)
    own = distances.gather(1, y[:, None])[:, 0]
    return (own - distances.min(1).values).topk(k).indices.tolist()


@pytest.mark.parametrize("answer", [find_suspects, by_centre])
def test_suspects_by_any_judge_pass(answer):
    verdict = grade("03.E4", answer, FEATURES, LABELS, FILES, PLANTED)
    assert verdict.passed, verdict.hint
    assert "of 10 wrong labels" in verdict.note


def test_without_a_list_the_eyes_decide():
    verdict = grade("03.E4", find_suspects, FEATURES, LABELS, FILES, {})
    assert verdict.passed
    assert "Look yourself: pet_" in verdict.note


@pytest.mark.parametrize("slip", pets_suspects.SLIPS, ids=by_name)
def test_each_suspect_slip_is_recognised(slip):
    assert hint_of("03.E4", slip.answer, FEATURES, LABELS, FILES, PLANTED).endswith(slip.hint)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda p, n: torch.zeros(n).bool(), "True and False"),
        (lambda p, n: p.float(), "whole numbers"),
        (lambda p, n: p[:3], "asked for 10 positions"),
        (lambda p, n: p + n, "positions run from 0"),
        (lambda p, n: p * 0, "more than once"),
        (lambda p, n: p.flip(0), "most suspicious come first"),
        (lambda p, n: torch.arange(n).topk(10), "values and indices"),
    ],
)
def test_suspects_of_another_form_get_a_fitting_hint(change, expected):
    def answer(features, y, k):
        found = find_suspects(features, y, 10 if k == 5 else k)
        if "first" in expected:  # the right ten, padded with unsuspicious ones in front
            found = find_suspects(features, y, len(y))[:10].flip(0)
            others = torch.arange(len(y))[~torch.isin(torch.arange(len(y)), found)]
            return others[:k] if k == 5 else found[:k]
        return change(found, len(y))

    assert expected in hint_of("03.E4", answer, FEATURES, LABELS, FILES, PLANTED)


def test_half_of_the_wrong_labels_is_too_few():
    def answer(features, y, k):
        found = find_suspects(features, y, k)
        others = torch.arange(len(y))[~torch.isin(torch.arange(len(y)), found)]
        return torch.cat([found[: k // 2], others[: k - k // 2]])

    hint = hint_of("03.E4", answer, FEATURES, LABELS, FILES, PLANTED)
    assert "5 of the ten are among your first ten" in hint


def test_too_few_of_the_lesson_s_wrong_labels_get_a_hint():
    elsewhere = {name: "pug" for name in FILES if name not in PLANTED}
    few = dict(list(elsewhere.items())[:10])
    assert "five are asked" in hint_of("03.E4", find_suspects, FEATURES, LABELS, FILES, few)


# --- E5 species --------------------------------------------------------------------------------

VOCAB = pets_species.VOCAB
TARGETS = torch.tensor([0, 2, 2, 4])


def cat_probability(p, vocab):
    cats = torch.tensor([breed[0].isupper() for breed in vocab])
    return p[:, cats].sum(1)


def by_product(p, vocab):
    return p @ torch.tensor([float(breed != breed.lower()) for breed in vocab])


@pytest.mark.parametrize("answer", [cat_probability, by_product])
def test_species_in_any_style_pass(answer):
    verdict = grade("03.E5", answer, pets_species.ROWS, TARGETS, VOCAB)
    assert verdict.passed, verdict.hint
    assert "Cat or dog: 100.0 %" in verdict.note


@pytest.mark.parametrize("slip", pets_species.SLIPS, ids=by_name)
def test_each_species_slip_is_recognised(slip):
    assert hint_of("03.E5", slip.answer, pets_species.ROWS, TARGETS, VOCAB) == slip.hint


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (lambda p, vocab: cat_probability(p, vocab) > 0.5, "the decision at ½ comes after"),
        (lambda p, vocab: cat_probability(p, vocab)[:, None], "a column"),
        (lambda p, vocab: p.sum(0), "Along which axis"),
        (lambda p, vocab: cat_probability(p, vocab).tolist(), "not a list"),
        (lambda p, vocab: cat_probability(p, vocab).long(), "is a float"),
        (lambda p, vocab: p[:, [0, 1, 4]].sum(1), "go by vocab"),
        (lambda p, vocab: p[:, 0], "Which columns are cats"),
        (stub, "still the stub"),
    ],
)
def test_other_species_get_a_fitting_hint(answer, expected):
    assert expected in hint_of("03.E5", answer, pets_species.ROWS, TARGETS, VOCAB)


# --- E6 budget ---------------------------------------------------------------------------------


def make_learner(seed):
    set_seed(7)
    x, y = torch.randn(240, 8), torch.arange(240) % 4
    x[torch.arange(240), y] += 2
    parts = TensorDataset(x[:160], y[:160]), TensorDataset(x[160:], y[160:])
    loaders = DataLoaders.from_dsets(*parts, bs=32, num_workers=0, device="cpu")
    set_seed(seed)
    head = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 4))
    return Learner(loaders, head, loss_func=CrossEntropyLossFlat(), metrics=error_rate)


def fit_pets(learn):
    learn.fit_one_cycle(pets_budget.EPOCHS, 3e-2)


def in_two_parts(learn):
    learn.fit(pets_budget.EPOCHS - 1, 1e-2)
    learn.fit(1, 1e-2)


@pytest.mark.parametrize("answer", [fit_pets, in_two_parts])
def test_a_better_recipe_within_the_budget_passes(answer):
    verdict = grade("03.E6", answer, make_learner)
    assert verdict.passed, verdict.hint
    assert "by default" in verdict.note


def raises(learn):
    learn.fit(1, lr_max=1e-2)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (lambda learn: learn.fit_one_cycle(3, 3e-2), "more than 2 epochs"),
        (lambda learn: learn.fine_tune(2), "trains n + 1 epochs"),
        (lambda learn: learn.fit_one_cycle(2, 1e-7), "on which side"),
        (lambda learn: make_learner(0).fit(0), "no picture was trained on"),
        (raises, "raised TypeError"),
        (stub, "still the stub"),
        (3, "hand over two functions"),
    ],
)
def test_recipes_that_miss_get_a_fitting_hint(answer, expected):
    assert expected in hint_of("03.E6", answer, make_learner)


def test_the_learner_must_come_from_a_function():
    assert "should give back a Learner" in hint_of("03.E6", fit_pets, lambda seed: None)


# --- E7 lists ----------------------------------------------------------------------------------

read_list = pets_lists.rows_of


def class_names(rows):
    numbered = {number: name.rpartition("_")[0] for name, number, _ in rows}
    return [numbered[number] for number in sorted(numbered)]


def official_split(folder):
    return tuple(
        [row[0] for row in read_list((folder / f"{part}.txt").read_text())]
        for part in ("trainval", "test")
    )


def test_lists_are_read_and_a_real_folder_is_counted(tmp_path):
    verdict = grade("03.E7", read_list, class_names, official_split, tmp_path)
    assert verdict.passed, verdict.hint
    assert "no folder annotations" in verdict.note
    (tmp_path / "trainval.txt").write_text("pug_1 1 2 1\npug_2 1 2 1\n")
    (tmp_path / "test.txt").write_text("pug_3 1 2 1\n")
    verdict = grade("03.E7", read_list, class_names, official_split, tmp_path)
    assert verdict.note == "2 pictures to train on, 1 to test on, 0 in both lists."


@pytest.mark.parametrize("slip", pets_lists.SLIPS, ids=by_name)
def test_each_reading_slip_is_recognised(slip, tmp_path):
    assert hint_of("03.E7", slip.answer, class_names, official_split, tmp_path) == slip.hint


def with_notes(text):
    return [(line.split()[0] + ".jpg", 0, True) for line in text.splitlines() if line]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (with_notes, "begin with # are notes"),
        (lambda text: read_list(text)[1:], "5"),
        (lambda text: len(read_list(text)), "a list of rows"),
        (lambda text: [("x", 0, True)] * 6, "is meant"),
        (stub, "still the stub"),
    ],
)
def test_other_readings_get_a_fitting_hint(answer, expected, tmp_path):
    assert expected in hint_of("03.E7", answer, class_names, official_split, tmp_path)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (lambda rows: sorted({row[0].rpartition("_")[0] for row in rows}), "every capital before"),
        (lambda rows: list(dict.fromkeys(r[0].rpartition("_")[0] for r in rows)), "A set has no"),
        (lambda rows: [row[0] for row in rows], "10 names came back"),
        (lambda rows: [n.split("_")[0] for n in class_names(rows)], "yours begin with"),
        (lambda rows: {}, "a list of names"),
    ],
)
def test_other_names_get_a_fitting_hint(answer, expected, tmp_path):
    assert expected in hint_of("03.E7", read_list, answer, official_split, tmp_path)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (lambda folder: official_split(folder)[::-1], "changed places"),
        (lambda folder: official_split(folder)[0], "two lists"),
        (lambda folder: tuple([*part, "x.jpg"] for part in official_split(folder)), "too many"),
        (lambda folder: [[], []], "trainval.txt gives"),
        (lambda folder: [[folder], [folder]], "as text"),
    ],
)
def test_other_splits_get_a_fitting_hint(answer, expected, tmp_path):
    assert expected in hint_of("03.E7", read_list, class_names, answer, tmp_path)


# --- all of them -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    return {
        "03.E1": (cross_entropy_loss,),
        "03.E2": (to_square, WRONG, 180, True),
        "03.E3": (calibration_error, best_temperature, "b", *PETS),
        "03.E4": (find_suspects, FEATURES, LABELS, FILES, PLANTED),
        "03.E5": (cat_probability, pets_species.ROWS, TARGETS, VOCAB),
        "03.E6": (fit_pets, make_learner),
        "03.E7": (read_list, class_names, official_split, tmp_path_factory.mktemp("none")),
    }


@pytest.mark.parametrize("name", [f"03.E{i}" for i in range(1, 8)])
def test_checks_are_repeatable_and_leave_random_state(name, answers):
    before = torch.get_rng_state(), random.getstate(), np.random.get_state()[1].tolist()
    first = grade(name, *answers[name])
    assert first.passed, first.hint
    assert first == grade(name, *answers[name])
    assert torch.equal(before[0], torch.get_rng_state())
    assert before[1:] == (random.getstate(), np.random.get_state()[1].tolist())


def test_hints_differ_within_an_exercise():
    for slips in (
        pets_losses.SLIPS,
        pets_losses.REDUCTION_SLIPS,
        pets_squares.SLIPS,
        pets_temperature.SLIPS,
        pets_temperature.CALIBRATION_SLIPS,
        pets_suspects.SLIPS,
        pets_species.SLIPS,
        pets_lists.SLIPS,
    ):
        hints = [slip.hint for slip in slips]
        assert len(set(hints)) == len(hints)
