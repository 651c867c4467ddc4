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
    second: Colour
    pattern: str  # "plain" | "points" | "mask" | "patches" | "cheeks" | "ticks" | "spots"
    ears: str  # "up" | "small" | "flop"
    muzzle: float  # length, 0..1
    eyes: Colour
    fur: float = 0.0  # how far the edge of the coat is frayed
    ear_size: float = 1.0
    spread: float = 9.0  # how much coats differ within the breed


BREEDS: dict[str, Breed] = {
    "Abyssinian": Breed(True, (186, 122, 72), (132, 80, 42), "ticks", "up", 0.5, (120, 150, 60)),
    "Bengal": Breed(True, (190, 130, 78), (112, 66, 36), "spots", "up", 0.5, (120, 150, 60)),
    "Bombay": Breed(True, (38, 36, 40), (62, 58, 64), "plain", "up", 0.45, (214, 160, 40)),
    "Persian": Breed(
        True, (226, 218, 208), (196, 184, 172), "plain", "small", 0.15, (204, 130, 40), fur=0.14
    ),
    "Siamese": Breed(True, (226, 208, 180), (78, 58, 48), "points", "up", 0.55, (80, 140, 215)),
    "beagle": Breed(False, (240, 234, 226), (150, 88, 42), "patches", "flop", 0.9, (60, 38, 24)),
    "havanese": Breed(
        False, (132, 104, 82), (96, 72, 54), "ticks", "flop", 0.55, (40, 28, 22), fur=0.16
    ),
    "pomeranian": Breed(
        False, (212, 136, 70), (236, 208, 172), "cheeks", "small", 0.5, (40, 26, 20), fur=0.13
    ),
    "pug": Breed(False, (214, 182, 140), (46, 40, 40), "mask", "small", 0.3, (32, 22, 20)),
    "saint_bernard": Breed(
        False, (236, 230, 222), (142, 66, 34), "patches", "flop", 0.7, (60, 40, 30), fur=0.06
    ),
    "samoyed": Breed(
        False, (246, 244, 240), (226, 220, 214), "plain", "up", 0.7, (40, 30, 25), fur=0.13
    ),
    "shiba_inu": Breed(
        False, (212, 136, 70), (240, 220, 190), "cheeks", "up", 0.65, (40, 26, 20), fur=0.03
    ),
}
ALIKE = (("Abyssinian", "Bengal"), ("pomeranian", "shiba_inu"))
SIZES = ((200, 150), (150, 200), (180, 180), (230, 140), (140, 220), (128, 170), (190, 130))
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
    """One picture of the breed, RGB."""
    width, height = random.choice(SMALL if random.random() < 0.2 else SIZES)
    if random.random() < 0.5:
        width, height = width + random.randint(-8, 20), height + random.randint(-8, 20)
    width, height = width * FINE, height * FINE
    image = background(width, height, random)
    animal(image, BREEDS[name], random)
    return photograph(image, random)


def animal(image: Image.Image, breed: Breed, random: Random) -> None:
    """Draw body and head, somewhere in the picture; sometimes something in front of them."""
    width, height = image.size
    side = min(width, height)
    pose = random.choice(("portrait", "sitting", "sitting", "lying"))
    radius = side * (
        random.uniform(0.24, 0.36) if pose == "portrait" else random.uniform(0.17, 0.24)
    )
    x = width * random.uniform(0.38, 0.62)
    y = height * (random.uniform(0.42, 0.55) if pose == "portrait" else random.uniform(0.3, 0.42))
    tilt, mirror = random.gauss(0, 10), random.random() < 0.5
    coat = near(breed.coat, random, breed.spread)
    second = near(breed.second, random, breed.spread)
    body(Pen(image, x, y, radius, tilt / 3, mirror), breed, pose, coat, second, random)
    head(Pen(image, x, y, radius, tilt, mirror), breed, coat, second, random)
    if random.random() < 0.3:
        cover(image, x, y, radius, random)


def body(pen: Pen, breed: Breed, pose: str, coat: Colour, second: Colour, random: Random) -> None:
    """Body, legs and tail below or beside the head."""
    shade = mix(coat, (0, 0, 0), 0.12)
    fur = breed.fur * 0.7
    if pose == "lying":
        pen.line([(2.6, 1.6), (3.5, 1.2), (3.9, 0.4)], shade, 0.4 if breed.cat else 0.55)
        pen.tuft(1.5, 1.5, 1.9, 1.0, coat, random, fur)
        for x in (-0.3, 2.2):
            pen.oval(x, 2.3, 0.75, 0.3, shade)
    else:
        pen.line([(0.8, 2.6), (2.0, 2.4), (2.3, 1.3)], shade, 0.35 if breed.cat else 0.5)
        pen.tuft(0, 1.9, 1.15, 1.6, coat, random, fur)
        for s in (-1, 1):
            pen.oval(s * 0.45, 2.9, 0.3, 0.9, shade)
    if breed.pattern == "patches":
        pen.oval(0.9, 1.7, 0.6, 0.8, second)
    if breed.pattern == "cheeks":
        pen.oval(0, 1.4, 0.5, 0.7, mix(coat, second, 0.8))
    middle = (1.5, 1.5) if pose == "lying" else (0.0, 2.0)
    texture(pen, breed, coat, second, random, middle, (1.5, 0.7) if pose == "lying" else (0.8, 1.2))


