"""A figure in the colours of a dark page: lines, areas and texts change, pictures stay.

The page has a light and a dark scheme, and a reader switches between them; so `plot.show`
draws twice. The second drawing has the same layout and swaps colours only: those of the palette
for their twins, any other for one of the same hue with its lightness turned over. So what could
be read on the light ground can be read on the dark one, and a legend still fits its lines.
Photos and whatever a continuous colour map has coloured stay, together with all that is drawn
upon them: a white number on a dark cell of a confusion matrix must remain white.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PAPER, NIGHT = "#fcfaf5", "#101517"  # the grounds, those of docs/assets/course.css
ACCENTS = ("#0a5b80", "#b3430b")  # lake and rust: the two colours that carry meaning
GREYS = ("#4d4d4d", "#707070", "#111111")
TWINS = {  # on paper → at night; a test holds each to 4.5:1 on its ground
    PAPER: NIGHT,
    "#ffffff": NIGHT,
    "#000000": "#e9efee",
    "#0a5b80": "#74c6e6",
    "#b3430b": "#ff9d6b",
    "#4d4d4d": "#b9c2c2",
    "#707070": "#8d9899",
    "#111111": "#f1f5f4",
    "#222222": "#dde4e3",
}
CHOSEN = 8  # a colour map of at most so many colours is a list that somebody chose

# sRGB, linear, to the cone responses of OKLab, and these to lightness and two opponent colours
# (B. Ottosson, "A perceptual color space for image processing", 2020).
CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
OPPONENTS = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
DARKEST, LIGHTEST = 0.195, 0.945  # OKLab's lightness of NIGHT and of what black becomes

Undo = Callable[[], None]


def twin(color: Any) -> tuple[float, float, float, float]:
    """The colour at night of any colour that matplotlib knows: RGBA in 0..1, alpha unchanged."""
    from matplotlib.colors import to_hex, to_rgb, to_rgba

    *_, alpha = to_rgba(color)
    named = to_hex(color)  # without alpha
    red, green, blue = to_rgb(TWINS[named]) if named in TWINS else _turned(named)
    return red, green, blue, alpha


@cache
def _turned(named: str) -> tuple[float, float, float]:
    """Same hue and as much colour as the screen can show, lightness turned over."""
    from matplotlib.colors import to_rgb

    rgb = np.array(to_rgb(named))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    lightness, *opponents = OPPONENTS @ np.cbrt(CONES @ linear)
    # The exponent lifts middle greys: on a dark ground a step of lightness shows less.
    target = DARKEST + (LIGHTEST - DARKEST) * max(1 - lightness, 0.0) ** 0.8
    for share in np.linspace(1, 0, 21):  # less colour until all three channels fit
        lab = np.array([target, *(share * np.array(opponents))])
        linear = np.linalg.solve(CONES, np.linalg.solve(OPPONENTS, lab) ** 3)
        if linear.min() >= -1e-4 and linear.max() <= 1 + 1e-4:
            break
    linear = linear.clip(0, 1)
    red, green, blue = np.where(
        linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055
    ).tolist()
    return red, green, blue


@contextmanager
def laid_out(fig: "Figure", dpi: int) -> Iterator[None]:
    """The figure on paper, with the layout that it was last drawn in, on a canvas of pixels."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    engine, canvas = fig.get_layout_engine(), fig.canvas
    own_dpi, face = fig.dpi, fig.get_facecolor()
    try:
        fig.set_layout_engine("none")  # a layout once more would take as long as the drawing
        FigureCanvasAgg(fig)  # makes itself the figure's own
        fig.dpi = dpi
        fig.set_facecolor(PAPER)
        yield
    finally:
        fig.set_facecolor(face)
        fig.dpi = own_dpi
        fig.set_canvas(canvas)
        fig.set_layout_engine(engine or "none")  # None would be what the style says


@contextmanager
def night(fig: "Figure") -> Iterator[None]:
    """The figure in the colours of the dark page; it must have been drawn."""
    undo: list[Undo] = []
    try:
        kept = {id(part) for axes in fig.axes for part in _upon_a_picture(axes)}
        for artist in fig.findobj():
            if id(artist) not in kept:
                _swap(artist, undo)
        yield
    finally:
        for step in reversed(undo):
            step()


