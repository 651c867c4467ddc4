"""The data of a profile, as the lessons ask for them."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from downhill import data, fetch
from downhill.errors import DownhillError


def test_offline_the_sample_is_the_drawn_one(offline):
    assert data.mnist_sample() == offline / "offline/mnist_sample"


def test_a_missing_drawn_set_is_drawn_on_first_use(tmp_path, monkeypatch):
    monkeypatch.setenv("DOWNHILL_HOME", str(tmp_path))
    monkeypatch.setenv("DOWNHILL_PROFILE", "offline")
    assert len(list((data.mnist_sample() / "train/3").iterdir())) > 1000


def test_offline_the_ten_digits_are_ucis_and_say_so(offline):
    ten = data.ten_digits()
    assert (ten.name, ten.real) == ("UCI digits", False)
    assert data.load_images(ten / "testing/0").shape[1:] == (28, 28)
    assert str(ten) == str(ten.path)
    assert len(list((ten.path / "training").iterdir())) == 10
    import os

    assert os.listdir(ten) == os.listdir(ten.path)  # noqa: PTH208  (it is a path to all of Python)


def test_with_a_real_profile_the_sample_comes_through_untar_data(served, fastai_home, monkeypatch):
    from fastai.data.external import URLs

    monkeypatch.setattr(URLs, "MNIST_SAMPLE", served.url)
    assert data.mnist_sample() == fastai_home / "data/mnist_sample"
    assert len(served.asked) == 1


def test_real_data_that_cannot_be_had_are_an_error_and_never_drawn_ones(served):
    served.status = 500
    with pytest.raises(DownhillError, match="profile offline needs no download"):
        data.mnist_sample()


def test_without_the_full_mnist_uci_digits_stand_in_and_a_line_says_so(
    fastai_home, drawn, monkeypatch, capsys
):
    monkeypatch.setenv("DOWNHILL_HOME", str(drawn))
    ten = data.ten_digits()
    assert (ten.name, ten.real) == ("UCI digits", False)
    assert "UCI digits stand in" in capsys.readouterr().out


def test_the_full_mnist_is_used_where_fastai_has_it(fastai_home, monkeypatch):
    small = fetch.Source("mnist", fetch.SOURCES["mnist"].url, "mnist_png", {"training/0": 1}, False)
    monkeypatch.setitem(fetch.SOURCES, "mnist", small)
    folder = fastai_home / "data/mnist_png/training/0"
    folder.mkdir(parents=True)
    (folder / "1.png").write_bytes(b"")
    ten = data.ten_digits()
    assert (ten.path, ten.name, ten.real) == (fastai_home / "data/mnist_png", "MNIST", True)


def test_offline_the_pets_are_drawn_and_their_wrong_labels_listed(offline):
    pets = data.pets()
    assert (pets.name, pets.real) == ("drawn pets", False)
    assert len(list((pets / "images").glob("*.jpg"))) == 900
    assert (Path(pets) / "planted.txt").is_file()
    assert str(pets) == str(pets.path)


def test_in_a_real_profile_the_pets_are_where_fastai_keeps_them(fastai_home):
    folder = fastai_home / "data/oxford-iiit-pet/images"
    folder.mkdir(parents=True)
    for breed in range(37):
        for number in (1, 2):
            (folder / f"breed_{breed}_{number}.jpg").write_bytes(b"photo")
    pets = data.pets()
    assert (pets.path, pets.name, pets.real) == (folder.parent, "Oxford-IIIT Pet", True)


def test_images_are_loaded_in_the_order_of_their_names(tmp_path):
    for name, value in (("b", 2), ("a", 1), ("c", 3)):
        Image.fromarray(np.full((28, 28), value, np.uint8)).save(tmp_path / f"{name}.png")
    (tmp_path / "notes.txt").write_text("")
    images = data.load_images(tmp_path)
    assert (images.dtype, images.shape) == (torch.uint8, (3, 28, 28))
    assert images[:, 0, 0].tolist() == [1, 2, 3]


def test_images_equal_those_that_fastai_reads(offline):
    from fastai.vision.core import PILImageBW, image2tensor

    folder = data.mnist_sample() / "valid/7"
    theirs = torch.cat([image2tensor(PILImageBW.create(f)) for f in sorted(folder.iterdir())])
    assert torch.equal(data.load_images(folder), theirs)


def test_an_empty_folder_and_images_of_another_size_are_errors(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no \.png files in"):
        data.load_images(tmp_path)
    Image.new("L", (20, 28)).save(tmp_path / "a.png")
    with pytest.raises(ValueError, match=r"\(20, 28\) pixels, not 28×28"):
        data.load_images(tmp_path)
