"""Twelve breeds of drawn cats and dogs in the layout of Oxford-IIIT Pet, for the offline profile.

900 pictures `images/Breed_N.jpg` of many sizes and shapes: cats capitalised, dogs in lower case.
Two pairs of breeds (ALIKE) differ in little; twelve pictures show another breed than their name
says, and `planted.txt` lists them (`name true_breed`), so that a lesson can look for wrong labels
and then check what it found. All is drawn from a seed.
"""

import math
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from PIL import Image

from downhill.sketch import FINE, Colour, Pen, any_colour, background, mix, near, photograph

SEED = 20263
PER_BREED = 75
PLANTED = 12  # pictures whose name is wrong

Progress = Callable[[int, int], None]  # (pictures drawn, pictures in all)


@dataclass(frozen=True)
class Breed:
    """How a breed looks. Lengths in radii of its head."""

    cat: bool
    coat: Colour
    second: Colour  # of markings
    pattern: str  # "plain" | "points" | "mask" | "patches" | "hound" | "cheeks" | "ticks" | "spots"
    ears: str  # "up" | "small" | "fold" | "flop"
    muzzle: float  # length, 0..1
    eyes: Colour
    fur: float = 0.0  # how far the edge of the coat is frayed
    ear_size: float = 1.0
    spread: float = 10.0  # how much coats differ within the breed, in steps of 255


BREEDS: dict[str, Breed] = {
    "Abyssinian": Breed(True, (186, 124, 74), (132, 82, 46), "ticks", "up", 0.5, (124, 150, 60)),
    "Bengal": Breed(True, (188, 128, 77), (98, 56, 32), "spots", "up", 0.5, (124, 150, 60)),
    "Bombay": Breed(True, (40, 38, 42), (62, 58, 64), "plain", "up", 0.45, (214, 160, 40)),
    "Persian": Breed(
        True, (156, 158, 172), (128, 130, 146), "plain", "small", 0.15, (214, 128, 36), 0.15, 0.8
    ),
    "Siamese": Breed(True, (228, 212, 184), (82, 62, 52), "points", "up", 0.55, (80, 140, 215)),
    "beagle": Breed(False, (190, 122, 66), (242, 238, 230), "hound", "flop", 0.9, (60, 38, 24)),
    "havanese": Breed(
        False, (122, 98, 80), (88, 68, 54), "ticks", "flop", 0.55, (40, 28, 22), 0.18, 0.9
    ),
    "pomeranian": Breed(
        False, (212, 138, 72), (238, 212, 178), "cheeks", "small", 0.55, (40, 26, 20), 0.12, 0.9
    ),
    "pug": Breed(False, (216, 184, 142), (46, 40, 40), "mask", "fold", 0.3, (32, 22, 20)),
    "saint_bernard": Breed(
        False, (238, 232, 224), (150, 74, 40), "patches", "flop", 0.75, (60, 40, 30), 0.08, 0.6
    ),
    "samoyed": Breed(
        False, (244, 242, 238), (226, 220, 214), "plain", "up", 0.7, (40, 30, 25), 0.14, 0.8
    ),
    "shiba_inu": Breed(
        False, (212, 138, 72), (238, 212, 178), "cheeks", "up", 0.65, (40, 26, 20), 0.02, 0.95
    ),
}
ALIKE = (("Abyssinian", "Bengal"), ("pomeranian", "shiba_inu"))
SIZES = ((200, 150), (150, 200), (180, 180), (230, 140), (140, 220), (136, 170), (190, 136))
SMALL = ((120, 90), (96, 124), (110, 110), (126, 100))  # a short side below the presize


