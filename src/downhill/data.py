"""The data of the current profile, and images as tensors."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from downhill import fetch, profiles

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Pictures(os.PathLike):
    """A folder of pictures. name: for captions; real: the data set itself, not its stand-in.

    Use it like a path: `digits / "training" / "0"`, `path / "images"`.
    """

    path: Path
    name: str
    real: bool

    def __truediv__(self, part: str) -> Path:
        return self.path / part

    def __fspath__(self) -> str:
        return os.fspath(self.path)

    def __str__(self) -> str:
        return str(self.path)


def pets() -> Pictures:
    """Folder with images/Breed_N.jpg, cats and dogs: Oxford-IIIT Pet, or drawn ones.

    Offline also `planted.txt`: the pictures whose name is wrong (see `downhill.drawn_pets`).
    """
    if not profiles.current().real:
        return Pictures(fetch.get("pets", real=False), "drawn pets", real=False)
    fetch.get("pets", real=True)  # one clear line where it cannot be had
    from fastai.data.external import URLs, untar_data

    return Pictures(untar_data(URLs.PETS), "Oxford-IIIT Pet", real=True)


def mnist_sample() -> Path:
    """Folder with train/{3,7}, valid/{3,7} and labels.csv; got or drawn on first use."""
    profile = profiles.current()
    if not profile.real:
        return fetch.get("mnist_sample", real=False)
    fetch.get("mnist_sample", real=True)  # one clear line where it cannot be had
    from fastai.data.external import URLs, untar_data

    return untar_data(URLs.MNIST_SAMPLE)


def ten_digits() -> Pictures:
    """Folder with training/{0..9} and testing/{0..9}.

    In a real profile the full MNIST where fastai has it; else UCI digits, and a line says so.
    """
    real = profiles.current().real
    if real and not fetch.problem("mnist", real=True):
        from fastai.data.external import URLs, untar_data

        return Pictures(untar_data(URLs.MNIST), "MNIST", real=True)
    if real:
        print(
            "The full MNIST is not here: UCI digits stand in for it. "
            "`python -m downhill.fetch mnist` gets it."
        )
    return Pictures(fetch.get("mnist", real=False), "UCI digits", real=False)


def load_images(folder: str | os.PathLike) -> "torch.Tensor":
    """All PNG images of a folder in the order of their names → uint8 [n, 28, 28]."""
    import numpy as np
    import torch
    from PIL import Image

    files = sorted(Path(folder).glob("*.png"))
    if not files:
        raise FileNotFoundError(f"no .png files in {os.fspath(folder)}")
    images = np.empty((len(files), 28, 28), dtype=np.uint8)
    for index, file in enumerate(files):
        with Image.open(file) as image:
            if image.size != (28, 28):
                raise ValueError(f"{file} is {image.size} pixels, not 28×28")
            images[index] = np.asarray(image.convert("L"))
    return torch.from_numpy(images)
