"""Figures: alt text, pixels, and the summary that stands for them."""

import io
import json

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from PIL import Image

from downhill import plot, summary
from downhill.errors import DownhillError
from downhill.mime import DARK, FIGURE

ALT = "Loss over 20 epochs: it falls quickly, then slowly."


@pytest.fixture(autouse=True)
def style():
    mpl.use("agg")
    with mpl.rc_context():
        plot.style()
        yield
    plt.close("all")


def described(fig=None):
    return summary.of_figure(fig or plt.gcf(), ALT)["axes"][0]


@pytest.mark.parametrize("alt", ["", "  ", "A plot."])
def test_a_figure_without_alt_text_is_an_error(alt):
    with pytest.raises(DownhillError, match="does not describe"):
        plot.show(plt.figure(), alt=alt)
    with pytest.raises(DownhillError, match="does not describe"):
        plot.show_images(np.zeros((1, 2, 2)), alt=alt)


def test_show_displays_one_bundle_and_closes_the_figure(cell):
    bundles, error, _ = cell(
        "import matplotlib.pyplot as plt; from downhill.plot import show\n"
        f"plt.plot([1, 2, 4]); plt.title('Loss'); show(alt={ALT!r}); print(plt.get_fignums())"
    )
    assert error is None
    assert len(bundles) == 1
    assert set(bundles[0]) == {"image/png", DARK, FIGURE, "text/plain"}
    assert bundles[0]["text/plain"] == f"Figure: {ALT}"
    assert bundles[0][FIGURE]["alt"] == ALT
    assert bundles[0][FIGURE]["axes"][0]["title"] == "Loss"
    assert plt.get_fignums() == []


def test_the_picture_is_of_paper_opaque_and_at_most_7_inches_wide():
    fig = plt.figure(figsize=(14, 4))
    with Image.open(io.BytesIO(plot.png(fig))) as image:
        assert image.size == (770, 220)
        assert (np.asarray(image.convert("RGBA")) == (0xFC, 0xFA, 0xF5, 0xFF)).all()
        assert "Software" not in image.info


def test_the_same_figure_gives_the_same_bytes():
    def draw():
        fig, axes = plt.subplots()
        axes.plot([1, 3, 2], label="a")
        axes.legend()
        return plot.png(fig), summary.of_figure(fig, ALT)

    assert draw() == draw()


def test_a_line_is_described_by_its_numbers():
    plt.plot(np.arange(100), np.arange(100) ** 2, label="squares")
    plt.legend()
    plt.xlabel("x")
    axes = described()
    line = axes["lines"][0]
    assert (line["n"], line["first"], line["last"]) == (100, [0, 0], [99, 9801])
    assert (line["min"], line["max"], line["mean"]) == (0, 9801, 3283.5)
    assert len(line["sample"]) == 16
    assert (axes["texts"], axes["xlabel"]) == (["squares"], "x")


def test_another_curve_gives_another_summary():
    plt.plot(np.sin(np.linspace(0, 6, 50)))
    sine = described()
    plt.clf()
    plt.plot(np.cos(np.linspace(0, 6, 50)))
    assert described() != sine


def test_an_image_is_described_by_the_means_of_its_blocks():
    plt.imshow(np.arange(64).reshape(8, 8))
    image = described()["images"][0]
    assert (image["shape"], image["mean"]) == ([8, 8], 31.5)
    assert len(image["blocks"]) == 16
    assert image["blocks"][0] == np.mean([0, 1, 8, 9])


def test_bars_and_histograms_are_described_by_their_heights():
    plt.bar(["a", "b"], [3, 5])
    assert described()["bars"][0]["heights"] == [3, 5]
    plt.clf()
    plt.barh(["a", "b"], [2, 1])
    assert described()["bars"][0]["heights"] == [2, 1]
    plt.clf()
    plt.hist([1, 1, 2], bins=2)
    assert described()["bars"][0]["heights"] == [2, 1]
    plt.clf()
    plt.errorbar([0, 1], [1, 2], yerr=0.1)
    assert described()["bars"] == []


