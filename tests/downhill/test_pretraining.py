"""The task that the small network was trained on, and the script that makes its weights."""

import json
import re
from random import Random

import pytest
import torch
from torch.nn.functional import cross_entropy

from downhill import drawn_things, pretraining
from downhill.backbone import WEIGHTS, read_weights, small_resnet
from downhill.drawn_things import COLOURS, HEADS, PATTERNS, SHAPES

FIRST_250 = [207, 176, 243]  # right of the first 250 held-out pictures: shape, pattern, colour


@pytest.fixture(scope="module")
def few():
    return pretraining.pictures(96, seed=5)


def test_a_thing_has_one_of_ten_shapes_six_patterns_and_eight_colours():
    assert (len(SHAPES), len(PATTERNS), len(COLOURS)) == HEADS == (10, 6, 8)
    seen = [drawn_things.thing(Random(seed))[1] for seed in range(150)]
    for head, count in enumerate(HEADS):
        assert {labels[head] for labels in seen} == set(range(count))


def test_the_same_seed_draws_the_same_and_another_seed_another(few):
    images, labels = few
    assert (images.shape, images.dtype) == ((96, 3, 64, 64), torch.uint8)
    assert (labels.shape, labels.dtype) == ((96, 3), torch.int64)
    again = pretraining.pictures(96, seed=5)
    assert pretraining.digest(*again) == pretraining.digest(*few)
    assert pretraining.digest(*pretraining.pictures(96, seed=6)) != pretraining.digest(*few)


def test_normalised_pictures_are_those_that_fastai_would_make(few):
    from fastai.data.transforms import Normalize
    from fastai.vision.core import TensorImage, imagenet_stats

    theirs = Normalize.from_stats(*imagenet_stats, cuda=False)(TensorImage(few[0] / 255))
    assert torch.allclose(pretraining.prepare(few[0]), torch.Tensor(theirs), atol=1e-6)


def test_varied_pictures_keep_their_shape_and_differ(few):
    x = pretraining.prepare(few[0])
    one, other = (pretraining.vary(x, torch.Generator().manual_seed(seed)) for seed in (1, 2))
    assert one.shape == other.shape == x.shape
    assert not torch.equal(one, other)


def test_the_loss_is_the_sum_of_three_cross_entropies():
    outputs, labels = torch.randn(4, 24), torch.tensor([[0, 1, 2]] * 4)
    parts = outputs[:, :10], outputs[:, 10:16], outputs[:, 16:]
    expected = sum(cross_entropy(part, labels[:, i]) for i, part in enumerate(parts))
    assert torch.allclose(pretraining.loss_of(outputs, labels), expected)


def test_correct_answers_are_counted_head_by_head(few):
    class Knows(torch.nn.Module):
        """Answers the first two heads right, always red."""

        def forward(self, x):
            shape, pattern = (
                torch.nn.functional.one_hot(few[1][:, head], HEADS[head]) for head in (0, 1)
            )
            red = torch.nn.functional.one_hot(torch.zeros(len(x), dtype=torch.int64), HEADS[2])
            return torch.cat([shape, pattern, red], dim=1)

    reds = (few[1][:, 2] == 0).sum().item()
    assert pretraining.correct(Knows(), *few) == [96, 96, reds]


def test_the_same_seed_gives_the_same_weights_and_another_seed_others(few):
    first, second, other = (
        pretraining.train(*few, epochs=1, seed=seed, batch=32).state_dict() for seed in (1, 1, 2)
    )
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert not torch.equal(first["conv1.weight"], other["conv1.weight"])


def test_training_lowers_the_loss(few):
    lines = []
    pretraining.train(*few, epochs=6, seed=1, batch=32, report=lines.append)
    losses = [float(re.search(r"loss ([\d.]+)", line)[1]) for line in lines]
    assert len(losses) == 6
    assert losses[-1] < losses[0]


def test_the_command_writes_weights_that_load_and_a_card(tmp_path, capsys):
    file = tmp_path / "small.safetensors"
    words = ["--pictures", "64", "--held-out", "50", "--epochs", "1", "--seed", "3"]
    threads = torch.get_num_threads()
    try:
        assert pretraining.main(["--out", str(file), *words]) == 0
    finally:
        torch.set_num_threads(threads)
    small_resnet().load_state_dict(read_weights(file))
    text = file.with_suffix(".md").read_text()
    assert "| seed | 3 |" in text
    shown = capsys.readouterr().out
    assert "64 pictures drawn" in shown
    assert re.search(r"colour: \d+\.\d % \(\d+ of 50;", shown)
    assert re.search(r"\| colour \| 8 \| 12.5 % \| .* of 50;", text)


# --- what is in the package


def test_the_card_names_seed_pictures_accuracy_versions_and_licence():
    text = WEIGHTS.with_suffix(".md").read_text()
    assert f"| seed | {pretraining.SEED} |" in text
    assert f"{pretraining.TRAIN:,} for training, {pretraining.HELD_OUT:,} held out" in text
    for name in pretraining.NAMES:
        found = re.search(
            rf"\| {name} \|.*\| ([\d.]+) % \((\S+) of {pretraining.HELD_OUT:,};", text
        )
        assert found, name
    for words in ("torch", "Pillow", "MIT", "python -m downhill.pretraining", "git log"):
        assert words in text
    assert f"{WEIGHTS.stat().st_size:,} bytes" in text


def test_the_weights_in_the_package_get_right_what_they_got_when_they_were_made():
    """On the first 250 of the held-out pictures; two answers may be rounded the other way."""
    images, labels = pretraining.pictures(250, pretraining.SEED + 1)
    right = pretraining.correct(small_resnet(weights="DEFAULT"), images, labels)
    assert right == pytest.approx(FIRST_250, abs=2)
    text = WEIGHTS.with_suffix(".md").read_text()
    for name, count in zip(pretraining.NAMES, right, strict=True):
        said = float(re.search(rf"\| {name} \|.*\| ([\d.]+) % \(", text)[1]) / 100
        assert count / 250 == pytest.approx(said, abs=4 * (said * (1 - said) / 250) ** 0.5)


def test_card_and_file_say_the_same():
    text, about = WEIGHTS.with_suffix(".md").read_text(), metadata()
    assert len(about) == 8
    for name, value in about.items():
        assert f"| {name} | {value} |" in text


def test_the_drawing_is_still_the_one_that_the_weights_were_trained_on():
    first = pretraining.pictures(pretraining.FIRST, pretraining.SEED)
    said = metadata()[f"sha256 of the first {pretraining.FIRST}"]
    assert said == pretraining.digest(*first)


def metadata():
    """What the file of the weights says about itself."""
    raw = WEIGHTS.read_bytes()
    return json.loads(raw[8 : 8 + int.from_bytes(raw[:8], "little")])["__metadata__"]
