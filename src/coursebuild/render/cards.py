"""The picture that stands for a page where somebody shares its address: one for each page.

A bowl seen from above, by its contour lines, and the steps of gradient descent into it. The rate
of learning goes with the lesson's number, so that no two lessons have the same path.
"""

from __future__ import annotations

import importlib.util
import io
import math
from functools import cache
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page
from PIL import Image, ImageColor, ImageDraw, ImageFont

from .assets import Assets, digest
from .documents import LessonFile
from .documents import title as document_title
from .problem import PageError

SIZE = (1200, 630)  # what the large networks ask for
FOLDER = "assets/cards"
TITLE, SMALL = "STIXGeneralBol.ttf", "DejaVuSans.ttf"  # of matplotlib, with Greek and accents
PAPER, INK = "#fcfaf5", "#1d2a2c"
LAKE, RUST, LINE = "#0a5b80", "#b3430b", "#d3dcdc"
FINER = 2  # drawn larger and scaled down: Pillow's lines have steps
MARGIN, WIDTH = 84, 650  # of the text; the path stays to the right of it
CENTRE, TURN = (905, 405), math.radians(53)  # where the bowl is deepest, and its long axis
START = (1.2, 0.34)
AXES = (1.0, 0.5)  # of a contour line; the curvatures are their inverse squares
SHADES = 9  # from each colour to the paper: soft edges need no more, and a card stays small
DRAWN = "1"  # goes into the cache's key: raise it when the drawing changes


def card(assets: Assets, title: str, kicker: str, site: str, number: int) -> str:
    """The card's URL from the root of the site.

    title: of the page; kicker: the small line above it, "" for none; number: of the lesson, 0
    for the other pages.
    """
    key = digest(DRAWN, title, kicker, site, str(number))
    data = assets.cached("cards", key, lambda: draw(title, kicker, site, number))
    return assets.put(data, ".png", FOLDER)


def of_page(page: Page, config: MkDocsConfig, assets: Assets) -> dict[str, str]:
    """The card of a page of the site: its URL from the root, its title, its text."""
    title, kicker, number = str(page.title or config.site_name), "", 0
    if isinstance(page.file, LessonFile):
        file = page.file
        lesson = document_title(file.notebook, file.lesson.name)
        number = int(file.lesson.number)
        first = file.part.number == 1
        title = lesson if first else file.part.title
        kicker = f"Lesson {number}" if first else f"Lesson {number} · {lesson}"
    elif page.is_homepage:
        title = str(page.meta.get("card_title", config.site_description))
    url = card(assets, title, kicker, config.site_name, number)
    alt = ". ".join(part for part in (config.site_name, kicker, title) if part)
    return {"url": url, "title": title, "alt": alt}