def test_points_are_described_by_number_mean_and_spread():
    plt.scatter([0, 2], [1, 5])
    assert described()["points"] == [{"n": 2, "mean": [1, 3], "std": [1, 2]}]
    plt.clf()
    plt.scatter([], [])
    assert described()["points"] == [{"n": 0}]


def test_areas_meshes_and_shapes_are_described_too():
    plt.fill_between([0, 1], [1, 2])
    plt.pcolormesh(np.arange(4).reshape(2, 2))
    plt.gca().add_patch(plt.Circle((0, 0), 1))
    plt.quiver([], [], [], [])
    axes = described()
    assert axes["lines"][0]["max"] == 2
    assert axes["images"][0]["mean"] == 1.5
    assert axes["others"]["Circle"] == 1


def test_numbers_that_json_does_not_have_become_none():
    plt.plot([np.nan, np.inf])
    plt.plot([], [])
    plt.imshow(np.full((2, 2), np.nan))
    axes = described()
    assert axes["lines"][0]["mean"] is None
    assert axes["lines"][1] == {"n": 0}
    assert axes["images"][0]["mean"] is None
    json.dumps(axes, allow_nan=False)


def test_numbers_have_5_significant_digits_and_no_negative_zero():
    plt.plot([0.123456789, -0.0])
    line = described()["lines"][0]
    assert line["first"] == [0, 0.12346]
    assert str(line["last"][1]) == "0.0"


@pytest.mark.parametrize("count", [1, 12, 40, 200])
def test_the_summary_stays_under_4_kb_and_still_sees_a_change(count):
    def draw(change):
        images = np.random.default_rng(0).random((count, 28, 28))
        images[-1] += change
        fig, grid = plt.subplots(10, -(-count // 10), squeeze=False, layout="none")
        for axes, image in zip(grid.flat, images, strict=False):
            axes.imshow(image)
            axes.set_title("a title")
        result = summary.of_figure(fig, ALT)
        plt.close(fig)
        return result

    small = draw(0)
    assert summary.size(small) <= 4096
    assert draw(0.5) != small


def test_lines_in_hundreds_of_axes_are_pooled():
    fig, grid = plt.subplots(15, 10, layout="none")
    for axes in grid.flat:
        axes.plot([1, 2])
    assert summary.of_figure(fig, ALT)["more"]["mean"] == 1.5
    empty, _ = plt.subplots(15, 10, layout="none")
    assert set(summary.of_figure(empty, ALT)["more"]) == {"axes"}


def test_the_title_of_the_whole_figure_is_kept():
    fig, _ = plt.subplots()
    fig.suptitle("All")
    assert summary.of_figure(fig, ALT)["title"] == "All"


def test_images_are_shown_in_a_grid_with_one_scale(cell):
    bundles, error, _ = cell(
        "import torch; from downhill.plot import show_images\n"
        "images = torch.arange(12.).reshape(12, 1, 1).expand(12, 4, 4)\n"
        "show_images(images, titles=list('abcdefghijkl'), ncols=5, alt='Twelve gray squares')"
    )
    assert error is None
    axes = bundles[0][FIGURE]["axes"]
    assert [each["title"] for each in axes] == list("abcdefghijkl")
    assert [each["images"][0]["mean"] for each in axes] == list(range(12))


def test_images_need_one_title_each_and_there_must_be_some(capsys):
    with pytest.raises(DownhillError, match="1 titles for 2 images"):
        plot.show_images(torch.zeros(2, 3, 3), titles=["a"], alt=ALT)
    with pytest.raises(DownhillError, match="no images"):
        plot.show_images([], alt=ALT)
    plot.show_images(torch.zeros(1, 3, 3), limits=(0, 1), alt=ALT)
    assert capsys.readouterr().out == f"Figure: {ALT}\n"
