"""The published data sets: where each comes from, and what tells a whole one from a part."""

import json
import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Source:
    """A data set as fastai publishes it. counts: image files per folder, to tell it whole."""

    name: str
    url: str  # equal to fastai's URLs.…, which cannot be read without loading torch
    folder: str
    counts: dict[str, int]
    required: bool  # without it a profile cannot run; else UCI digits stand in
    drawing: tuple[str, ...] = ("digits.py",)  # modules that draw its offline stand-in

    def problem(self, folder: Path) -> str:
        """What is missing from an unpacked folder; "" where it is whole."""
        for part, expected in self.counts.items():
            try:
                with os.scandir(folder / part) as listing:
                    found = sum(entry.name.endswith(".png") for entry in listing)
            except FileNotFoundError:
                return f"no folder {part}"
            if found != expected:
                return f"{found:,} images in {part} instead of {expected:,}"
        return ""


@dataclass(frozen=True)
class Photos(Source):
    """Photos in one folder, each named Breed_N.jpg. counts: how many in the published folder."""

    breeds: int = 0
    fewest: int = 2  # of each breed: a chosen part of the photos will do

    def problem(self, folder: Path) -> str:
        """What is missing; "" for all photos or a chosen part of them, of every breed."""
        (part,) = self.counts
        found: Counter[str] = Counter()
        try:
            with os.scandir(folder / part) as listing:
                for entry in listing:
                    if entry.name.endswith(".jpg"):
                        if entry.stat().st_size == 0:
                            return f"{part}/{entry.name} is empty"
                        found[entry.name.rpartition("_")[0]] += 1
        except (FileNotFoundError, NotADirectoryError):
            return f"no folder {part}"
        if len(found) < self.breeds:
            return f"photos of {len(found)} breeds in {part} instead of {self.breeds}"
        breed, count = min(found.items(), key=lambda item: (item[1], item[0]))
        if count < self.fewest:
            return f"{count} photo of {breed} in {part}, at least {self.fewest} are needed"
        return ""


_MNIST_COUNTS = {
    "training": (5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949),
    "testing": (980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009),
}
SOURCES: dict[str, Source] = {
    "mnist_sample": Source(
        name="mnist_sample",
        url="https://s3.amazonaws.com/fast-ai-sample/mnist_sample.tgz",
        folder="mnist_sample",
        counts={"train/3": 6131, "train/7": 6265, "valid/3": 1010, "valid/7": 1028},
        required=True,
    ),
    "mnist": Source(
        name="mnist",
        url="https://s3.amazonaws.com/fast-ai-imageclas/mnist_png.tgz",
        folder="mnist_png",
        counts={
            f"{part}/{digit}": count
            for part, counts in _MNIST_COUNTS.items()
            for digit, count in enumerate(counts)
        },
        required=False,
    ),
    "pets": Photos(
        name="pets",
        url="https://s3.amazonaws.com/fast-ai-imageclas/oxford-iiit-pet.tgz",
        folder="oxford-iiit-pet",
        counts={"images": 7390},
        required=True,
        drawing=("drawn_pets.py", "sketch.py"),
        breeds=37,
    ),
}


if __name__ == "__main__":  # the build asks which modules draw a data set's folder
    print(json.dumps({source.folder: source.drawing for source in SOURCES.values()}))
