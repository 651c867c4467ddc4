"""Lesson 03, E2: three ways to make a picture square, and whether they can be ranked."""

from collections.abc import Callable
from typing import Any

import torch
from PIL import Image, ImageOps
from torch import Tensor

from downhill.exercises import expect
from downhill.exercises.verdict import Hint, Slip, call, describe, exercise
from downhill.repro import rate, wilson_interval

METHODS = ("crop", "squish", "pad")
SIZE = 24


def striped(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """Red, green and blue along the longer side, in the shares 1 : 2 : 1; white in the corners."""
    image = Image.new("RGB", (width, height), (0, 200, 0))
    red, blue = ((0, 0, width // 4, height), (width - width // 4, 0, width, height))
    if height > width:
        red, blue = ((0, 0, width, height // 4), (0, height - height // 4, width, height))
    image.paste((220, 40, 0), red)
    image.paste((0, 60, 240), blue)
    for corner in ((0, 0), (width - 6, 0), (0, height - 6), (width - 6, height - 6)):
        image.paste((255, 255, 255), (*corner, corner[0] + 6, corner[1] + 6))
    return image.convert(mode)


PICTURES = {
    "a picture of 120×60 pixels": striped(120, 60),
    "a picture of 60×120 pixels": striped(60, 120),
    "a square picture of 90×90 pixels": striped(90, 90),
    "a small picture of 20×10 pixels": striped(20, 10),
}


def _tensor(image: Image.Image) -> Tensor:
    """[3, h, w] uint8."""
    flat = torch.frombuffer(bytearray(image.tobytes()), dtype=torch.uint8)
    return flat.view(image.height, image.width, 3).permute(2, 0, 1)


def squared(
    crop: Callable[[Image.Image, int], Image.Image] | None = None,
    squish: Callable[[Image.Image, int], Image.Image] | None = None,
    pad: Callable[[Image.Image, int], Image.Image] | None = None,
) -> Callable[[Image.Image, int, str], Tensor]:
    """A learner's function, right but for the methods that are given."""
    ways = {"crop": crop or _crop, "squish": squish or _squish, "pad": pad or _pad}

    def to_square(image: Image.Image, size: int, method: str) -> Tensor:
        return _tensor(ways[method](image.convert("RGB"), size))

    return to_square


def _crop(image: Image.Image, size: int, at: float = 0.5) -> Image.Image:
    side = min(image.size)
    left, top = (round(at * (length - side)) for length in image.size)
    box = (left, top, left + side, top + side)
    return image.resize((size, size), Image.Resampling.BILINEAR, box)


def _squish(image: Image.Image, size: int) -> Image.Image:
    return image.resize((size, size), Image.Resampling.BILINEAR)


def _pad(
    image: Image.Image, size: int, at: float = 0.5, colour: tuple[int, int, int] = (0, 0, 0)
) -> Image.Image:
    scale = size / max(image.size)
    inner = tuple(max(round(length * scale), 1) for length in image.size)
    square = Image.new("RGB", (size, size), colour)
    place = tuple(round(at * (size - length)) for length in inner)
    square.paste(image.resize(inner, Image.Resampling.BILINEAR), place)
    return square


def _cut(image: Image.Image, size: int) -> Image.Image:
    """The middle of the picture, size pixels of it, without reducing it first."""
    left, top = ((length - size) // 2 for length in image.size)
    return image.crop((left, top, left + size, top + size))


def _frame(image: Image.Image, size: int) -> Image.Image:
    return ImageOps.expand(image.resize((size - 2, size - 2)), 1)


SLIPS = [
    Slip(
        "crop_at_start",
        squared(crop=lambda image, size: _crop(image, size, 0.0)),
        "the crop begins in the top left corner; it is meant to be the middle.",
    ),
    Slip(
        "crop_at_end",
        squared(crop=lambda image, size: _crop(image, size, 1.0)),
        "the crop is taken from the far end; it is meant to be the middle.",
    ),
    Slip(
        "cut_out",
        squared(crop=_cut),
        "a piece of the final size is cut out of the large picture, so that most of it is gone. "
        "Take the largest square that fits, then reduce that.",
    ),
    Slip(
        "crop_squishes",
        squared(crop=_squish),
        "nothing is cut off: the whole picture is there, out of proportion. That is squish.",
    ),
    Slip(
        "squish_crops",
        squared(squish=_crop),
        "the ends are cut off. Squish keeps everything, and lets the proportions go.",
    ),
    Slip(
        "squish_pads",
        squared(squish=_pad),
        "there are bars. Squish fills the whole square, and lets the proportions go.",
    ),
    Slip(
        "pad_at_start",
        squared(pad=lambda image, size: _pad(image, size, 0.0)),
        "the picture lies at the edge, with one bar; it belongs in the middle, between two.",
    ),
    Slip(
        "pad_white",
        squared(pad=lambda image, size: _pad(image, size, colour=(255, 255, 255))),
        "the bars are white; they are meant to be black, which is 0.",
    ),
    Slip(
        "pad_squishes",
        squared(pad=_squish),
        "the picture fills the square out of proportion. Reduce it until its *longer* side fits, "
        "and lay it on black.",
    ),
    Slip(
        "pad_crops",
        squared(pad=_crop),
        "the ends are cut off: the shorter side was made to fit. Pad keeps everything: which side "
        "must fit?",
    ),
    Slip(
        "pad_frames",
        squared(pad=_frame),
        "there is a frame all round, and the proportions are gone. The bars belong on two sides.",
    ),
]


@exercise("03.E2")
def check_squares(to_square: Any, wrong: Any, n: int, overlap: Any) -> str:
    """to_square(image, size, method) → uint8 [3, size, size]; wrong: method → errors of n."""
    for name, picture in PICTURES.items():
        for method in METHODS:
            _same(call(to_square, picture, SIZE, method), picture, method, f"{method}, {name}")
    for mode in ("L", "RGBA"):
        got = call(to_square, striped(120, 60, mode), SIZE, "crop")
        if not isinstance(got, Tensor) or list(got.shape) != [3, SIZE, SIZE]:
            raise Hint(
                f"a picture of mode {mode} (grey, or with transparency) gives {describe(got)}. "
                'Some files are like that: `image.convert("RGB")` first.'
            )
    counts = _counts(wrong, n)
    return _ranked(counts, n, overlap)


def _same(got: Any, picture: Image.Image, method: str, asked: str) -> None:
    """Hint unless got is the picture made square by the method, to a few levels of colour."""
    if isinstance(got, Image.Image):
        raise Hint(f"{asked}: this is a picture; make a tensor of it, colours first.")
    expect.tensor(got, "to_square")
    if list(got.shape) == [SIZE, SIZE, 3]:
        raise Hint(f"{asked}: the colours are on the last axis; torch wants [3, {SIZE}, {SIZE}].")
    if list(got.shape) != [3, SIZE, SIZE]:
        raise Hint(
            f"{asked}: the shape should be [3, {SIZE}, {SIZE}]; it is {list(got.shape)}. Every "
            "picture must come out alike, or they cannot be stacked."
        )
    if got.dtype != torch.uint8:
        raise Hint(f"{asked}: uint8 from 0 to 255 is meant; this is {describe(got)}.")
    if _near(got, squared()(picture, SIZE, method)):
        return
    for slip in SLIPS:
        if _near(got, slip.answer(picture, SIZE, method)):
            raise Hint(f"{asked}: {slip.hint}")
    if _near(got.transpose(1, 2), squared()(picture, SIZE, method)):
        raise Hint(f"{asked}: rows and columns have changed places.")
    raise Hint(
        f"{asked}: not what `Resize` would give. `image.size` is (width, height), and a tensor is "
        "[colour, row, column]: did two of them change places?"
    )


def _near(a: Tensor, b: Tensor) -> bool:
    """Alike to the eye: other filters and a pixel's rounding pass."""
    return (a.float() - b.float()).abs().mean().item() < 9


def _counts(wrong: Any, n: int) -> dict[str, int]:
    expect.stated(wrong, "wrong")
    if not isinstance(wrong, dict) or set(wrong) != set(METHODS):
        raise Hint(
            "`wrong` is to be a dict with the keys crop, squish and pad, each with the number of "
            f"validation pictures named wrongly; this is {describe(wrong)}."
        )
    counts = {method: float(count) for method, count in wrong.items()}
    if any(count != int(count) for count in counts.values()) or max(counts.values()) > n:
        raise Hint(
            f"`wrong` holds counts, whole numbers from 0 to {n}; these are {list(wrong.values())}. "
            "If they are rates, give the counts."
        )
    if len(set(counts.values())) == 1:
        raise Hint(
            "all three methods have exactly the same number of errors: was the method handed on?"
        )
    return {method: int(count) for method, count in counts.items()}


def _ranked(counts: dict[str, int], n: int, overlap: Any) -> str:
    expect.stated(overlap, "overlap")
    best, worst = min(counts, key=counts.__getitem__), max(counts, key=counts.__getitem__)
    low = wilson_interval(counts[worst], n)[0]
    high = wilson_interval(counts[best], n)[1]
    if not isinstance(overlap, bool):
        raise Hint(f"`overlap` is a question for True or False; this is {describe(overlap)}.")
    if overlap != (low <= high):
        raise Hint(
            f"the best ({best}) has {rate(counts[best], n)}, the worst ({worst}) "
            f"{rate(counts[worst], n)}. Do these two intervals share a point?"
        )
    said = "overlap: one run does not rank them" if overlap else "do not overlap"
    rates = "; ".join(f"{method} {rate(count, n)}" for method, count in counts.items())
    return f"Wrong: {rates}. The intervals of the best and the worst {said}."
