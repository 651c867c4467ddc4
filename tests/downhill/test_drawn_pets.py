"""The drawn cats and dogs."""

import re
from collections import Counter
from random import Random

import numpy as np
import pytest
from PIL import Image

from downhill import drawn_pets
from downhill.drawn_pets import ALIKE, BREEDS, PER_BREED, SEED


@pytest.fixture
def folder(drawn):
    return drawn / "offline/oxford-iiit-pet"


@pytest.fixture
def files(folder):
    return sorted((folder / "images").iterdir())


def test_there_are_twelve_breeds_of_75_pictures_each(files):
    counts = Counter(file.name.rpartition("_")[0] for file in files)
    assert counts == dict.fromkeys(BREEDS, PER_BREED)
    assert (len(BREEDS), PER_BREED) == (12, 75)


def test_names_are_in_oxfords_style_cats_capitalised_and_dogs_not(files):
    assert all(re.fullmatch(r"[A-Za-z]+(_[a-z]+)*_\d+\.jpg", file.name) for file in files)
    assert {name for name in BREEDS if name[0].isupper()} == {n for n in BREEDS if BREEDS[n].cat}
    assert Counter(breed.cat for breed in BREEDS.values()) == {True: 5, False: 7}


def test_pictures_are_colour_jpegs_of_many_shapes_a_fifth_smaller_than_the_presize(files):
    sizes = []
    for file in files:
        with Image.open(file) as image:
            assert (image.format, image.mode) == ("JPEG", "RGB")
            sizes.append(image.size)
    short = np.array([min(size) for size in sizes])
    assert (short.min() >= 90, short.max() <= 210) == (True, True)
    assert 0.15 <= (short < 128).mean() <= 0.25
    assert len(set(sizes)) > 100
    wide = np.mean([width > height for width, height in sizes])
    tall = np.mean([width < height for width, height in sizes])
    assert wide > 0.2
    assert tall > 0.2


def test_the_same_seed_gives_the_same_bytes(folder, files, tmp_path):
    seen = []
    drawn_pets.draw_pets(tmp_path, lambda done, total: seen.append((done, total)))
    assert seen[-1] == (900, 900)
    assert len(list((tmp_path / "images").iterdir())) == len(files)
    for file in [*files, folder / "planted.txt"]:
        assert (tmp_path / file.relative_to(folder)).read_bytes() == file.read_bytes()


def test_another_seed_gives_other_pictures_and_other_wrong_labels():
    one, other = (drawn_pets.picture("pug", Random(seed)) for seed in (1, 2))
    assert one.size != other.size or one.tobytes() != other.tobytes()
    assert drawn_pets.plan_wrong(1) != drawn_pets.plan_wrong(2)


def test_no_two_pictures_are_equal(files):
    assert len({file.read_bytes() for file in files}) == len(files)


def test_twelve_wrong_labels_are_listed_one_in_each_breed(folder, files):
    wrong = drawn_pets.planted(folder)
    assert wrong == drawn_pets.plan_wrong()
    assert Counter(name.rpartition("_")[0] for name in wrong) == dict.fromkeys(BREEDS, 1)
    assert set(wrong) <= {file.name for file in files}


def test_a_wrong_label_is_never_the_breed_itself_nor_the_one_that_is_alike():
    partner = {a: b for pair in ALIKE for a, b in (pair, pair[::-1])}
    for seed in range(50):
        for name, true in drawn_pets.plan_wrong(seed).items():
            assert true not in (name.rpartition("_")[0], partner.get(name.rpartition("_")[0]))


def test_a_wrongly_named_picture_shows_the_breed_that_the_list_says(folder):
    name, true = next(iter(drawn_pets.planted(folder).items()))
    breed, _, number = name.removesuffix(".jpg").rpartition("_")
    random = Random(SEED * 1_000_000 + list(BREEDS).index(breed) * 10_000 + int(number))
    shown = np.asarray(drawn_pets.picture(true, random)).astype(int)
    with Image.open(folder / "images" / name) as image:
        assert np.abs(np.asarray(image).astype(int) - shown).mean() < 8  # but for JPEG


def test_where_nothing_is_listed_nothing_is_planted(tmp_path):
    assert drawn_pets.planted(tmp_path) == {}


def test_the_breeds_of_a_pair_share_their_colours_as_no_other_two_do():
    def distance(a, b):
        pairs = zip(BREEDS[a].coat, BREEDS[b].coat, strict=True)
        return max(abs(x - y) for x, y in pairs)

    for first, second in ALIKE:
        assert distance(first, second) < BREEDS[first].spread
        assert BREEDS[first].cat == BREEDS[second].cat
        others = [b for b in BREEDS if b not in (first, second) and BREEDS[b].cat]
        assert all(distance(first, other) > 2 * BREEDS[first].spread for other in others)


@pytest.mark.parametrize("name", sorted(BREEDS))
def test_every_breed_can_be_drawn_in_every_pose(name):
    for seed in range(12):
        assert min(drawn_pets.picture(name, Random(seed)).size) >= 90
