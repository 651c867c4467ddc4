"""Lesson 01, E1: a few prototypes a class, found so that they beat the mean image."""

from typing import Any

import torch
from torch import Tensor

from downhill.exercises import expect
from downhill.exercises.mnist_distances import PIXELS, nearest, noise
from downhill.exercises.verdict import Hint, call, exercise
from downhill.repro import rate


def three_heaps() -> Tensor:
    """[60, 28, 28]: 20 noisy copies each of no bar, one bar, two bars, shuffled.

    One bar lies between the others, so the images nearest to everything are all of one heap.
    """
    patterns = torch.zeros(3, 28, 28)
    patterns[1:, 4:10, 4:24] = 0.8
    patterns[2, 18:24, 4:24] = 0.8
    order = torch.randperm(60, generator=torch.Generator().manual_seed(3))
    return (patterns.repeat_interleave(20, 0) + noise(60, seed=1, strength=0.2))[order]


def spread(images: Tensor, prototypes: Tensor) -> float:
    """Mean squared L2 distance from an image to its nearest prototype."""
    distances = torch.cdist(images.flatten(1), prototypes.flatten(1))
    return distances.min(1).values.square().mean().item()


@exercise("01.E1")
def check_prototypes(
    find_prototypes: Any, train_x: Tensor, train_y: Tensor, valid_x: Tensor, valid_y: Tensor
) -> str:
    """find_prototypes(images [n,28,28], k) → [k,28,28]; with 10 a class it beats the mean image."""
    heaps = three_heaps()
    found = _prototypes(call(find_prototypes, heaps, 3), heaps, 3)
    mean = heaps.mean(0, keepdim=True)
    if torch.equal(found, heaps[:3]):
        raise Hint(
            "these are the first 3 images as they came. Let the images themselves decide: which "
            "few stand nearest to all the others?"
        )
    if (found - found[:1]).abs().amax() < 1e-3:
        raise Hint("all prototypes are the same image, so k of them do no more than one.")
    if spread(heaps, found) > 0.9 * spread(heaps, mean):
        raise Hint(
            "on a test of three clearly different patterns all your prototypes sit on one of them. "
            "The images nearest to everything are near to each other, too: what makes each "
            "prototype answer for a group of its own?"
        )
    _prototypes(call(find_prototypes, heaps, 1), heaps, 1)

    stored, stands_for = [], []
    for label in train_y.unique():
        images = train_x[train_y == label][:1000]  # enough to judge, and quick
        stored.append(_prototypes(call(find_prototypes, images, 10), images, 10))
        stands_for.append(label.repeat(10))
    means = torch.stack([train_x[train_y == label].mean(0) for label in train_y.unique()])
    right = (torch.cat(stands_for)[nearest(valid_x, torch.cat(stored))] == valid_y).sum().item()
    baseline = (train_y.unique()[nearest(valid_x, means)] == valid_y).sum().item()
    if right <= baseline:
        raise Hint(
            f"with 10 prototypes a class {right} of {len(valid_y)} validation images are right, "
            f"and the mean image has {baseline}. Single images are noisy: refine the choice, by "
            "letting each prototype move to the middle of the images that are nearest to it, "
            "again and again."
        )
    return f"{rate(right, len(valid_y))}; the mean image: {rate(baseline, len(valid_y))}."


def _prototypes(value: Any, images: Tensor, k: int) -> Tensor:
    """The answer if it has the form of k images, else the Hint."""
    name = f"find_prototypes(images, {k})"
    if isinstance(value, list | tuple) and value and isinstance(value[0], Tensor):
        raise Hint(f"{name} gave back {len(value)} separate tensors: stack them into one.")
    expect.tensor(value, name)
    if list(value.shape) == [k]:
        raise Hint(
            f"{name} gave back {k} numbers. If they are positions, index the images by them."
        )
    if list(value.shape) == [28, 28]:
        raise Hint(f"{name} gave back one picture, [28, 28]; even a single one needs [1, 28, 28].")
    if list(value.shape) == [k, PIXELS]:
        raise Hint(f"{name} gave back flattened pictures: bring them back to [{k}, 28, 28].")
    if list(value.shape) != [k, 28, 28]:
        raise Hint(f"{name} should have shape [{k}, 28, 28]; it has {list(value.shape)}.")
    if not value.is_floating_point():
        raise Hint(f"{name} holds whole numbers: pixels here are float32 in 0..1.")
    if value.isnan().any():
        raise Hint(
            f"{name} holds nan. The mean of no images is nan: what if no image is nearest to one "
            "of your prototypes?"
        )
    if value.min() < images.min() - 1e-3 or value.max() > images.max() + 1e-3:
        raise Hint(
            f"{name} has pixels from {value.min():.2f} to {value.max():.2f}, outside of the range "
            "of the images: a sum where a mean was meant?"
        )
    return value.detach().float()
