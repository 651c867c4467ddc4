"""A pen for drawn pictures: turned shapes on whole pixels, backgrounds, clutter, light, noise.

Everything is drawn twice as large as the picture and halved at the end, which softens edges.
Points are rounded to whole pixels of the large drawing and chance comes from Python's generator,
so a seed gives the same picture on every machine with the same Pillow.
"""

import math
from collections.abc import Iterable, Sequence
from random import Random

from PIL import Image, ImageChops, ImageDraw

FINE = 2  # pixels of the drawing for each pixel of the picture
CORNERS = 28  # of the polygon that stands for an ellipse

Colour = tuple[int, int, int]
Point = tuple[float, float]


class Pen:
    """Draws shapes in a frame of its own: x right, y down, lengths in units of `unit` pixels."""

    def __init__(
        self,
        image: Image.Image,
        x: float,
        y: float,
        unit: float,
        angle: float = 0.0,
        mirror: bool = False,
    ) -> None:
        self.draw = ImageDraw.Draw(image)
        self.x, self.y, self.unit = x, y, unit
        self.cos, self.sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        self.side = -1 if mirror else 1

    def place(self, point: Point) -> tuple[int, int]:
        """A point of the frame → the nearest pixel of the drawing."""
        x, y = point[0] * self.side * self.unit, point[1] * self.unit
        return (
            round(self.x + self.cos * x - self.sin * y),
            round(self.y + self.sin * x + self.cos * y),
        )

    def polygon(self, points: Iterable[Point], colour: Colour) -> None:
        """Fill the polygon."""
        self.draw.polygon([self.place(point) for point in points], fill=colour)

    def oval(
        self, x: float, y: float, rx: float, ry: float, colour: Colour, tilt: float = 0.0
    ) -> None:
        """Fill an ellipse with centre (x, y) and radii rx, ry, turned by tilt degrees."""
        self.polygon(ring(x, y, rx, ry, tilt), colour)

    def tuft(
        self, x: float, y: float, rx: float, ry: float, colour: Colour, random: Random, rough: float
    ) -> None:
        """Fill an ellipse whose edge is frayed like fur; rough: share of the radius."""
        points = []
        for index, (px, py) in enumerate(ring(x, y, rx, ry, 0.0, 2 * CORNERS)):
            stretch = 1 + rough * (random.random() if index % 2 else -0.5 * random.random())
            points.append((x + (px - x) * stretch, y + (py - y) * stretch))
        self.polygon(points, colour)

    def line(self, points: Sequence[Point], colour: Colour, width: float) -> None:
        """A line of the given width (in units) with round joints."""
        pixels = max(1, round(width * self.unit))
        self.draw.line([self.place(p) for p in points], fill=colour, width=pixels, joint="curve")
        if pixels > 4:
            for point in (points[0], points[-1]):
                self.oval(*point, width / 2, width / 2, colour)


def ring(
    x: float, y: float, rx: float, ry: float, tilt: float = 0.0, corners: int = CORNERS
) -> list[Point]:
    """Points of an ellipse."""
    cos, sin = math.cos(math.radians(tilt)), math.sin(math.radians(tilt))
    points = []
    for index in range(corners):
        turn = 2 * math.pi * index / corners
        u, v = rx * math.cos(turn), ry * math.sin(turn)
        points.append((x + cos * u - sin * v, y + sin * u + cos * v))
    return points


def near(colour: Colour, random: Random, spread: float) -> Colour:
    """A colour at random around this one; spread: standard deviation in steps of 255."""
    shared = random.gauss(0, spread)  # lighter or darker …
    return clip(*(channel + shared + random.gauss(0, spread / 2) for channel in colour))


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """share = 0: first; 1: second."""
    return clip(*(a + (b - a) * share for a, b in zip(first, second, strict=True)))


def clip(red: float, green: float, blue: float) -> Colour:
    """Rounded, and kept in 0..255."""
    return tuple(max(0, min(255, round(value))) for value in (red, green, blue))  # type: ignore[return-value]


def any_colour(random: Random, low: int = 25, high: int = 235) -> Colour:
    """A colour at random."""
    return tuple(random.randint(low, high) for _ in range(3))  # type: ignore[return-value]


def background(width: int, height: int, random: Random) -> Image.Image:
    """A scene without a subject: sky and ground, wall and floor, or a gradient; with clutter."""
    first, second = any_colour(random, 60, 240), any_colour(random, 50, 220)
    kind = random.random()
    if kind < 0.4:  # a meadow, a beach, snow
        first = near(random.choice([(150, 195, 235), (205, 215, 225), (240, 200, 160)]), random, 18)
        second = near(
            random.choice([(110, 155, 75), (205, 185, 140), (225, 230, 235), (120, 105, 80)]),
            random,
            18,
        )
    image = Image.new("RGB", (width, height), first)
    if kind < 0.75:
        edge = round(height * random.uniform(0.35, 0.75))
        ImageDraw.Draw(image).rectangle((0, edge, width, height), fill=second)
    else:
        ramp = Image.linear_gradient("L").resize((width, height))
        image = Image.composite(Image.new("RGB", (width, height), second), image, ramp)
    clutter(image, random, random.randint(2, 8), 0.18)
    if random.random() < 0.35:
        stripes(image, random)
    return image


def clutter(image: Image.Image, random: Random, count: int, size: float) -> None:
    """Shapes of any colour anywhere; size: of the largest, as a share of the longer side."""
    width, height = image.size
    for _ in range(count):
        radius = random.uniform(0.25, 1) * size * max(width, height)
        pen = Pen(
            image,
            random.uniform(0, width),
            random.uniform(0, height),
            radius,
            random.uniform(0, 90),
        )
        colour = any_colour(random)
        if random.random() < 0.5:
            pen.oval(0, 0, 1, random.uniform(0.4, 1), colour)
        else:
            tall = random.uniform(0.3, 1)
            pen.polygon([(-1, -tall), (1, -tall), (1, tall), (-1, tall)], colour)


def stripes(image: Image.Image, random: Random) -> None:
    """Thin lines across the picture: a fence, a blind, floor boards."""
    width, height = image.size
    colour, step = any_colour(random, 60, 220), random.randint(14, 40) * FINE
    draw = ImageDraw.Draw(image)
    if random.random() < 0.5:
        for x in range(random.randint(0, step), width, step):
            draw.line((x, 0, x, height), fill=colour, width=FINE)
    else:
        for y in range(random.randint(0, step), height, step):
            draw.line((0, y, width, y), fill=colour, width=FINE)


def photograph(image: Image.Image, random: Random) -> Image.Image:
    """Halve the drawing; then light, a colour cast and grain as a camera would give them."""
    picture = image.reduce(FINE)
    light, contrast = random.uniform(-28, 28), random.uniform(0.72, 1.15)
    table: list[int] = []
    for _ in range(3):
        cast = random.uniform(-14, 14)
        table += clip_all((v - 128) * contrast + 128 + light + cast for v in range(256))
    picture = picture.point(table)
    coarse = Image.frombytes("L", picture.size, random.randbytes(picture.width * picture.height))
    grain = coarse.point([v * 22 // 256 for v in range(256)])  # 0..21
    return ImageChops.add(picture, Image.merge("RGB", (grain, grain, grain)), 1, -11)


def clip_all(values: Iterable[float]) -> list[int]:
    """Rounded, and kept in 0..255."""
    return [max(0, min(255, round(value))) for value in values]
