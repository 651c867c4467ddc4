"""UCI handwritten digits, drawn in the layouts of MNIST_SAMPLE and of MNIST.

1,797 digits of 8×8 pixels (E. Alpaydin, C. Kaynak; UCI repository; part of scikit-learn) become
28×28 images as in MNIST: white on black, the digit in 20×20 pixels, centred by its centre of mass.
Half of the originals of each digit are for training and are enlarged by small rotations and
shifts; the other half is for validation and is drawn once. All arithmetic is in whole numbers and
PNG files are stored without compression, so one seed gives the same bytes on every machine.
"""

import gzip
import math
import random
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np

SEED = 20260

SIDE = 28  # pixels of an image
FINE = 40  # pixels of a digit while it is turned: two for each of its final 20
SAMPLE_VARIANTS = 14  # images per training original, so that training takes visible time
TEN_VARIANTS = 5
MAX_ANGLE = 12.0  # degrees
MAX_SHIFT = 1.5  # pixels
BATCH = 200  # images drawn at a time

Progress = Callable[[int, int], None]  # (images drawn, images in all)


def originals() -> tuple[np.ndarray, np.ndarray]:
    """All digits: images [1797, 8, 8] int64 in 0..16, labels [1797] int64.

    Read from the file inside scikit-learn: `load_digits` gives the same arrays, but importing
    sklearn.datasets takes seconds.
    """
    package = find_spec("sklearn")
    file = Path(package.origin).parent / "datasets" / "data" / "digits.csv.gz"
    if file.is_file():
        with gzip.open(file, "rt") as text:
            table = np.array([[int(float(cell)) for cell in row.split(",")] for row in text])
        return table[:, :-1].reshape(-1, 8, 8), table[:, -1]
    from sklearn.datasets import load_digits

    digits = load_digits()
    return digits.images.astype(np.int64), digits.target.astype(np.int64)


def split(labels: np.ndarray, seed: int = SEED) -> tuple[list[int], list[int]]:
    """Indices of training and of validation originals: half of each digit, drawn from the seed."""
    train, valid = [], []
    for digit in range(10):
        indices = np.flatnonzero(labels == digit).tolist()
        random.Random(seed * 10 + digit).shuffle(indices)
        half = len(indices) // 2
        train += sorted(indices[:half])
        valid += sorted(indices[half:])
    return train, valid


def draw_sample(folder: Path, progress: Progress | None = None, seed: int = SEED) -> None:
    """Threes and sevens into folder/{train,valid}/{3,7} and labels.csv, as MNIST_SAMPLE has them.

    The file name is original × 100 + variant: no original is both in train and in valid.
    """
    rows = ["name,label"]
    plan = _plan((3, 7), ("train", "valid"), SAMPLE_VARIANTS, seed)
    for name, digit in _draw(folder, plan, progress, seed):
        rows.append(f"{name},{int(digit == 7)}")
    (folder / "labels.csv").write_text("\n".join(rows) + "\n")


def draw_ten(folder: Path, progress: Progress | None = None, seed: int = SEED) -> None:
    """All ten digits into folder/{training,testing}/{0..9}, the layout of MNIST as PNG files."""
    plan = _plan(tuple(range(10)), ("training", "testing"), TEN_VARIANTS, seed)
    for _ in _draw(folder, plan, progress, seed):
        pass


