"""The pen, and what surrounds a drawn subject."""

from random import Random

import numpy as np
import pytest
from PIL import Image

from downhill import sketch
from downhill.sketch import Pen


def canvas(side=100):
    return Image.new("RGB", (side, side))


def filled(image):
    """Rows and columns of all pixels that are not black."""
    return np.argwhere(np.asarray(image).sum(2) > 0)


def test_a_point_is_moved_scaled_turned_and_rounded():
    assert Pen(canvas(), 50, 40, 10).place((1, 2)) == (60, 60)
    assert Pen(canvas(), 50, 40, 10, mirror=True).place((1, 2)) == (40, 60)
    assert Pen(canvas(), 50, 40, 10, angle=90).place((1, 0)) == (50, 50)


def test_an_oval_has_its_centre_and_its_radii():
    image = canvas()
    Pen(image, 50, 50, 10).oval(0, 0, 3, 2, (255, 0, 0))
    spots = filled(image)
    assert spots.mean(axis=0) == pytest.approx([50, 50], abs=0.6)
    assert np.ptp(spots, axis=0) == pytest.approx([40, 60], abs=1)


def test_a_tilted_ring_is_the_ring_turned():
    plain, turned = (np.array(sketch.ring(0, 0, 2, 1, tilt)) for tilt in (0, 90))
    assert turned == pytest.approx(np.stack([-plain[:, 1], plain[:, 0]], axis=1), abs=1e-9)


def test_fur_frays_the_edge():
    smooth, frayed = canvas(), canvas()
    Pen(smooth, 50, 50, 10).tuft(0, 0, 3, 3, (9, 9, 9), Random(0), 0.0)
    Pen(frayed, 50, 50, 10).tuft(0, 0, 3, 3, (9, 9, 9), Random(0), 0.3)
    assert np.ptp(filled(frayed), axis=0).min() > np.ptp(filled(smooth), axis=0).max()


def test_a_thick_line_has_round_ends():
    image = canvas()
    Pen(image, 20, 50, 10).line([(0, 0), (5, 0)], (255, 255, 255), 1.0)
    columns = filled(image)[:, 1]
    assert (columns.min(), columns.max()) == pytest.approx((15, 75), abs=1)


def test_colours_stay_within_a_byte():
    random = Random(0)
    for _ in range(200):
        for colour in (sketch.near((250, 3, 128), random, 60), sketch.any_colour(random)):
            assert all(0 <= channel <= 255 for channel in colour)
    assert sketch.mix((0, 0, 0), (200, 100, 50), 0.5) == (100, 50, 25)


@pytest.mark.parametrize("seed", range(12))
def test_a_background_fills_the_picture_and_follows_from_its_seed(seed):
    image = sketch.background(120, 80, Random(seed))
    assert image.size == (120, 80)
    assert image.tobytes() == sketch.background(120, 80, Random(seed)).tobytes()
    assert len(set(image.get_flattened_data())) > 2


def test_a_photograph_is_half_as_large_and_has_grain():
    plain = Image.new("RGB", (80, 60), (120, 130, 140))
    picture = np.asarray(sketch.photograph(plain, Random(1)))
    assert picture.shape == (30, 40, 3)
    assert 1 < picture[..., 0].std() < 10
