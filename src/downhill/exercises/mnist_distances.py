"""Lesson 01, E2 ten mean images and E6 nearest neighbour: both compare pixels."""

from typing import Any

import torch
from torch import Tensor

from downhill.exercises import expect
from downhill.exercises.verdict import Hint, Slip, call, exercise
from downhill.repro import rate

PIXELS = 28 * 28


def noise(n: int, seed: int, strength: float = 1.0) -> Tensor:
    """[n, 28, 28] float in 0..strength, the same on every machine."""
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(n, 28, 28, generator=generator) * strength


def nearest(images: Tensor, stored: Tensor) -> Tensor:
    """[n] int64: index of the stored image with the least L2 distance. Both [·, 28, 28]."""
    return torch.cdist(images.flatten(1), stored.flatten(1)).argmin(1)


def _l1_table(images: Tensor, means: Tensor) -> Tensor:
    return (images[:, None] - means[None]).abs().mean((2, 3))


def _l2_table(images: Tensor, means: Tensor) -> Tensor:
    return (images[:, None] - means[None]).square().mean((2, 3))


MEAN_SLIPS = [
    Slip(
        "argmax",
        lambda images, means: _l1_table(images, means).argmax(1),
        "you pick the farthest mean image. A distance is small where two images are alike.",
    ),
    Slip(
        "no_abs",
        lambda images, means: (images[:, None] - means[None]).mean((2, 3)).argmin(1),
        "differences above and below zero cancel each other: you compare total brightness only. "
        "What did the lesson do to each difference before it took the mean?",
    ),
    Slip(
        "abs_after_mean",
        lambda images, means: (images[:, None] - means[None]).mean((2, 3)).abs().argmin(1),
        "the absolute value comes too late: after the mean the differences have cancelled already.",
    ),
    Slip(
        "squared",
        lambda images, means: _l2_table(images, means).argmin(1),
        "these are the labels by squared (L2) differences; the exercise asks for the mean "
        "absolute one (L1). Your version is often the better classifier: compare the two.",
    ),
    Slip(
        "dot_product",
        lambda images, means: (images.flatten(1) @ means.flatten(1).T).argmax(1),
        "the largest product is not the least distance: a bright mean image wins over a near one.",
    ),
    Slip(
        "counts_from_one",
        lambda images, means: _l1_table(images, means).argmin(1) + 1,
        "every label is one too high: mean image 0 stands for digit 0.",
    ),
]


def mean_task(n: int) -> tuple[Tensor, Tensor]:
    """(images [n,28,28], means [10,28,28]) on which the typical slips all answer differently."""
    means = noise(10, seed=5) * torch.linspace(0.3, 1.0, 10)[:, None, None]
    wanted = torch.arange(n) * 7 % 10
    # A strong, rare change weighs more squared than it does absolute: L1 and L2 part company.
    images = means[wanted] * 0.6 + 0.4 * noise(n, seed=6)
    spots = noise(n, seed=7) < 0.04
    return torch.where(spots, 4.0 * noise(n, seed=8), images), means


@exercise("01.E2")
def check_nearest_mean(nearest_mean: Any, means: Tensor, valid_x: Tensor, valid_y: Tensor) -> str:
    """nearest_mean(images [n,28,28], means [10,28,28]) → [n] int64, with no loop over images."""
    # n = 10 comes last: there a missing axis broadcasts in silence.
    for n in (60, 10):
        images, task_means = mean_task(n)
        got = expect.labels(call(nearest_mean, images, task_means), n, "nearest_mean", 10)
        expect.same_values(
            got,
            _l1_table(images, task_means).argmin(1),
            MEAN_SLIPS,
            (images, task_means),
            otherwise=(
                f"right for {(got == _l1_table(images, task_means).argmin(1)).sum()} of {n} test "
                "images. Each image must meet each of the 10 means: look at the shape after the "
                "subtraction, and at the axes you take the mean over."
            ),
        )
    if _calls(nearest_mean, 60) > _calls(nearest_mean, 20):
        raise Hint(
            "the labels are right, but more images need more torch calls: a Python loop over "
            "images. One subtraction can do them all: which axis of length 1 is missing?"
        )
    got = expect.labels(call(nearest_mean, valid_x, means), len(valid_x), "nearest_mean", 10)
    right = (got == valid_y.cpu()).sum().item()
    return f"{rate(right, len(valid_y))}, and the number of torch calls is the same for any n."


def _calls(function: Any, n: int) -> int:
    with expect.Watch() as watch:
        function(*mean_task(n))
    return watch.calls


def neighbour_task() -> tuple[Tensor, Tensor, Tensor]:
    """(images [300,28,28], train_images [12,28,28], train_labels [12]); the slips differ on it."""
    train = noise(12, seed=11) * torch.linspace(0.2, 1.0, 12)[:, None, None]
    train_labels = torch.tensor([4, 4, 8, 2, 2, 8, 6, 6, 4, 8, 2, 6])
    images = train[torch.arange(300) * 5 % 12] + 0.1 * noise(300, seed=12)
    return images, train, train_labels