def draw(title: str, kicker: str, site: str, number: int) -> bytes:
    """A PNG of 1200 × 630 pixels."""
    image = _ground().copy()
    pen = ImageDraw.Draw(image)
    _path(pen, steps(number))
    _text(pen, title, kicker)
    _mark(pen, site)
    small = image.resize(SIZE, Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    small.quantize(palette=_palette(), dither=Image.Dither.NONE).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


@cache
def _palette() -> Image.Image:
    """Our colours, each in shades down to the paper; chosen by Pillow, a ball would turn brown."""
    paper = ImageColor.getrgb(PAPER)
    colours = [
        round(ground + (channel - ground) * shade / (SHADES - 1))
        for colour in (INK, LAKE, RUST, LINE)
        for shade in range(SHADES)
        for channel, ground in zip(ImageColor.getrgb(colour), paper, strict=True)
    ]
    image = Image.new("P", (1, 1))
    image.putpalette(colours)
    return image


def steps(number: int) -> list[tuple[float, float]]:
    """Gradient descent from the rim of the bowl; in the units of its axes.

    The surface is (x/a)² / 2 + (y/b)² / 2. The rate makes the short axis swing: from smooth
    descent in lesson 0 to almost too high a rate, and the number after that begins again.
    """
    curvature = [1 / axis**2 for axis in AXES]
    rate = (0.16, 0.30, 0.42, 0.35, 0.45, 0.39, 0.47)[number % 7]
    x, y = START
    found = [(x, y)]
    while math.hypot(x, y) > 0.06 and len(found) < 40:
        x, y = x - rate * curvature[0] * x, y - rate * curvature[1] * y
        found.append((x, y))
    return found


def _place(x: float, y: float) -> tuple[float, float]:
    """A point of the bowl on the canvas."""
    scale = 300
    turned = x * math.cos(TURN) - y * math.sin(TURN), x * math.sin(TURN) + y * math.cos(TURN)
    return (CENTRE[0] + turned[0] * scale) * FINER, (CENTRE[1] - turned[1] * scale) * FINER


@cache
def _ground() -> Image.Image:
    """The bowl, which all cards have."""
    image = Image.new("RGB", (SIZE[0] * FINER, SIZE[1] * FINER), PAPER)
    _bowl(ImageDraw.Draw(image))
    return image


def _bowl(pen: ImageDraw.ImageDraw) -> None:
    for level in range(1, 15):
        size = 0.2 * level
        ring = []
        for degree in range(361):
            angle = math.radians(degree)
            # No hill is an ellipse: the lines wave a little, more so farther out.
            wave = 1 + 0.035 * math.sin(3 * angle + 1.1) + 0.02 * size * math.sin(5 * angle)
            ring.append(
                _place(
                    size * wave * AXES[0] * math.cos(angle), size * wave * AXES[1] * math.sin(angle)
                )
            )
        pen.line(ring, fill=LINE, width=2 * FINER, joint="curve")


def _path(pen: ImageDraw.ImageDraw, found: list[tuple[float, float]]) -> None:
    places = [_place(*point) for point in found]
    pen.line(places, fill=LAKE, width=5 * FINER, joint="curve")
    for place in places[:-1]:
        pen.circle(place, 7 * FINER, fill=LAKE)
    pen.circle(places[-1], 20 * FINER, fill=RUST, outline=PAPER, width=4 * FINER)


def _text(pen: ImageDraw.ImageDraw, title: str, kicker: str) -> None:
    for size in (92, 80, 70, 62, 54):
        lines = wrapped(title, _font(TITLE, size), WIDTH * FINER)
        if len(lines) <= 3:
            break
    leading = size * 1.12 * FINER
    y = SIZE[1] * FINER * 0.44 - leading * len(lines) / 2
    if kicker:
        _halo(pen, (MARGIN * FINER, y - 26 * FINER), kicker, _font(SMALL, 28), RUST)
    for line in lines:
        y += leading
        _halo(pen, (MARGIN * FINER, y - 0.28 * leading), line, _font(TITLE, size), INK)


def _halo(
    pen: ImageDraw.ImageDraw,
    place: tuple[float, float],
    text: str,
    font: ImageFont.FreeTypeFont,
    colour: str,
) -> None:
    """Text that the contour lines keep away from."""
    halo = 7 * FINER
    pen.text(place, text, font=font, fill=colour, anchor="ls", stroke_width=halo, stroke_fill=PAPER)
    pen.text(place, text, font=font, fill=colour, anchor="ls")


def _mark(pen: ImageDraw.ImageDraw, site: str) -> None:
    """The mark of docs/assets/logo.svg and the name, at the foot."""
    left, top, unit = MARGIN * FINER, 522 * FINER, 1.35 * FINER  # of its 48 × 48

    def at(x: float, y: float) -> tuple[float, float]:
        return left + (x - 3) * unit, top + (y - 6) * unit

    for corners in SLOPE:  # a brush of many dots: Pillow's wide lines have notches
        for i in range(201):
            pen.circle(at(*_bezier(corners, i / 200)), 2.5 * unit, fill=LAKE)
    pen.circle(at(*BALL), 6.5 * unit, fill=RUST)
    pen.text(
        (left + 62 * FINER, top + 40 * FINER), site, font=_font(TITLE, 46), fill=INK, anchor="ls"
    )


Corners = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
SLOPE: tuple[Corners, ...] = (  # as in docs/assets/logo.svg; a test compares
    ((4, 8), (14, 8), (15, 39), (29, 39)),
    ((29, 39), (35, 39), (39, 35), (44, 30)),
)
BALL = (21.2, 12.6)


def _bezier(corners: Corners, t: float) -> tuple[float, float]:
    weights = ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3)
    x, y = (sum(w * c[i] for w, c in zip(weights, corners, strict=True)) for i in (0, 1))
    return x, y


def wrapped(text: str, font: ImageFont.FreeTypeFont, width: float) -> list[str]:
    """Lines that fit, as even as they can be: a last line of one short word looks lost."""
    words = text.split()
    for count in range(1, len(words) + 1):
        lines = _lines(words, font, width)
        if len(lines) > count:
            continue
        narrow = width  # the narrowest column that still needs no more lines
        while narrow > width / 2 and len(_lines(words, font, narrow * 0.95)) == len(lines):
            narrow *= 0.95
        return _lines(words, font, narrow)
    return words


def _lines(words: list[str], font: ImageFont.FreeTypeFont, width: float) -> list[str]:
    lines: list[str] = []
    for word in words:
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


@cache
def _font(file: str, size: int) -> ImageFont.FreeTypeFont:
    found = importlib.util.find_spec("matplotlib")  # found, and never imported: only its fonts
    if found is None or found.origin is None:
        raise PageError("there are no fonts for the cards", file, "run: make .venv")
    path = Path(found.origin).parent / "mpl-data" / "fonts" / "ttf" / file
    return ImageFont.truetype(str(path), size * FINER)
