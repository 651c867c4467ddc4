"""Figures in the colours of a light page and of a dark one."""

import base64
import io

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import ListedColormap, to_hex, to_rgb
from PIL import Image

from downhill import plot, scheme, summary
from downhill.mime import DARK, FIGURE

ALT = "Loss over 20 epochs: it falls quickly, then slowly."
# What reaches each of the three kinds of colour-blind eyes, of linear sRGB (G. M. Machado and
# others, "A physiologically-based model for simulation of color vision deficiency", 2009).
EYES = {
    "usual": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}


@pytest.fixture(autouse=True)
def style():
    mpl.use("agg")
    with mpl.rc_context():
        plot.style()
        yield
    plt.close("all")


def linear(color):
    parts = np.array(to_rgb(color))
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    dark, light = sorted(linear(color) @ [0.2126, 0.7152, 0.0722] for color in (one, other))
    return (light + 0.05) / (dark + 0.05)


def drawn(fig):
    """Pixels of the light and of the dark picture: [height, width, 3]."""
    made = plot.pictures(fig)
    files = (made["image/png"], base64.b64decode(made[DARK]))
    return [np.asarray(Image.open(io.BytesIO(data)).convert("RGB")) for data in files]


def has(pixels, color):
    wanted = (np.array(to_rgb(color)) * 255).round()
    return bool((np.abs(pixels - wanted) <= 1).all(-1).any())


@pytest.mark.parametrize("ground", [scheme.PAPER, scheme.NIGHT])
def test_the_palette_is_legible_on_both_grounds(ground):
    for color in (*scheme.ACCENTS, *scheme.GREYS, "#222222"):
        shown = color if ground == scheme.PAPER else scheme.twin(color)
        assert contrast(shown, ground) >= 4.5


@pytest.mark.parametrize("eyes", EYES)
def test_all_eyes_tell_the_accents_apart(eyes):
    """A distance of 0.15 in OKLab: seven times what is just seen."""
    for pair in (scheme.ACCENTS, [scheme.twin(color) for color in scheme.ACCENTS]):
        one, other = (
            scheme.OPPONENTS @ np.cbrt(scheme.CONES @ (EYES[eyes] @ linear(color)).clip(0, 1))
            for color in pair
        )
        assert np.linalg.norm(one - other) >= 0.15


def test_the_style_has_the_palette_and_the_ground():
    cycle = mpl.rcParams["axes.prop_cycle"].by_key()["color"]
    assert [to_hex(f"#{c.lstrip('#')}") for c in cycle] == [*scheme.ACCENTS, *scheme.GREYS]
    assert (plot.ACCENTS, plot.GREYS) == (scheme.ACCENTS, scheme.GREYS)
    assert to_hex(plt.figure().get_facecolor()) == scheme.PAPER


@pytest.mark.parametrize("color", ["#dfe9f5", "0.8", "grey", "0.35", "red", "#f5dcc4"])
def test_what_is_pale_on_paper_is_dim_at_night_and_keeps_its_hue(color):
    on_paper, at_night = contrast(color, scheme.PAPER), contrast(scheme.twin(color), scheme.NIGHT)
    assert at_night > 0.75 * on_paper
    assert (at_night < 3) == (on_paper < 3)
    red, _, blue = to_rgb(color)
    assert np.sign(scheme.twin(color)[0] - scheme.twin(color)[2]).round() == np.sign(
        red - blue
    ) or (red == blue)


def test_a_figure_is_drawn_on_paper_and_at_night_with_one_layout():
    fig, axes = plt.subplots()
    axes.plot([1, 3, 2], "o-", label="loss")
    axes.fill_between([0, 2], [1, 1], [2, 2], color="C1", linewidth=0)
    axes.annotate("here", (1, 3), bbox={"facecolor": "white", "edgecolor": "C0"})
    axes.legend()
    axes.set_title("Loss")
    light, dark = drawn(fig)
    assert light.shape == dark.shape
    assert (to_hex(light[0, 0] / 255), to_hex(dark[0, 0] / 255)) == (scheme.PAPER, scheme.NIGHT)
    for color in scheme.ACCENTS:
        assert has(light, color)
        assert has(dark, scheme.twin(color))
        assert not has(dark, color)
    assert not has(dark, "white")
    ink = [np.abs(pixels - pixels[0, 0].astype(int)).sum(-1) > 60 for pixels in (light, dark)]
    assert (ink[0] == ink[1]).mean() > 0.99  # the same pixels, in other colours


def test_afterwards_the_figure_is_as_it_was():
    mpl.rcParams["figure.constrained_layout.use"] = False  # else a second one may differ a little
    fig, axes = plt.subplots(1, 2)
    axes[0].plot([1, 3, 2], "o-", alpha=0.5)
    axes[0].text(0, 1, "7", bbox={"facecolor": "white", "alpha": 0.7, "edgecolor": "none"})
    axes[0].scatter([1, 2], [1, 2], s=6)
    axes[1].contour(np.arange(16).reshape(4, 4), colors="C3")
    axes[1].pcolormesh(np.eye(3), cmap=ListedColormap(["#e3e3e3", "C0"]), edgecolors="white")
    before = plot.png(fig)
    described = summary.of_figure(fig, ALT)
    assert plot.pictures(fig)["image/png"] == before
    assert plot.png(fig) == before
    assert summary.of_figure(fig, ALT) == described


def test_a_picture_keeps_its_colours_and_what_is_written_upon_it():
    fig, axes = plt.subplots(figsize=(3, 2))
    axes.imshow([[0, 1]], cmap="Blues")
    axes.text(1, 0, "9", color="white", fontsize=40, ha="center", va="center")
    axes.text(-0.45, 0.1, "beside", transform=axes.transAxes)
    _, dark = drawn(fig)
    assert has(dark, "white")
    assert has(dark, mpl.colormaps["Blues"](1.0))
    assert not has(dark, "#222222")  # "beside" stands on the ground of the page


def test_a_map_of_few_chosen_colours_follows_as_its_legend_does():
    fig, axes = plt.subplots()
    axes.pcolormesh(np.eye(3), cmap=ListedColormap(["#e3e3e3", "C0"]), edgecolors="white")
    axes.legend([plt.Rectangle((0, 0), 1, 1, color="C0")], ["trains"])
    _, dark = drawn(fig)
    assert has(dark, scheme.twin("C0"))
    assert not any(has(dark, color) for color in ("C0", "#e3e3e3", "white"))


def test_images_alone_are_one_picture_without_a_ground():
    fig, axes = plt.subplots(1, 2)
    for each in axes:
        each.imshow(np.random.default_rng(0).random((4, 4, 3)))
        each.set_axis_off()
    made = plot.pictures(fig)
    assert set(made) == {"image/png"}
    with Image.open(io.BytesIO(made["image/png"])) as image:
        assert image.convert("RGBA").getpixel((0, 0))[3] == 0
    axes[0].set_title("a breed")
    assert set(plot.pictures(fig)) == {"image/png", DARK}


def test_what_a_lesson_shows_has_both_pictures(cell):
    bundles, error, _ = cell(
        "import matplotlib.pyplot as plt; from downhill.plot import show\n"
        f"plt.plot([1, 2, 4]); show(alt={ALT!r})"
    )
    assert error is None
    [bundle] = bundles
    with Image.open(io.BytesIO(base64.b64decode(bundle[DARK]))) as dark:
        assert to_hex(np.array(dark.convert("RGB").getpixel((0, 0))) / 255) == scheme.NIGHT
    assert bundle[FIGURE]["alt"] == ALT