def enlarge(small: np.ndarray) -> np.ndarray:
    """Digits [n, 8, 8] in 0..16 → [n, 40, 40] in 0..255, bilinear, pixel centres aligned."""
    # Output pixel i has its centre at (i + ½) / 5 - ½ input pixels: whole tenths.
    weights = np.zeros((FINE, 8), dtype=np.int64)
    for i in range(FINE):
        tenths = 2 * i + 1 - 5
        low, part = divmod(tenths, 10)
        for index, weight in ((low, 10 - part), (low + 1, part)):
            if 0 <= index < 8:  # beyond the edge is black
                weights[i, index] += weight
    fine = np.einsum("ip,npq,jq->nij", weights, small.astype(np.int64), weights)  # in 0..1600
    # Blocks of ink have soft edges: steepen them around the middle, as a pen would draw.
    return np.clip((fine - 480) * 255 // 640, 0, 255)


def place(fine: np.ndarray, angle: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """Digits [n, 40, 40] turned, centred by mass, then shifted → [n, 28, 28] uint8.

    angle: [n] degrees; shift: [n, 2] down and right, in pixels of the result.
    Coordinates are rounded to 1/64 of a pixel, so that what follows is exact.
    """
    index = np.arange(FINE)
    mass = np.maximum(fine.sum(axis=(1, 2)), 1)
    mid_y = (fine.sum(axis=2) @ index / mass)[:, None, None]
    mid_x = (fine.sum(axis=1) @ index / mass)[:, None, None]
    turn = [math.radians(degrees) for degrees in angle]
    cos = np.array([math.cos(radians) for radians in turn])[:, None, None]
    sin = np.array([math.sin(radians) for radians in turn])[:, None, None]
    middle = (SIDE - 1) / 2
    # Two fine pixels for one of the result: [n, 28, 1] and [n, 1, 28].
    v = 2 * (np.arange(SIDE) - middle - shift[:, :1])[:, :, None]
    u = 2 * (np.arange(SIDE) - middle - shift[:, 1:])[:, None, :]
    y = np.rint((mid_y + cos * v + sin * u) * 64).astype(np.int64)
    x = np.rint((mid_x - sin * v + cos * u) * 64).astype(np.int64)
    pad = np.pad(fine, ((0, 0), (1, 1), (1, 1)))  # a black rim: outside is black
    y, x = np.clip(y + 64, 0, (FINE + 1) * 64 - 1), np.clip(x + 64, 0, (FINE + 1) * 64 - 1)
    row, fy, column, fx = y >> 6, y & 63, x >> 6, x & 63
    n = np.arange(len(fine))[:, None, None]
    top = pad[n, row, column] * (64 - fx) + pad[n, row, column + 1] * fx
    bottom = pad[n, row + 1, column] * (64 - fx) + pad[n, row + 1, column + 1] * fx
    return ((top * (64 - fy) + bottom * fy + 2048) // 4096).astype(np.uint8)


def _plan(
    digits: tuple[int, ...], parts: tuple[str, str], variants: int, seed: int
) -> list[tuple[str, int, int, int]]:
    """[(file name, original, variant, digit)] in the order of drawing."""
    _, labels = originals()
    halves = split(labels, seed)
    return [
        (f"{part}/{digit}/{index * 100 + variant}.png", index, variant, digit)
        for part, half, copies in zip(parts, halves, (variants, 1), strict=True)
        for digit in digits
        for index in half
        if labels[index] == digit
        for variant in range(copies)
    ]


def _draw(
    folder: Path, plan: list[tuple[str, int, int, int]], progress: Progress | None, seed: int
) -> Iterator[tuple[str, int]]:
    """Write the images of the plan; yields (file name, digit) after each."""
    from PIL import Image

    fine = enlarge(originals()[0])
    for parent in sorted({Path(name).parent for name, *_ in plan}):
        (folder / parent).mkdir(parents=True, exist_ok=True)
    for start in range(0, len(plan), BATCH):
        batch = plan[start : start + BATCH]
        moves = np.array([_move(seed, index, variant) for _, index, variant, _ in batch])
        drawn = place(fine[[index for _, index, *_ in batch]], moves[:, 0], moves[:, 1:])
        for (name, _, _, digit), pixels in zip(batch, drawn, strict=True):
            Image.fromarray(pixels).save(folder / name, compress_level=0)
            yield name, digit
        if progress is not None:
            progress(start + len(batch), len(plan))


def _move(seed: int, index: int, variant: int) -> tuple[float, float, float]:
    """Angle in degrees, shift down and right in pixels. Variant 0 is the original as it is."""
    if variant == 0:
        return 0.0, 0.0, 0.0
    # Python's generator gives the same in every version; NumPy's may change.
    draw = random.Random(seed * 1_000_000 + index * 100 + variant)
    return (
        draw.uniform(-MAX_ANGLE, MAX_ANGLE),
        draw.uniform(-MAX_SHIFT, MAX_SHIFT),
        draw.uniform(-MAX_SHIFT, MAX_SHIFT),
    )
