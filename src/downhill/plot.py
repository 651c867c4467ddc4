"""Figures: one style, alt text always, and a summary by content that a test can compare."""

import base64
import html
import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from downhill import scheme, summary, video
from downhill.errors import DownhillError
from downhill.mime import DARK, FIGURE, VIDEO, publish
from downhill.scheme import ACCENTS as ACCENTS
from downhill.scheme import GREYS as GREYS

if TYPE_CHECKING:
    from matplotlib.animation import Animation
    from matplotlib.figure import Figure

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
    drawn = pictures(fig)
    described = summary.of_figure(fig, alt)
    plt.close(fig)  # else Jupyter shows it a second time
    publish({**drawn, FIGURE: described, "text/plain": f"Figure: {alt.strip()}"})


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


def show_animation(
    animation: "Animation", *, alt: str, fps: float | None = None, poster: int | None = None
) -> None:
    """Show an animation as a video of at most 60 KB that the reader starts, and close its figure.

    alt: what a reader who cannot see it should learn from it; required. fps: frames per second
    (default: what the animation's `interval` says). poster: the frame, counted from 1, that is
    seen before the video starts (default: the last).
    """
    import matplotlib.pyplot as plt

    animation._draw_was_started = True  # else an error comes with a complaint of matplotlib's
    _need(alt, "show_animation(alt=…)")
    rate = fps or 1000 / animation._interval
    drawn: list[dict[str, Any]] = []
    pictures: dict[int, bytes] = {}

    def after_frame(fig: "Figure") -> None:
        drawn.append(summary.of_figure(fig, alt))
        if len(drawn) == poster:
            pictures[poster] = png(fig, video.DPI)

    fig = animation._fig
    _fit(fig)
    try:
        film = video.of_animation(animation, rate, after_frame)
        if poster is not None and poster not in pictures:
            raise DownhillError(
                f"There is no frame {poster} to be the poster",
                "show_animation()",
                f"choose one of 1 to {len(drawn)}",
            )
        picture = pictures[poster] if poster else png(fig, video.DPI)
    finally:
        plt.close(fig)
    seconds = float(f"{len(drawn) / rate:.3g}")
    encoded = base64.b64encode(film).decode()
    publish(
        {
            "image/png": picture,
            VIDEO: encoded,
            FIGURE: summary.of_animation(drawn, alt, seconds),
            # What Jupyter shows: it has nothing of its own for video/mp4.
            "text/html": f'<video controls muted style="max-width:100%" '
            f'aria-label="{html.escape(alt.strip())}" src="data:{VIDEO};base64,{encoded}"></video>',
            "text/plain": f"Animation, {seconds:g} s: {alt.strip()}",
        }
    )


def pictures(fig: "Figure") -> dict[str, Any]:
    """The figure for a light page and for a dark one, by MIME type; Jupyter shows the first.

    Where nothing but images is drawn, one picture without a ground does for both.
    """
    if scheme.pictures_only(fig):
        return {"image/png": png(fig, ground="none")}
    _fit(fig)
    fig.draw_without_rendering()  # the layout, once: savefig would do it again for each picture
    with scheme.laid_out(fig, DPI):
        light = _drawn(fig)
        with scheme.night(fig):
            dark = _drawn(fig)
    return {"image/png": light, DARK: base64.b64encode(dark).decode()}


def png(fig: "Figure", dpi: int = DPI, ground: str = scheme.PAPER) -> bytes:
    """The figure as PNG, at most 7 inches wide, on its ground, without metadata."""
    _fit(fig)
    file = io.BytesIO()
    fig.savefig(file, format="png", dpi=dpi, facecolor=ground, metadata={"Software": None})
    return file.getvalue()


def _drawn(fig: "Figure") -> bytes:
    """The figure as PNG, as it stands."""
    file = io.BytesIO()
    fig.canvas.print_png(file, metadata={"Software": None})
    return file.getvalue()


def _fit(fig: "Figure") -> None:
    width, height = fig.get_size_inches()
    if width > MAX_WIDTH:
        fig.set_size_inches(MAX_WIDTH, height * MAX_WIDTH / width)


def _need(alt: str, where: str = "show(alt=…)") -> None:
    if len(alt.strip()) < MIN_ALT:
        raise DownhillError(
            f"The alt text {alt!r} does not describe the figure",
            where,
            f"say in a sentence what it shows (at least {MIN_ALT} characters)",
        )
