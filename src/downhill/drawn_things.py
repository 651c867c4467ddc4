"""Drawn things for pretraining: ten shapes, six patterns, eight colours, somewhere in a scene."""

import math
from random import Random

from PIL import Image

from downhill.sketch import (
    FINE,
    Colour,
    Pen,
    Point,
    background,
    clutter,
    mix,
    near,
    photograph,
    ring,
)

SIDE = 64  # pixels of a picture

SHAPES: dict[str, list[list[Point]]] = {  # polygons in -1..1; the first is the largest
    "house": [
        [(-0.8, 0.9), (-0.8, -0.1), (0.8, -0.1), (0.8, 0.9)],
        [(-1, -0.1), (0, -0.95), (1, -0.1)],
    ],
    "tree": [
        ring(0, -0.3, 0.75, 0.65),
        [(-0.15, 0.2), (0.15, 0.2), (0.2, 0.95), (-0.2, 0.95)],
    ],
    "fish": [ring(-0.15, 0, 0.75, 0.45), [(0.45, 0), (1, -0.45), (0.85, 0), (1, 0.45)]],
    "cup": [
        [(-0.7, -0.6), (0.4, -0.6), (0.25, 0.8), (-0.55, 0.8)],
        [
            (0.3, -0.4),
            (0.95, -0.35),
            (0.9, 0.4),
            (0.25, 0.45),
            (0.3, 0.2),
            (0.65, 0.2),
            (0.68, -0.15),
            (0.3, -0.15),
        ],
    ],
    "boat": [
        [(-1, 0.25), (1, 0.25), (0.6, 0.85), (-0.6, 0.85)],
        [(0.05, 0.15), (0.05, -0.95), (0.8, 0.15)],
        [(-0.05, 0.15), (-0.05, -0.7), (-0.6, 0.15)],
    ],
    "flower": [
        ring(0, -0.35, 0.26, 0.26),
        *[
            ring(0.42 * math.cos(a), -0.35 + 0.42 * math.sin(a), 0.26, 0.26)
            for a in (0.3, 1.55, 2.8, 4.07, 5.33)
        ],
        [(-0.06, 0.2), (0.06, 0.2), (0.06, 1), (-0.06, 1)],
    ],
    "bird": [
        ring(0, 0.1, 0.7, 0.4, 15),
        ring(-0.6, -0.35, 0.3, 0.28),
        [(-0.85, -0.4), (-1.1, -0.25), (-0.85, -0.2)],
        [(0.5, 0.2), (1, 0.1), (0.95, 0.45), (0.5, 0.4)],
        [(0, 0), (0.5, -0.75), (0.45, 0.1)],
    ],
    "key": [
        [(-0.1, -0.1), (1, -0.1), (1, 0.1), (-0.1, 0.1)],
        ring(-0.55, 0, 0.45, 0.45),
        [(0.85, 0.05), (1, 0.05), (1, 0.45), (0.85, 0.45)],
        [(0.5, 0.05), (0.65, 0.05), (0.65, 0.35), (0.5, 0.35)],
    ],
    "car": [
        [(-1, 0), (1, 0), (1, 0.45), (-1, 0.45)],
        [(-0.6, 0.02), (-0.35, -0.45), (0.35, -0.45), (0.65, 0.02)],
        ring(-0.55, 0.45, 0.25, 0.25),
        ring(0.55, 0.45, 0.25, 0.25),
    ],
    "butterfly": [
        ring(-0.5, -0.35, 0.5, 0.4, 35),
        ring(0.5, -0.35, 0.5, 0.4, -35),
        ring(-0.4, 0.4, 0.36, 0.32, -30),
        ring(0.4, 0.4, 0.36, 0.32, 30),
        ring(0, 0, 0.1, 0.7),
    ],
}
PATTERNS = ("plain", "stripes", "spots", "checks", "ticks", "patches")
COLOURS: dict[str, Colour] = {
    "red": (205, 50, 45),
    "orange": (225, 140, 55),
    "yellow": (235, 215, 90),
    "green": (80, 155, 75),
    "blue": (65, 105, 195),
    "purple": (140, 80, 165),
    "white": (236, 232, 226),
    "black": (45, 42, 46),
}
HEADS = (len(SHAPES), len(PATTERNS), len(COLOURS))


def thing(random: Random) -> tuple[Image.Image, tuple[int, int, int]]:
    """One picture of 64×64 pixels, and its shape, pattern and colour as indices."""
    labels = tuple(random.randrange(count) for count in HEADS)
    shape, pattern = list(SHAPES.values())[labels[0]], PATTERNS[labels[1]]
    colour = near(list(COLOURS.values())[labels[2]], random, 12)
    side = SIDE * FINE
    image = background(side, side, random)
    place = (
        side * random.uniform(0.38, 0.62),
        side * random.uniform(0.38, 0.62),
        side * random.uniform(0.28, 0.46),
        random.gauss(0, 22),
        random.random() < 0.5,
    )
    stencil = Image.new("L", (side, side))
    pen = Pen(stencil, *place)
    for polygon in shape:
        pen.draw.polygon([pen.place(point) for point in polygon], fill=255)
    image.paste(surface(side, colour, pattern, place, random), (0, 0), stencil)
    outline = mix(colour, (0, 0, 0), 0.45)
    pen = Pen(image, *place)
    for polygon in shape:
        pen.line([*polygon, polygon[0]], outline, 0.03)
    if random.random() < 0.3:
        clutter(image, random, 1, 0.14)
    return photograph(image, random), labels


def surface(side: int, colour: Colour, pattern: str, place: tuple, random: Random) -> Image.Image:
    """A square full of the pattern, in this colour and a lighter or darker one."""
    image = Image.new("RGB", (side, side), colour)
    dark = sum(colour) < 250 or (sum(colour) < 600 and random.random() < 0.4)
    other = mix(colour, (255, 255, 255) if dark else (20, 15, 10), random.uniform(0.3, 0.6))
    pen = Pen(image, *place)
    if pattern == "stripes":
        step = random.uniform(0.22, 0.34)
        for k in range(-6, 7):
            pen.line([(k * step, -2), (k * step + 0.3, 2)], other, step * 0.45)
    elif pattern == "spots":
        for _ in range(60):
            pen.oval(random.uniform(-1.1, 1.1), random.uniform(-1.1, 1.1), 0.09, 0.09, other)
    elif pattern == "checks":
        step = random.uniform(0.26, 0.4)
        for row in range(-4, 5):
            for column in range(-4, 5):
                if (row + column) % 2:
                    x, y = column * step, row * step
                    pen.polygon([(x, y), (x + step, y), (x + step, y + step), (x, y + step)], other)
    elif pattern == "ticks":
        for _ in range(130):
            x, y = random.uniform(-1.1, 1.1), random.uniform(-1.1, 1.1)
            pen.line([(x, y), (x + 0.07, y + 0.17)], other, 0.04)
    elif pattern == "patches":
        for _ in range(5):
            x, y = random.uniform(-0.9, 0.9), random.uniform(-0.9, 0.9)
            pen.oval(x, y, random.uniform(0.25, 0.5), random.uniform(0.25, 0.5), other)
    return image
