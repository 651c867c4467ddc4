"""Two small pictures turned and enlarged by torch, in the presizing simulator's format.

`python small_presizing.py FOLDER` writes drawn.json; the demos' tests read the same data.
"""

import json
import math
import sys
from pathlib import Path
from random import Random

import numpy as np
import torch
from PIL import Image

from downhill.demo import pack
from downhill.drawn_pets import picture

PRESIZE, SIZE = 64, 32
ORDERS = ("naive", "crop-first", "presized")


def warp(image: torch.Tensor, size: int, angle: float = 0, zoom: float = 1) -> torch.Tensor:
    """One interpolation by torch: [c, n, n] → [c, size, size], in the image's dtype."""
    c, s = (f(math.radians(angle)) / zoom for f in (math.cos, math.sin))
    matrix = torch.tensor([[[c, -s, 0], [s, c, 0]]], dtype=image.dtype)
    grid = torch.nn.functional.affine_grid(matrix, [1, len(image), size, size], align_corners=False)
    return torch.nn.functional.grid_sample(
        image[None], grid, mode="bilinear", padding_mode="zeros", align_corners=False
    )[0]


def in_order(
    square: torch.Tensor, order: str, angle: float, zoom: float, presize: int, size: int
) -> torch.Tensor:
    """The picture turned and enlarged in one of the orders, or at once ("reference")."""
    if order == "reference":
        return warp(square, size, angle, zoom)
    if order == "presized":
        return warp(warp(square, presize), size, angle, zoom)
    small = warp(square, size)
    if order == "naive":
        return warp(warp(small, size, angle), size, zoom=zoom)
    return warp(warp(small, size, zoom=zoom), size, angle)


def centre_square(rgb: np.ndarray) -> torch.Tensor:
    """Red, green, blue in 0..1 and filled (1): uint8 [h, w, 3] → float64 [4, n, n]."""
    n = min(rgb.shape[:2])
    top, left = (rgb.shape[0] - n) // 2, (rgb.shape[1] - n) // 2
    colours = torch.from_numpy(rgb[top : top + n, left : left + n]).permute(2, 0, 1).double() / 255
    return torch.cat([colours, torch.ones(1, n, n, dtype=torch.float64)])


def measured(
    square: torch.Tensor, order: str, angle: float, zoom: float, presize: int, size: int
) -> tuple[torch.Tensor, float, float]:
    """The result [4, size, size], its empty share, its error against one interpolation."""
    made, one = (
        in_order(square, which, angle, zoom, presize, size) for which in (order, "reference")
    )
    inside = (made[3] >= 0.5) & (one[3] >= 0.5)
    black = (made[3] < 0.5).double().mean().item()
    return made, black, (made - one)[:3, inside].square().mean().sqrt().item()


def simulator(seed: int = 0) -> dict:
    """The simulator's data: a drawn pet larger than the presize, another smaller."""
    chance = Random(seed)
    shown = [drawn("Abyssinian", (90, 76), chance), drawn("pug", (40, 50), chance)]
    cases = []
    for index, rgb in enumerate(shown):
        square = centre_square(rgb).float()  # the lesson's dtype
        for angle in (0, 10, 20, 30):
            for scale in (1.0, 1.2, 1.4):
                for order in ORDERS:
                    _, black, error = measured(square, order, angle, scale, PRESIZE, SIZE)
                    cases.append({"picture": index, "angle": angle, "scale": scale,
                                  "order": order, "black": black, "error": error})  # fmt: skip
    names = ("larger than the presize", "smaller than the presize")
    pictures = [
        {"name": name, "width": rgb.shape[1], "height": rgb.shape[0], "rgb": pack(rgb)}
        for name, rgb in zip(names, shown, strict=True)
    ]
    return {"pictures": pictures, "presize": PRESIZE, "size": SIZE, "cases": cases}


def drawn(breed: str, size: tuple[int, int], chance: Random) -> np.ndarray:
    """A drawn pet in 32 shades a channel. size: width, height → uint8 [h, w, 3]."""
    image = picture(breed, chance).convert("RGB").resize(size, Image.Resampling.BICUBIC)
    return np.asarray(image) & 0xF8


if __name__ == "__main__":
    (Path(sys.argv[1]) / "drawn.json").write_text(json.dumps(simulator()))
