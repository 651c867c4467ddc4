"""Lesson 01, E3: three pixels to the side break the mean-image baseline; then it is repaired."""

from itertools import product
from typing import Any

import torch
from torch import Tensor

from downhill.exercises import expect
from downhill.exercises.mnist_distances import noise
from downhill.exercises.verdict import Hint, Slip, call, exercise
from downhill.repro import rate

FAR = 3  # pixels
SHIFTS = [pair for pair in product((-FAR, 0, FAR), repeat=2) if pair != (0, 0)]  # (down, right)


def shifted(images: Tensor, down: int, right: int) -> Tensor:
    """Images [n, 28, 28] moved by fewer than 28 whole pixels; zeros where nothing moved in."""
    _, rows, columns = images.shape
    out = torch.zeros_like(images)
    out[:, max(0, down) : rows + min(0, down), max(0, right) : columns + min(0, right)] = images[
        :, max(0, -down) : rows + min(0, -down), max(0, -right) : columns + min(0, -right)
    ]
    return out


SHIFT_SLIPS = [
    Slip(
        "roll",
        lambda images, down, right: images.roll((down, right), (1, 2)),
        "what leaves on one side comes in again on the other. A shifted photo has background "
        "there: zeros.",
    ),
    Slip(
        "axes_swapped",
        lambda images, down, right: shifted(images, right, down),
        "down and right are swapped: axis 1 of [n, 28, 28] counts rows, axis 2 counts columns.",
    ),
    Slip(
        "reversed",
        lambda images, down, right: shifted(images, -down, -right),
        "the images move the opposite way: down=3 moves each row to a row number 3 higher.",
    ),
    Slip(
        "unmoved",
        lambda images, down, right: images,
        "the images come back where they were.",
    ),
]


def forms() -> tuple[Tensor, Tensor]:
    """(images [98,28,28], means [2,28,28]): two pen strokes, in all 49 places up to 3 pixels off.

    Means 0 and 1 stand in different places of the frame, so that centring images alone fails.
    """
    means = torch.zeros(2, 28, 28)
    means[0, 6:8, 5:14] = means[0, 6:20, 12:14] = 1  # like a 7
    means[1, 8:23, 16:18] = 1  # like a 3
    for row in (8, 14, 21):
        means[1, row : row + 2, 9:18] = 1
    places = list(product(range(-FAR, FAR + 1), repeat=2))
    images = torch.cat([shifted(means, *place) for place in places])
    return (images + noise(len(images), seed=21, strength=0.005)).clamp(0, 1), means


def _plain(images: Tensor, means: Tensor) -> Tensor:
    return (images[:, None] - means[None]).abs().mean((2, 3)).argmin(1)


@exercise("01.E3")
def check_shift(shift: Any, repaired: Any, means: Tensor, valid_x: Tensor, valid_y: Tensor) -> str:
    """shift(images, down, right) → images; repaired(images, means [k,28,28]) → [n] index of mean.

    valid_y counts as the means do: 0 for means[0] and so on.
    """
    _moves(shift)
    images, task_means = forms()
    wanted = torch.arange(len(images)) % 2
    got = expect.labels(
        call(repaired, images, task_means), len(images), "repaired", len(task_means)
    )
    _repairs(got, wanted, images, task_means)

    some_x, some_y = (
        valid_x[:: max(1, len(valid_x) // 100)],
        valid_y[:: max(1, len(valid_y) // 100)],
    )
    moved = torch.cat([shifted(some_x, *pair) for pair in SHIFTS])
    truth = some_y.repeat(len(SHIFTS)).cpu()
    before = (_plain(some_x, means) == some_y).float().mean().item()
    broken = (_plain(moved, means).cpu() == truth).sum().item()
    got = expect.labels(call(repaired, moved, means), len(moved), "repaired", len(means))
    right = (got == truth).sum().item()
    if right <= broken or right / len(truth) < before - 0.05:
        raise Hint(
            f"good on the test forms, but on digits moved by {FAR} pixels {right} of {len(truth)} "
            f"are right; unmoved, the plain baseline has {before:.1%}. Do images and means get the "
            "same treatment, and is each pixel of a stroke still there afterwards?"
        )
    return (
        f"moved by {FAR} pixels, the plain baseline gets {rate(broken, len(truth))}, "
        f"yours {rate(right, len(truth))}."
    )


def _moves(shift: Any) -> None:
    """Hint unless shift moves by whole pixels in all directions and fills with zeros."""
    images = noise(4, seed=22) + 0.1
    for down, right in ((3, 0), (0, 3), (-3, 2), (0, 0)):
        try:
            got = expect.tensor(call(shift, images, down, right), "shift")
        except Hint as hint:
            raise Hint(f"with down={down}, right={right}: {hint}") from None
        if got.shape != images.shape:
            raise Hint(
                f"with down={down}, right={right} the shape went from {list(images.shape)} to "
                f"{list(got.shape)}. A slice that ends at -0 is empty: that case needs care."
            )
        place = f"with down={down}, right={right}: "
        expect.same_values(
            got,
            shifted(images, down, right),
            [Slip(slip.name, slip.answer, place + slip.hint) for slip in SHIFT_SLIPS],
            (images, down, right),
            otherwise=(
                f"{place}some pixels are not where they should be. Try it on one image with one "
                "white pixel and look; negative numbers move up and left."
            ),
        )


def _repairs(got: Tensor, wanted: Tensor, images: Tensor, means: Tensor) -> None:
    """Hint unless all test forms are recognised; says in which directions they are not."""
    if torch.equal(got, wanted):
        return
    if got.max() >= len(means):
        raise Hint(
            f"repaired gave back {got.max()}, and there are only {len(means)} means: the least of "
            "all distances has a place among means *and* shifts. Which part of it is the mean?"
        )
    if torch.equal(got, _plain(images, means)):
        raise Hint(
            "the labels are those of the plain baseline: shifted images still fail. What could you "
            "do to an image so that its place in the frame no longer counts?"
        )
    if torch.equal(got, 1 - wanted):
        raise Hint("every label is the wrong one of the two: the farthest mean instead?")
    places = torch.tensor(list(product(range(-FAR, FAR + 1), repeat=2))).repeat_interleave(2, 0)
    missed = places[got != wanted]
    if (missed != 0).all():
        raise Hint(
            "straight shifts are repaired, slanted ones are not: down and right can come together."
        )
    for axis, word in enumerate(("up or down", "left or right")):
        along, across = missed[:, axis], missed[:, 1 - axis]
        # both ways along one axis, whatever the other: a fixed offset would fail on one side
        if along.min() < 0 < along.max() and (along != 0).all() and (across == 0).any():
            raise Hint(f"shifts {word} still fail, the other direction is repaired.")
    raise Hint(
        f"{len(missed)} of {len(wanted)} shifted test forms are still wrong. The means of this "
        "test do not stand in the middle either: do they get the same treatment as the images?"
    )