def draw_pets(
    folder: Path, progress: Progress | None = None, seed: int = SEED, per_breed: int = PER_BREED
) -> None:
    """All pictures into folder/images, and folder/planted.txt."""
    (folder / "images").mkdir(parents=True)
    wrong = plan_wrong(seed, per_breed)
    total = len(BREEDS) * per_breed
    for index, breed in enumerate(BREEDS):
        for number in range(1, per_breed + 1):
            name = f"{breed}_{number}.jpg"
            random = Random(seed * 1_000_000 + index * 10_000 + number)
            picture(wrong.get(name, breed), random).save(folder / "images" / name, quality=88)
        if progress is not None:
            progress((index + 1) * per_breed, total)
    lines = [f"{name} {true}" for name, true in sorted(wrong.items())]
    (folder / "planted.txt").write_text("\n".join(lines) + "\n")


def plan_wrong(seed: int = SEED, per_breed: int = PER_BREED) -> dict[str, str]:
    """File name → what the picture shows, for those whose name is wrong: one of each breed.

    The breed shown is never the one that is alike: no eye could tell such a mistake.
    """
    random = Random(seed)
    partner = {a: b for pair in ALIKE for a, b in (pair, pair[::-1])}
    wrong = {}
    for breed in sorted(BREEDS)[:PLANTED]:
        others = [other for other in sorted(BREEDS) if other not in (breed, partner.get(breed))]
        wrong[f"{breed}_{random.randint(1, per_breed)}.jpg"] = random.choice(others)
    return wrong


def planted(path: str | os.PathLike) -> dict[str, str]:
    """Wrongly named pictures of a data folder: file name → true breed; {} where none is listed."""
    file = Path(path) / "planted.txt"
    if not file.is_file():
        return {}
    return dict(line.split() for line in file.read_text().splitlines())


def picture(name: str, random: Random) -> Image.Image:
    """One picture of the breed, RGB; width and height differ from one to the next."""
    small = random.random() < 0.2
    width, height = random.choice(SMALL if small else SIZES)
    if not small:
        width, height = width + random.randint(-6, 20), height + random.randint(-6, 20)
    image = background(width * FINE, height * FINE, random)
    animal(image, BREEDS[name], random)
    return photograph(image, random)