def head(pen: Pen, breed: Breed, coat: Colour, second: Colour, random: Random) -> None:
    """Ears, face, pattern, muzzle, eyes and nose, around (0, 0)."""
    w, h = (1.05, 0.92) if breed.cat else (0.92, 1.05)
    ear = second if breed.pattern in ("points", "mask", "patches") else mix(coat, (0, 0, 0), 0.1)
    size = breed.ear_size * random.uniform(0.9, 1.1)
    for s in (-1, 1):
        if breed.ears == "up":
            pen.polygon(
                [(s * w * 0.98, -0.1), (s * 0.2, -h * 0.75), (s * 0.8, -h * (0.75 + 0.75 * size))],
                ear,
            )
            pen.polygon(
                [(s * w * 0.8, -0.4), (s * 0.42, -h * 0.75), (s * 0.76, -h * (0.7 + 0.55 * size))],
                (222, 165, 155),
            )
        elif breed.ears == "small":
            pen.polygon(
                [(s * w * 0.95, -0.3), (s * 0.35, -h * 0.8), (s * 0.85, -h * (0.7 + 0.5 * size))],
                ear,
            )
    pen.tuft(0, 0, w, h, coat, random, breed.fur)
    if breed.ears == "flop":
        for s in (-1, 1):
            pen.oval(s * w * 0.98, 0.1, 0.27, 0.78 * size, ear, -s * 8)
    faces(pen, breed, w, h, coat, second)
    texture(pen, breed, coat, second, random, (0, -0.1), (w * 0.85, h * 0.8))
    pale = (
        second if breed.pattern in ("points", "mask", "cheeks") else mix(coat, (255, 255, 255), 0.2)
    )
    mw, mh = w * (0.34 + 0.14 * breed.muzzle), h * (0.24 + 0.2 * breed.muzzle)
    pen.oval(0, h * 0.42, mw, mh, pale)
    look = random.uniform(-0.05, 0.05)
    for s in (-1, 1):
        pen.oval(s * w * 0.4, -h * 0.12, 0.2, 0.17, (250, 250, 245) if breed.cat else breed.eyes)
        pen.oval(s * w * 0.4, -h * 0.12, 0.17, 0.15, breed.eyes)
        pen.oval(s * w * 0.4 + look, -h * 0.12, 0.06 if breed.cat else 0.1, 0.14, (12, 10, 10))
        pen.oval(s * w * 0.4 + 0.05, -h * 0.18, 0.035, 0.035, (255, 255, 255))
    nose = (205, 120, 115) if breed.cat else (28, 22, 22)
    pen.polygon([(-0.15, h * 0.24), (0.15, h * 0.24), (0, h * 0.4)], nose)
    pen.line([(-0.2, h * 0.6), (0, h * 0.5), (0.2, h * 0.6)], (60, 35, 35), 0.05)
    if breed.cat:
        for s in (-1, 1):
            for k in (-1, 0, 1):
                pen.line(
                    [(s * 0.25, h * 0.45), (s * 1.15, h * (0.42 + 0.15 * k))], (238,) * 3, 0.03
                )


def faces(pen: Pen, breed: Breed, w: float, h: float, coat: Colour, second: Colour) -> None:
    """Large markings of the face."""
    if breed.pattern in ("points", "mask"):
        pen.oval(0, h * 0.35, w * 0.58, h * 0.55, second)
    elif breed.pattern == "cheeks":
        for s in (-1, 1):
            pen.oval(s * 0.5, h * 0.5, 0.4, 0.35, second, s * 20)
            pen.oval(s * w * 0.38, -h * 0.38, 0.14, 0.08, second)
    elif breed.pattern == "patches":
        for s in (-1, 1):
            pen.oval(s * w * 0.52, -h * 0.22, w * 0.4, h * 0.55, second)
        pen.oval(0, -h * 0.1, w * 0.17, h * 0.75, coat)


def texture(
    pen: Pen,
    breed: Breed,
    coat: Colour,
    second: Colour,
    random: Random,
    middle: tuple[float, float],
    radii: tuple[float, float],
) -> None:
    """Spots or short strokes, within an ellipse."""
    if breed.pattern not in ("spots", "ticks"):
        return
    for _ in range(30 if breed.pattern == "spots" else 70):
        turn, distance = random.uniform(0, 2 * math.pi), math.sqrt(random.random())
        x = middle[0] + radii[0] * distance * math.cos(turn)
        y = middle[1] + radii[1] * distance * math.sin(turn)
        if breed.pattern == "spots":
            pen.oval(x, y, 0.09, 0.08, second)
        else:
            pen.line([(x, y), (x + 0.06, y + 0.15)], second, 0.035)


def cover(image: Image.Image, x: float, y: float, radius: float, random: Random) -> None:
    """Something in front: a ball, a box or a cushion that hides a part."""
    side = random.choice((-1, 1))
    pen = Pen(
        image,
        x + side * radius * random.uniform(0.7, 1.5),
        y + radius * random.uniform(0.4, 1.8),
        radius * random.uniform(0.5, 0.9),
        random.uniform(-30, 30),
    )
    colour = any_colour(random)
    if random.random() < 0.5:
        pen.oval(0, 0, 1, 1, colour)
        pen.oval(-0.2, -0.2, 0.5, 0.5, mix(colour, (255, 255, 255), 0.25))
    else:
        pen.polygon([(-1, -0.8), (1, -0.8), (1, 0.8), (-1, 0.8)], colour)
        pen.polygon([(-1, -0.1), (1, -0.1), (1, 0.1), (-1, 0.1)], mix(colour, (255, 255, 255), 0.3))
