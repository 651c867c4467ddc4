"""The small residual network, its weights, and the backbone of a profile."""

import subprocess
import sys

import pytest
import torch
from safetensors import safe_open
from torch import nn
from torchvision import models

from downhill import backbone
from downhill.backbone import WEIGHTS, read_weights, small_resnet, write_weights
from downhill.errors import DownhillError


def test_children_have_torchvisions_names_in_torchvisions_order():
    ours, theirs = small_resnet(), models.resnet18()
    assert [n for n, _ in ours.named_children()] == [n for n, _ in theirs.named_children()]


def test_every_key_and_number_of_dimensions_is_one_of_resnet34s():
    """But for layer1's shortcut, which no ResNet of basic blocks needs either."""
    theirs = models.resnet34().state_dict()
    for key, tensor in small_resnet().state_dict().items():
        assert key in theirs
        assert tensor.ndim == theirs[key].ndim


def test_it_has_about_three_hundred_thousand_parameters():
    assert 290_000 < sum(p.numel() for p in small_resnet().parameters()) < 330_000


def test_pictures_of_any_size_give_24_outputs():
    model = small_resnet().eval()
    for height, width in ((64, 64), (128, 96), (33, 70)):
        assert model(torch.zeros(2, 3, height, width)).shape == (2, 24)


def test_its_body_has_batch_normalisation_and_squeezenets_has_none():
    def norms(model):
        return sum(isinstance(m, nn.BatchNorm2d) for m in model.modules())

    assert norms(small_resnet()) == 12
    assert norms(models.squeezenet1_1()) == 0


def test_fastai_cuts_and_splits_it_as_a_resnet():
    from fastai.vision.learner import create_vision_model, model_meta

    meta = model_meta[small_resnet]
    assert meta["cut"] == -2
    assert meta == model_meta[models.resnet34]
    model = create_vision_model(small_resnet, 12, pretrained=True)
    groups = meta["split"](model)
    assert len(groups) == 3
    assert sum(len(group) for group in groups) == len(list(model.parameters()))
    head = {id(p) for p in model[1].parameters()}
    assert {id(p) for p in groups[2]} == head
    late = {id(p) for name in (6, 7) for p in model[0][name].parameters()}
    assert {id(p) for p in groups[1]} == late


def test_pretrained_means_our_weights_and_not_pretrained_means_none():
    from fastai.vision.learner import create_vision_model

    ours = read_weights(WEIGHTS)
    loaded = create_vision_model(small_resnet, 12, pretrained=True)[0][0].weight
    assert torch.equal(loaded, ours["conv1.weight"])
    fresh = create_vision_model(small_resnet, 12, pretrained=False)[0][0].weight
    assert not torch.equal(fresh, ours["conv1.weight"])


def test_a_learner_of_the_course_has_three_groups_and_starts_frozen(offline):
    from fastai.vision.learner import vision_learner

    from downhill.pets import pet_loaders

    learn = vision_learner(pet_loaders(), small_resnet)
    assert len(learn.opt.param_lists) == 3
    assert learn.opt.frozen_idx == 2
    x, _ = learn.dls.one_batch()
    assert learn.model(x).shape == (32, 12)


def test_weights_that_nobody_knows_are_an_error():
    with pytest.raises(ValueError, match="'IMAGENET1K_V1'"):
        small_resnet(weights="IMAGENET1K_V1")


# --- the file


def test_the_file_has_at_most_a_million_bytes_and_says_how_it_was_made():
    assert WEIGHTS.stat().st_size <= 1_000_000
    with safe_open(WEIGHTS, framework="pt") as file:
        about = file.metadata()
    assert {"seed", "pictures", "epochs", "torch", "Pillow"} <= set(about)


def test_what_is_written_is_read_again_rounded_to_float16(tmp_path):
    state = small_resnet().state_dict()
    write_weights(tmp_path / "file", state, {"seed": "1"})
    again = read_weights(tmp_path / "file")
    assert set(again) == set(state)
    for name, tensor in state.items():
        assert again[name].dtype == tensor.dtype
        assert torch.equal(again[name], tensor.half().to(tensor.dtype))


@pytest.mark.parametrize("kept", [0, 5, 8, 1_000, 100_000, -1])
def test_a_file_that_is_cut_off_is_one_line_that_says_how_to_mend_it(tmp_path, monkeypatch, kept):
    file = tmp_path / "small_resnet.safetensors"
    file.write_bytes(WEIGHTS.read_bytes()[:kept])
    monkeypatch.setattr(backbone, "WEIGHTS", file)
    with pytest.raises(DownhillError, match=r"not whole.*downhill\.pretraining") as caught:
        small_resnet(weights="DEFAULT")
    assert "\n" not in str(caught.value)
    assert str(file) in str(caught.value)


def test_bytes_of_something_else_are_one_line_too(tmp_path):
    file = tmp_path / "file"
    for content in (b"version https://git-lfs.github.com/spec/v1\n" * 9, bytes(1000)):
        file.write_bytes(content)
        with pytest.raises(DownhillError, match="not whole"):
            read_weights(file)


def test_a_file_that_is_missing_is_one_line(tmp_path):
    with pytest.raises(DownhillError, match=r"No such file.*install the course again"):
        read_weights(tmp_path / "none.safetensors")


# --- the backbone of a profile


def test_offline_the_backbone_is_the_small_one(monkeypatch):
    monkeypatch.setenv("DOWNHILL_PROFILE", "offline")
    assert backbone.backbone() is small_resnet


@pytest.mark.parametrize(("profile", "name"), [("cpu", "squeezenet1_1"), ("gpu", "resnet34")])
def test_with_a_real_profile_it_is_torchvisions_with_its_weights(
    tmp_path, monkeypatch, profile, name
):
    """Weights of the right name where torch looks for downloads: nothing is asked of a server."""
    from fastai.vision.learner import model_meta

    builder = getattr(models, name)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setenv("DOWNHILL_PROFILE", profile)
    place = tmp_path / "hub/checkpoints"
    place.mkdir(parents=True)
    url = models.get_model_weights(name).DEFAULT.url
    torch.save(builder().state_dict(), place / url.rpartition("/")[2])
    arch = backbone.backbone()
    assert arch is builder
    assert arch in model_meta


def test_weights_that_cannot_be_had_are_one_line_that_says_where_and_what_to_do(
    tmp_path, monkeypatch
):
    from urllib.error import URLError

    def no_network(*_, **__):
        raise URLError("no connection")

    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setenv("DOWNHILL_PROFILE", "cpu")
    monkeypatch.setattr("torch.hub.urlopen", no_network)
    with pytest.raises(DownhillError) as caught:
        backbone.backbone()
    words = str(caught.value)
    assert "\n" not in words
    assert "The weights of squeezenet1_1 cannot be had" in words
    assert str(tmp_path / "hub/checkpoints/squeezenet1_1-") in words
    assert "profile offline needs none" in words


def test_a_damaged_file_of_weights_is_one_line(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setenv("DOWNHILL_PROFILE", "cpu")
    file = tmp_path / "hub/checkpoints/squeezenet1_1-b8a52dc0.pth"
    file.parent.mkdir(parents=True)
    for content in (b"", b"not a file of weights"):
        file.write_bytes(content)
        with pytest.raises(DownhillError, match=r"cannot be had.*remove"):
            backbone.backbone()


def test_importing_the_backbone_shows_no_warning():
    done = subprocess.run(
        [sys.executable, "-c", "import downhill.backbone"], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