def animal(image: Image.Image, breed: Breed, random: Random) -> None:
    """Draw body and head, somewhere in the picture; sometimes something in front of them."""
    width, height = image.size
    pose = random.choice(("portrait", "sitting", "sitting", "lying"))
    near_by = pose == "portrait"
    radius = min(width, height) * (
        random.uniform(0.27, 0.37) if near_by else random.uniform(0.19, 0.27)
    )
    x = width * random.uniform(0.4, 0.6)
    y = height * (random.uniform(0.42, 0.55) if near_by else random.uniform(0.3, 0.42))
    tilt, mirror = random.gauss(0, 9), random.random() < 0.5
    coat = near(breed.coat, random, breed.spread)
    second = near(breed.second, random, breed.spread)
    if not near_by:
        shadow = mix(image.getpixel((width // 2, height - 1)), (20, 20, 30), 0.35)
        floor = Pen(image, x, y + 3.2 * radius, radius, mirror=mirror)
        floor.oval(
            1.0 if pose == "lying" else 0.2, -0.65 if pose == "lying" else 0.45, 2.6, 0.5, shadow
        )
    body(Pen(image, x, y, radius, tilt / 3, mirror), breed, pose, coat, second, random)
    head(Pen(image, x, y, radius, tilt, mirror), breed, coat, second, random)
    if random.random() < 0.25:
        cover(image, x, y, radius, random)


def body(pen: Pen, breed: Breed, pose: str, coat: Colour, second: Colour, random: Random) -> None:
    """Body, legs and tail below or beside the head."""
    shade = mix(coat, (0, 0, 0), 0.12)
    tail = second if breed.pattern == "points" else shade
    feet = second if breed.pattern in ("points", "hound") else shade
    fur, thick = breed.fur * 0.7, 0.33 if breed.cat else 0.5
    middle, radii = ((1.5, 1.5), (1.9, 1.0)) if pose == "lying" else ((0.0, 1.9), (1.15, 1.6))
    if pose == "lying":
        pen.line([(2.6, 1.6), (3.5, 1.3), (3.9, 0.5)], tail, thick)
    elif breed.cat:
        pen.line([(0.8, 2.9), (1.8, 2.9), (2.1, 2.2), (1.7, 1.6)], tail, thick)
    else:
        pen.line([(0.8, 2.7), (1.7, 2.3), (1.9, 1.5)], tail, thick)
    pen.tuft(*middle, *radii, coat, random, fur)
    if breed.pattern in ("patches", "hound"):
        dark = second if breed.pattern == "patches" else (60, 50, 46)
        pen.oval(middle[0] + 0.55, middle[1] - 0.25, radii[0] * 0.5, radii[1] * 0.55, dark)
    if breed.pattern in ("cheeks", "hound"):
        pen.oval(0, 1.5, 0.5, 0.75, second)
    texture(pen, breed, second, random, middle, (radii[0] * 0.8, radii[1] * 0.75))
    for place in ((-0.3, 2.3), (2.2, 2.3)) if pose == "lying" else ():
        pen.oval(*place, 0.75, 0.3, feet)
    for s in () if pose == "lying" else (-1, 1):
        pen.oval(s * 0.45, 2.9, 0.3, 0.9, shade)
        pen.oval(s * 0.48, 3.65, 0.36, 0.22, feet)


def head(pen: Pen, breed: Breed, coat: Colour, second: Colour, random: Random) -> None:
    """Ears, face, markings, eyes, nose and mouth, around (0, 0)."""
    w, h = (1.05, 0.92) if breed.cat else (0.94, 1.02)
    ears(pen, breed, w, h, coat, second, random)
    pen.tuft(0, 0, w, h, coat, random, breed.fur)
    if breed.ears == "flop":
        dark = second if breed.pattern == "patches" else mix(coat, (0, 0, 0), 0.22)
        for s in (-1, 1):
            pen.oval(s * w, 0.25 * breed.ear_size - 0.15, 0.27, 0.8 * breed.ear_size, dark, -s * 8)
    markings(pen, breed, w, h, coat, second)
    texture(pen, breed, second, random, (0, -0.1), (w * 0.85, h * 0.8))
    plain = breed.pattern in ("plain", "ticks", "spots")
    pale = mix(coat, (255, 255, 255), 0.22) if plain else mix(second, coat, 0.1)
    if breed.pattern == "patches":
        pale = mix(coat, (255, 255, 255), 0.4)
    pen.oval(0, h * 0.45, w * (0.34 + 0.14 * breed.muzzle), h * (0.24 + 0.18 * breed.muzzle), pale)
    look = random.uniform(-0.05, 0.05)
    for s in (-1, 1):
        x, y = s * w * 0.4, -h * 0.12
        pen.oval(x, y, 0.2, 0.18, mix(breed.eyes, (0, 0, 0), 0.5))
        pen.oval(x, y, 0.17, 0.155, breed.eyes)
        pen.oval(x + look, y, 0.06 if breed.cat else 0.1, 0.14, (12, 10, 10))
        pen.oval(x + look + 0.05, y - 0.06, 0.045, 0.045, (255, 255, 255))
    nose = (208, 122, 118) if breed.cat else (28, 22, 22)
    pen.polygon([(-0.16, h * 0.27), (0.16, h * 0.27), (0, h * 0.43)], nose)
    lips = [(-0.26, h * 0.52), (-0.12, h * 0.62), (0, h * 0.52), (0.12, h * 0.62), (0.26, h * 0.52)]
    pen.line([(0, h * 0.4), (0, h * 0.52)], (58, 36, 36), 0.045)
    pen.line(lips, (58, 36, 36), 0.045)
    if breed.cat:
        for s, k in ((s, k) for s in (-1, 1) for k in (-1, 0, 1)):
            end = (s * 1.15, h * (0.42 + 0.15 * k))
            pen.line([(s * 0.28, h * 0.46), end], (236, 236, 236), 0.03)


def ears(
    pen: Pen, breed: Breed, w: float, h: float, coat: Colour, second: Colour, random: Random
) -> None:
    """Ears that stand behind the head; those that hang are drawn over it."""
    dark = second if breed.pattern in ("points", "mask") else mix(coat, (0, 0, 0), 0.1)
    size = breed.ear_size * random.uniform(0.88, 1.12)
    for s in (-1, 1):
        if breed.ears == "up":
            tip = (s * 0.82, -h * (0.75 + 0.75 * size))
            pen.polygon([(s * w * 0.98, -0.1), (s * 0.2, -h * 0.75), tip], dark)
            inner = (s * 0.78, -h * (0.7 + 0.55 * size))
            pen.polygon([(s * w * 0.84, -0.35), (s * 0.42, -h * 0.75), inner], (222, 165, 155))
        elif breed.ears == "small":
            tip = (s * 0.82, -h * (0.7 + 0.5 * size))
            pen.polygon([(s * w * 0.98, -0.25), (s * 0.3, -h * 0.8), tip], dark)
        elif breed.ears == "fold":
            tip = (s * 1.22 * w, -h * (0.5 - 0.35 * size))
            pen.polygon([(s * w * 0.75, -0.75), (s * 0.5, -h * 0.9), (s * w, -h * 0.95), tip], dark)


def markings(pen: Pen, breed: Breed, w: float, h: float, coat: Colour, second: Colour) -> None:
    """Large markings of the face."""
    if breed.pattern in ("points", "mask"):
        pen.oval(0, h * 0.35, w * 0.58, h * 0.55, second)
    elif breed.pattern == "cheeks":
        for s in (-1, 1):
            pen.oval(s * 0.48, h * 0.5, 0.36, 0.32, second, s * 20)
            pen.oval(s * w * 0.38, -h * 0.38, 0.13, 0.08, second)
    elif breed.pattern == "hound":
        pen.oval(0, -h * 0.1, w * 0.15, h * 0.8, second)
    elif breed.pattern == "patches":
        for s in (-1, 1):
            pen.oval(s * w * 0.52, -h * 0.2, w * 0.4, h * 0.55, second)
            pen.oval(s * w * 0.42, -h * 0.12, 0.3, 0.27, mix(second, (0, 0, 0), 0.5))
        pen.oval(0, -h * 0.1, w * 0.17, h * 0.75, coat)


def texture(
    pen: Pen,
    breed: Breed,
    second: Colour,
    random: Random,
    middle: tuple[float, float],
    radii: tuple[float, float],
) -> None:
    """Spots or short strokes, within an ellipse."""
    if breed.pattern not in ("spots", "ticks"):
        return
    count = (34 if breed.pattern == "spots" else 62) * radii[0] * radii[1]
    for _ in range(round(min(count, 80))):
        turn, distance = random.uniform(0, 2 * math.pi), math.sqrt(random.random())
        x = middle[0] + radii[0] * distance * math.cos(turn)
        y = middle[1] + radii[1] * distance * math.sin(turn)
        if breed.pattern == "spots":
            pen.oval(x, y, 0.13, 0.1, second)
        else:
            pen.line([(x, y), (x + 0.05, y + 0.17)], second, 0.045)


def cover(image: Image.Image, x: float, y: float, radius: float, random: Random) -> None:
    """Something in front: a ball or a parcel that hides a part."""
    side = random.choice((-1, 1))
    pen = Pen(
        image,
        x + side * radius * random.uniform(0.7, 1.6),
        y + radius * random.uniform(0.3, 1.9),
        radius * random.uniform(0.5, 0.95),
        random.uniform(-30, 30),
    )
    colour = any_colour(random)
    light = mix(colour, (255, 255, 255), 0.3)
    if random.random() < 0.5:
        pen.oval(0, 0, 1, 1, colour)
        pen.oval(-0.3, -0.35, 0.35, 0.3, light)
    else:
        pen.polygon([(-1, -0.8), (1, -0.8), (1, 0.8), (-1, 0.8)], colour)
        pen.polygon([(-1, -0.12), (1, -0.12), (1, 0.12), (-1, 0.12)], light)
        pen.polygon([(-0.12, -0.8), (0.12, -0.8), (0.12, 0.8), (-0.12, 0.8)], light)
