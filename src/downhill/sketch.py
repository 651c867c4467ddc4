"""A pen for drawn pictures: turned shapes on whole pixels, backgrounds, clutter, light, noise.

Everything is drawn twice as large as the picture and halved at the end, which softens edges.
Points are rounded to whole pixels of the large drawing and chance comes from Python's generator,
so a seed gives the same picture on every machine with the same Pillow.
"""

import math
from collections.abc import Iterable, Sequence
from functools import cache
from random import Random

from PIL import Image, ImageChops, ImageDraw

FINE = 2  # pixels of the drawing for each pixel of the picture
CORNERS = 28  # of the polygon that stands for an ellipse
FEW = 12  # corners of one with less than 10 pixels of radius
GRAIN = 15  # steps of 255 between the darkest and the brightest speck

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
        corners = CORNERS if max(rx, ry) * self.unit >= 10 else FEW
        self.polygon(ring(x, y, rx, ry, tilt, corners), colour)

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
    return [
        (x + cos * rx * u - sin * ry * v, y + sin * rx * u + cos * ry * v)
        for u, v in _circle(corners)
    ]


@cache
def _circle(corners: int) -> list[Point]:
    """Points of the unit circle."""
    turns = [2 * math.pi * index / corners for index in range(corners)]
    return [(math.cos(turn), math.sin(turn)) for turn in turns]


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


def any_colour(random: Random) -> Colour:
    """A colour at random, from greyish to vivid."""
    grey, vivid = random.randint(45, 215), random.uniform(0.25, 0.9)
    return clip(*(grey + vivid * (random.randint(0, 255) - grey) for _ in range(3)))


SKIES = ((150, 195, 235), (205, 215, 225), (240, 200, 160), (120, 140, 175))
GROUNDS = ((110, 155, 75), (205, 185, 140), (225, 230, 235), (120, 105, 80), (150, 150, 110))


def background(width: int, height: int, random: Random) -> Image.Image:
    """A scene without a subject: a landscape, a room, or a blur of two colours; with clutter."""
    kind = random.random()
    first, second = any_colour(random), any_colour(random)
    if kind < 0.45:
        first, second = (
            near(random.choice(SKIES), random, 16),
            near(random.choice(GROUNDS), random, 16),
        )
    image = Image.new("RGB", (width, height), first)
    edge = height * random.uniform(0.4, 0.75)
    if kind < 0.45:
        landscape(image, edge, first, second, random)
    elif kind < 0.8:
        room(image, edge, first, second, random)
    else:
        ramp = Image.linear_gradient("L").resize((width, height))
        image = Image.composite(Image.new("RGB", (width, height), second), image, ramp)
    clutter(image, random, random.randint(1, 6), 0.13)
    if random.random() < 0.2:
        stripes(image, random)
    return image


def landscape(image: Image.Image, edge: float, sky: Colour, ground: Colour, random: Random) -> None:
    """A sun or a cloud, hills, and ground below the edge."""
    width, height = image.size
    pen = Pen(image, random.uniform(0, width), edge * random.uniform(0.15, 0.5), width * 0.07)
    pale = mix(sky, (255, 250, 225), 0.6)
    if random.random() < 0.5:
        pen.oval(0, 0, 1, 1, pale)
    else:
        for x, y, radius in ((-1, 0.2, 0.8), (0, 0, 1.1), (1.1, 0.25, 0.75)):
            pen.oval(x, y, radius, radius * 0.7, pale)
    for _ in range(random.randint(0, 3)):
        hill = Pen(image, random.uniform(0, width), edge, width * random.uniform(0.2, 0.5))
        hill.oval(0, 0.2, 1, random.uniform(0.25, 0.6), mix(ground, sky, random.uniform(0.2, 0.6)))
    ImageDraw.Draw(image).rectangle((0, round(edge), width, height), fill=ground)
    for _ in range(random.randint(0, 14)):
        tuft = Pen(image, random.uniform(0, width), random.uniform(edge, height), width * 0.03)
        tuft.line([(-0.3, 0), (0, -1), (0.3, 0)], mix(ground, (20, 50, 20), 0.35), 0.25)


def room(image: Image.Image, edge: float, wall: Colour, floor: Colour, random: Random) -> None:
    """Wall and floor; perhaps a window or a picture, a rug."""
    width, height = image.size
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, round(edge), width, height), fill=floor)
    draw.rectangle(
        (0, round(edge), width, round(edge) + height // 40), fill=mix(wall, (255, 255, 255), 0.5)
    )
    if random.random() < 0.6:
        frame = Pen(image, random.uniform(0, width), edge * random.uniform(0.3, 0.6), edge * 0.3)
        tall = random.uniform(0.7, 1.3)
        for grow, colour in ((1.15, mix(wall, (40, 30, 20), 0.5)), (1.0, any_colour(random))):
            x, y = grow, tall * grow
            frame.polygon([(-x, -y), (x, -y), (x, y), (-x, y)], colour)
    if random.random() < 0.5:
        rug = Pen(image, random.uniform(0, width), (edge + 2 * height) / 3, width * 0.35)
        rug.oval(0, 0, 1, 0.3, any_colour(random))


def clutter(image: Image.Image, random: Random, count: int, size: float) -> None:
    """Shapes of any colour anywhere; size: of the largest, as a share of the longer side."""
    width, height = image.size
    for _ in range(count):
        radius = random.uniform(0.25, 1) * size * max(width, height)
        x, y = random.uniform(0, width), random.uniform(0, height)
        pen = Pen(image, x, y, radius, random.uniform(0, 90))
        colour, tall = any_colour(random), random.uniform(0.3, 1)
        if random.random() < 0.5:
            pen.oval(0, 0, 1, tall, colour)
        else:
            pen.polygon([(-1, -tall), (1, -tall), (1, tall), (-1, tall)], colour)


def stripes(image: Image.Image, random: Random) -> None:
    """Thin lines across the picture: a fence, a blind, floor boards."""
    width, height = image.size
    colour, step = any_colour(random), random.randint(14, 40) * FINE
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
    light, contrast = random.uniform(-20, 15), random.uniform(0.8, 1.05)
    table: list[int] = []
    for _ in range(3):
        start = 128 * (1 - contrast) + light + random.uniform(-9, 9)
        table += [min(255, max(0, int(value * contrast + start))) for value in range(256)]
    picture = picture.point(table)
    noise = Image.frombytes("L", picture.size, random.randbytes(picture.width * picture.height))
    grain = noise.point([value * GRAIN // 256 for value in range(256)])
    return ImageChops.add(picture, Image.merge("RGB", (grain, grain, grain)), 1, -(GRAIN // 2))