def _squared(images: Tensor, train: Tensor) -> Tensor:
    return torch.cdist(images.flatten(1), train.flatten(1))


NEIGHBOUR_SLIPS = [
    Slip(
        "index",
        lambda images, train, labels: _squared(images, train).argmin(1),
        "you give back where the neighbour is in the training set, not which digit it shows.",
    ),
    Slip(
        "farthest",
        lambda images, train, labels: labels[_squared(images, train).argmax(1)],
        "you take the label of the farthest training image.",
    ),
    Slip(
        "dot_product",
        lambda images, train, labels: labels[(images.flatten(1) @ train.flatten(1).T).argmax(1)],
        "the largest product is not the least distance: the brightest training image wins always.",
    ),
    Slip(
        "signed",
        lambda images, train, labels: labels[
            (images[:, None] - train[None]).mean((2, 3)).argmin(1)
        ],
        "signed differences cancel: this compares total brightness, not pixels.",
    ),
]


@exercise("01.E6")
def check_neighbour(
    nearest_neighbour: Any,
    multiplications: Any,
    stored_bytes: Any,
    train_x: Tensor,
    train_y: Tensor,
    valid_x: Tensor,
    valid_y: Tensor,
) -> str:
    """nearest_neighbour(images, train_images, train_labels) → [n] int64, and its cost per image.

    The costs are for one new image and this training set stored as float32.
    """
    images, stored, stored_labels = task = neighbour_task()
    with expect.Watch() as watch:
        got = call(nearest_neighbour, *task)
    got = expect.labels(got, len(images), "nearest_neighbour", len(stored))
    right = stored_labels[nearest(images, stored)]
    expect.same_values(
        got,
        right,
        NEIGHBOUR_SLIPS,
        task,
        otherwise=(
            f"right for {(got == right).sum()} of {len(images)} test images. The label wanted is "
            "that of the training image with the least distance; are all three arguments used, and "
            "no variable from outside of the function?"
        ),
    )
    if watch.largest >= len(images) * len(stored) * PIXELS:
        size = len(valid_x) * len(train_x) * PIXELS * 4 / 1e9
        raise Hint(
            "the labels are right, but all differences [n, m, 28, 28] are held at once: for this "
            f"lesson's data {size:,.0f} GB. Take the images in portions, or a torch function that "
            "gives only the [n, m] distances."
        )
    if _overlap(train_x, valid_x):
        raise Hint(
            "validation images are among the training images: each is its own nearest neighbour, "
            "at distance 0, and the score says nothing. Store the training set."
        )
    _cost(multiplications, stored_bytes, len(train_x), len(valid_x))
    some_x, some_y = valid_x[:200], valid_y[:200]
    few_x, few_y = train_x[::5], train_y[::5]  # a fifth, so that the check stays quick
    got = expect.labels(
        call(nearest_neighbour, some_x, few_x, few_y), len(some_x), "it", len(few_x)
    )
    hits = (got == some_y.cpu()).sum().item()
    return (
        f"with every fifth training image, {hits} of {len(some_x)} right; the whole set costs "
        f"{multiplications:,} multiplications an image and {stored_bytes / 1e6:,.1f} MB."
    )


def _overlap(train_x: Tensor, valid_x: Tensor) -> bool:
    """Whether most of the first validation images are stored, pixel for pixel."""
    probe = valid_x[:8].flatten(1)
    same = [(train_x.flatten(1) == row).all(1).any().item() for row in probe]
    return sum(same) > len(same) / 2


def _cost(multiplications: Any, stored_bytes: Any, m: int, n: int) -> None:
    expect.stated(multiplications, "multiplications")
    expect.stated(stored_bytes, "stored_bytes")
    for value, name in ((multiplications, "multiplications"), (stored_bytes, "stored_bytes")):
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Hint(f"`{name}` should be one number; this is {type(value).__name__}.")
    wrong = {
        PIXELS: "that is one comparison; how many training images does a new image meet?",
        m: "that counts comparisons; how many pixels are squared in each?",
        n * m * PIXELS: "that is for all validation images together; the question is one image.",
        2 * m * PIXELS: "a subtraction is no multiplication: squaring costs one for each pixel.",
        n * PIXELS: "that counts validation images; a new image meets the training images.",
    }
    if multiplications != m * PIXELS:
        hint = wrong.get(multiplications, "count: training images, times what happens in each.")
        raise Hint(f"multiplications = {multiplications:,}: {hint}")
    wrong = {
        m * PIXELS: "that is one byte a pixel; how many has a float32?",
        m * PIXELS * 32: "those are bits; a byte has 8.",
        m * PIXELS * 8: "that would be float64; these images are float32.",
        n * PIXELS * 4: "those are the validation images; which images must be kept?",
        PIXELS * 4: "that is one image; how many must be kept?",
    }
    if stored_bytes != m * PIXELS * 4:
        hint = wrong.get(stored_bytes, "count: images kept, pixels in each, bytes in a pixel.")
        raise Hint(f"stored_bytes = {stored_bytes:,}: {hint}")
