"""UCI digits in MNIST's layouts."""

import hashlib

import numpy as np
import pytest
from PIL import Image

from downhill import digits


def pixels(folder):
    """Digest of the names and the pixels of all images of a folder."""
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*.png")):
        digest.update(file.relative_to(folder).as_posix().encode())
        digest.update(np.asarray(Image.open(file)).tobytes())
    return digest.hexdigest()


@pytest.fixture
def sample(drawn):
    return drawn / "offline" / "mnist_sample"


@pytest.fixture
def ten(drawn):
    return drawn / "offline" / "mnist_png"


def test_the_originals_are_those_of_load_digits():
    from sklearn.datasets import load_digits

    images, labels = digits.originals()
    expected = load_digits()
    assert np.array_equal(images, expected.images)
    assert np.array_equal(labels, expected.target)


def test_without_the_file_load_digits_gives_the_originals(monkeypatch, tmp_path):
    from types import SimpleNamespace

    here = digits.originals()
    elsewhere = SimpleNamespace(origin=str(tmp_path / "__init__.py"))
    monkeypatch.setattr(digits, "find_spec", lambda _: elsewhere)
    for ours, theirs in zip(digits.originals(), here, strict=True):
        assert np.array_equal(ours, theirs)


def test_the_sample_has_the_layout_of_mnist_sample(sample):
    assert sorted(p.name for p in sample.iterdir()) == ["labels.csv", "train", "valid"]
    for part in ("train", "valid"):
        assert sorted(p.name for p in (sample / part).iterdir()) == ["3", "7"]
    counts = {p: len(list((sample / p).iterdir())) for p in ("train/3", "train/7", "valid/3")}
    assert 1200 <= counts["train/3"] <= 1400
    assert 1200 <= counts["train/7"] <= 1400
    assert 85 <= counts["valid/3"] <= 100


def test_the_labels_name_every_image_once(sample):
    rows = (sample / "labels.csv").read_text().splitlines()
    assert rows[0] == "name,label"
    named = dict(row.split(",") for row in rows[1:])
    files = {p.relative_to(sample).as_posix(): p.parent.name for p in sample.rglob("*.png")}
    assert len(rows) - 1 == len(named)
    assert named == {name: "1" if digit == "7" else "0" for name, digit in files.items()}


def test_the_ten_digits_have_the_layout_of_mnist(ten):
    assert sorted(p.name for p in ten.iterdir()) == ["testing", "training"]
    for part, low, high in (("training", 4000, 5000), ("testing", 880, 920)):
        assert sorted(p.name for p in (ten / part).iterdir()) == list("0123456789")
        assert low <= len(list((ten / part).rglob("*.png"))) <= high


def test_images_are_28_by_28_gray_white_on_black_and_centred(sample):
    for file in sorted((sample / "valid").rglob("*.png")):
        with Image.open(file) as image:
            assert (image.size, image.mode) == ((28, 28), "L")
            values = np.asarray(image).astype(float)
        assert values.max() > 200
        assert np.median(values) == 0
        rim = values.copy()
        rim[2:-2, 2:-2] = 0
        assert rim.sum() < 0.03 * values.sum()  # as in MNIST, a lopsided digit may touch it
        middle = np.array([(values.sum(1) @ np.arange(28)), (values.sum(0) @ np.arange(28))])
        assert np.abs(middle / values.sum() - 13.5).max() < 0.3


def test_no_original_is_in_training_and_in_validation(sample, ten):
    def originals(folder):
        return {int(file.stem) // 100 for file in folder.rglob("*.png")}

    assert originals(sample / "train").isdisjoint(originals(sample / "valid"))
    assert originals(ten / "training").isdisjoint(originals(ten / "testing"))
    assert originals(sample / "valid") <= originals(ten / "testing")
    assert len(originals(ten)) == 1797


def test_the_validation_half_is_drawn_once_and_as_it_is(sample):
    images, labels = digits.originals()
    fine = digits.enlarge(images)
    files = sorted((sample / "valid").rglob("*.png"))
    assert all(int(file.stem) % 100 == 0 for file in files)
    index = int(files[0].stem) // 100
    assert labels[index] == 3
    plain = digits.place(fine[[index]], np.zeros(1), np.zeros((1, 2)))[0]
    assert np.array_equal(np.asarray(Image.open(files[0])), plain)


def test_the_folder_of_an_image_is_its_label(ten):
    _, labels = digits.originals()
    for file in ten.rglob("*.png"):
        assert labels[int(file.stem) // 100] == int(file.parent.name)


def test_two_draws_are_equal_byte_for_byte(sample, tmp_path):
    seen = []
    digits.draw_sample(tmp_path, lambda done, total: seen.append((done, total)))
    assert pixels(tmp_path) == pixels(sample)
    for file in sample.rglob("*.*"):
        assert (tmp_path / file.relative_to(sample)).read_bytes() == file.read_bytes()
    assert seen[-1][0] == seen[-1][1] == len(list(sample.rglob("*.png")))


def test_another_seed_splits_and_turns_otherwise(sample, tmp_path):
    _, labels = digits.originals()
    assert digits.split(labels, 1) != digits.split(labels, 2)
    digits.draw_sample(tmp_path, seed=1)
    assert pixels(tmp_path) != pixels(sample)


def test_variants_of_an_original_differ_from_each_other(sample):
    files = sorted((sample / "train" / "3").iterdir(), key=lambda file: int(file.stem))
    first = files[: digits.SAMPLE_VARIANTS]
    assert len({int(file.stem) // 100 for file in first}) == 1
    assert len({np.asarray(Image.open(file)).tobytes() for file in first}) == len(first)


def test_a_shift_moves_the_centre_of_mass():
    images, _ = digits.originals()
    fine = digits.enlarge(images[:1])
    moved = digits.place(fine, np.zeros(1), np.array([[2.0, -1.0]]))[0].astype(float)
    middle = [
        moved.sum(1) @ np.arange(28) / moved.sum(),
        moved.sum(0) @ np.arange(28) / moved.sum(),
    ]
    assert middle == pytest.approx([15.5, 12.5], abs=0.2)


def test_a_quarter_turn_turns_the_image():
    images, _ = digits.originals()
    fine = digits.enlarge(images[:1])
    plain, turned = (digits.place(fine, np.array([a]), np.zeros((1, 2)))[0] for a in (0.0, 90.0))
    best = max(
        np.corrcoef(np.rot90(plain, k).ravel().astype(float), turned.ravel())[0, 1] for k in (1, 3)
    )
    assert best > 0.98
