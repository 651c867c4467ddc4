"""Figures: one style, alt text always, and a summary by content that a test can compare."""

import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from downhill import summary
from downhill.errors import DownhillError
from downhill.mime import FIGURE, publish

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ACCENTS = ("#1f5fa8", "#b3470b")  # blue, rust: the two colours that carry meaning
GREYS = ("#4d4d4d", "#767676", "#111111")
MAX_WIDTH = 7.0  # inches
DPI = 110
MIN_ALT = 15  # characters: fewer name a figure and do not describe it


def style() -> None:
    """Use the course's figure style from here on."""
    import matplotlib.pyplot as plt

    plt.style.use(Path(__file__).with_name("downhill.mplstyle"))


def show(fig: "Figure | None" = None, *, alt: str) -> None:
    """Display a figure (default: the current one) with its alt text, and close it.

    alt: what a reader who cannot see the figure should learn from it; required.
    """
    import matplotlib.pyplot as plt

    _need(alt)
    fig = fig if fig is not None else plt.gcf()
    picture = png(fig)
    described = summary.of_figure(fig, alt)
    plt.close(fig)  # else Jupyter shows it a second time
    publish({"image/png": picture, FIGURE: described, "text/plain": f"Figure: {alt.strip()}"})


def show_images(
    images: Any,
    titles: Sequence[str] | None = None,
    ncols: int = 10,
    *,
    alt: str,
    cmap: str = "gray",
    limits: tuple[float, float] | None = None,
) -> None:
    """Show images [n, height, width] (or [n, height, width, 3]) in a grid.

    limits: values of the darkest and the brightest color; default: of all images together.
    """
    import matplotlib.pyplot as plt
    import numpy as np

    _need(alt)
    pictures = [np.asarray(image) for image in images]
    if not pictures:
        raise DownhillError("There are no images to show", "show_images()")
    if titles is not None and len(titles) != len(pictures):
        raise DownhillError(
            f"{len(titles)} titles for {len(pictures)} images", "show_images()", "give one each"
        )
    ncols = min(ncols, len(pictures))
    nrows = math.ceil(len(pictures) / ncols)
    low, high = limits or (
        float(min(picture.min() for picture in pictures)),
        float(max(picture.max() for picture in pictures)),
    )
    size = min(1.5, MAX_WIDTH / ncols)
    height = size + (0.25 if titles else 0)
    fig, grid = plt.subplots(
        nrows, ncols, squeeze=False, figsize=(max(size * ncols, 1.5), height * nrows)
    )
    for index, axes in enumerate(grid.flat):
        axes.set_axis_off()
        if index < len(pictures):
            axes.imshow(pictures[index], cmap=cmap, vmin=low, vmax=high)
            if titles is not None:
                axes.set_title(titles[index], fontsize=9)
        else:
            axes.remove()
    show(fig, alt=alt)


def png(fig: "Figure") -> bytes:
    """The figure as PNG, at most 7 inches wide, white, without metadata."""
    width, height = fig.get_size_inches()
    if width > MAX_WIDTH:
        fig.set_size_inches(MAX_WIDTH, height * MAX_WIDTH / width)
    file = io.BytesIO()
    fig.savefig(
        file,
        format="png",
        dpi=DPI,
        facecolor="white",
        transparent=False,
        metadata={"Software": None},
    )
    return file.getvalue()


def _need(alt: str) -> None:
    if len(alt.strip()) < MIN_ALT:
        raise DownhillError(
            f"The alt text {alt!r} does not describe the figure",
            "show(alt=…)",
            f"say in a sentence what it shows (at least {MIN_ALT} characters)",
        )