def pictures_only(fig: "Figure") -> bool:
    """Whether nothing is drawn but images, so that the ground alone would differ at night."""
    loose = (fig.texts, fig.lines, fig.patches, fig.legends, fig.images)  # in no axes
    return (
        bool(fig.axes)
        and not any(map(bool, loose))
        and not any(axes.axison or not axes.images or _marks(axes) for axes in fig.axes)
    )


def _marks(axes: "Axes") -> bool:
    titles = (axes.get_title(place) for place in ("left", "center", "right"))
    drawn = (axes.lines, axes.texts, axes.patches, axes.collections, axes.tables)
    return any(titles) or any(map(bool, drawn)) or axes.get_legend() is not None


def _upon_a_picture(axes: "Axes") -> "Iterator[Artist]":
    """What is drawn upon the axes' picture, and the picture itself."""
    from matplotlib.collections import QuadMesh
    from matplotlib.contour import ContourSet

    grounds = [part for part in axes.images if not _chosen(part)]
    grounds += [
        part
        for part in axes.collections
        if (isinstance(part, QuadMesh) or (isinstance(part, ContourSet) and part.filled))
        and part.get_array() is not None
        and not _chosen(part)
    ]
    if not grounds:
        return
    left, bottom, right, top = axes.bbox.extents
    for text in axes.texts:  # beside the picture it stands on the page's ground
        box = text.get_window_extent()
        x, y = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
        if left <= x <= right and bottom <= y <= top:
            yield from _whole(text)
    yield from (*axes.lines, *axes.patches, *axes.collections, *axes.images)


def _whole(text: Any) -> "Iterator[Artist]":
    """A text with its box and its arrow."""
    yield text
    for part in (text.get_bbox_patch(), getattr(text, "arrow_patch", None)):
        if part is not None:
            yield part


def _chosen(mapped: Any) -> bool:
    """Whether its colours are a short list, as of a map of groups, and no scale."""
    from matplotlib.colors import ListedColormap

    array, colours = mapped.get_array(), mapped.get_cmap()
    if array is None or np.ndim(array) == 3 or not isinstance(colours, ListedColormap):
        return False
    return len(np.unique(colours(np.arange(colours.N)), axis=0)) <= CHOSEN


def _swap(artist: "Artist", undo: list[Undo]) -> None:
    """Give one artist its colours of the night, and note how to take them off again."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.collections import Collection, QuadMesh
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch
    from matplotlib.text import Text

    kinds: tuple[str, ...] = ()
    if isinstance(artist, ScalarMappable) and artist.get_array() is not None:
        _swap_map(artist, undo)
        # One edge for all is a frame of its own; many are the colours of the map.
        if isinstance(artist, QuadMesh) and _chosen(artist) and len(artist.get_edgecolor()) == 1:
            kinds = ("edgecolor",)
    elif isinstance(artist, Collection | Patch):
        kinds = ("facecolor", "edgecolor")
    elif isinstance(artist, Line2D):
        kinds = ("color", "markerfacecolor", "markeredgecolor", "markerfacecoloralt")
    elif isinstance(artist, Text):
        kinds = ("color",)
        for part in _whole(artist):  # matplotlib does not count them as the text's children
            if part is not artist:
                _swap(part, undo)
    # All are read before one is set: an edge may say "as the face", and a marker "as the line".
    for kind, old in [(kind, getattr(artist, f"get_{kind}")()) for kind in kinds]:
        _set(artist, kind, old, undo)


def _set(artist: Any, kind: str, old: Any, undo: list[Undo]) -> None:
    from matplotlib.colors import to_rgba

    change = getattr(artist, f"set_{kind}")
    several = isinstance(old, np.ndarray)  # of a collection: [n, 4], of which it may keep a view
    old = old.copy() if several else old
    colors = [to_rgba(each) for each in (old if several else [old])]
    # "none" comes back as black that cannot be seen: the artist's own alpha would show it.
    if any(alpha for *_, alpha in colors):
        new = [twin(color) for color in colors]
        change(new if several else new[0])
        undo.append(lambda: change(old))


def _swap_map(mapped: Any, undo: list[Undo]) -> None:
    from matplotlib.colors import ListedColormap

    if not _chosen(mapped):
        return
    old = mapped.get_cmap()
    new = ListedColormap([twin(each) for each in old(np.arange(old.N))])
    mapped.set_cmap(new)
    undo.append(lambda: mapped.set_cmap(old))
