"""The three profiles: the same lessons on three kinds of machine. This is the only table."""

import json
import os
from dataclasses import asdict, dataclass

from downhill.errors import DownhillError

VARIABLE = "DOWNHILL_PROFILE"
DEFAULT = "offline"


@dataclass(frozen=True)
class PetSettings:
    """How the lessons on pets use their pictures. Lengths in pixels."""

    photos_per_breed: int | None  # None: all there are
    presize: int  # side of the square that each picture is resized to, one by one
    size: int  # side of what the network sees, after the augmentation of a batch
    batch_size: int
    backbone: str  # "small_resnet" | "squeezenet1_1" | "resnet34"


@dataclass(frozen=True)
class Profile:
    """Which data and which device the lessons use. `real`: the data are the real data sets."""

    name: str
    data: str  # "uci-digits" | "mnist_sample"
    device: str  # "cpu" | "cuda"
    real: bool
    description: str
    pets: PetSettings


PROFILES: dict[str, Profile] = {
    profile.name: profile
    for profile in (
        Profile(
            name="offline",
            data="uci-digits",
            device="cpu",
            real=False,
            description="UCI handwritten digits in MNIST_SAMPLE's layout; no network, no GPU",
            pets=PetSettings(None, presize=128, size=64, batch_size=32, backbone="small_resnet"),
        ),
        Profile(
            name="cpu",
            data="mnist_sample",
            device="cpu",
            real=True,
            description="the real data sets, on a machine without a GPU",
            pets=PetSettings(16, presize=160, size=128, batch_size=32, backbone="squeezenet1_1"),
        ),
        Profile(
            name="gpu",
            data="mnist_sample",
            device="cuda",
            real=True,
            description="the real data sets, whole, on a CUDA GPU",
            pets=PetSettings(None, presize=460, size=224, batch_size=64, backbone="resnet34"),
        ),
    )
}


def named(name: str) -> Profile:
    """The profile of that name; an error that lists all of them where there is none."""
    try:
        return PROFILES[name]
    except KeyError:
        known = ", ".join(PROFILES)
        raise DownhillError(f"Unknown profile {name!r}", do=f"use one of: {known}") from None


def current() -> Profile:
    """The profile that DOWNHILL_PROFILE names; `offline` where it is unset or empty."""
    name = os.environ.get(VARIABLE) or DEFAULT
    try:
        return named(name)
    except DownhillError as error:
        raise DownhillError(error.what, f"in {VARIABLE}", error.do) from None


if __name__ == "__main__":  # the site builder reads the table from here
    print(json.dumps({name: asdict(profile) for name, profile in PROFILES.items()}))
