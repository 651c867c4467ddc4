"""The drawn cats and dogs."""

import hashlib
import re
import shutil
from collections import Counter
from pathlib import Path
from random import Random

import numpy as np
import PIL
import pytest
from PIL import Image

from downhill import drawn_pets, fetch
from downhill.drawn_pets import ALIKE, BREEDS, PER_BREED, SEED

PILLOW = "13.0.0"  # with which the digest was made
DIGEST = "04b42429e3f4522a7cd60c44b58efbd23b2d5a8c7f8709dc18681429b9c0845e"


def digest(folder):
    """SHA-256 of all files of the folder, with their names, in the order of these."""
    whole = hashlib.sha256()
    for file in sorted(folder.rglob("*.*")):
        whole.update(f"{file.relative_to(folder)} {file.stat().st_size}\n".encode())
        whole.update(file.read_bytes())
    return whole.hexdigest()


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


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    seen = []
    for name in ("one", "two"):
        drawn_pets.draw_pets(tmp_path / name, lambda *done: seen.append(done), per_breed=2)
    assert seen == 2 * [(done, 24) for done in range(2, 26, 2)]
    assert digest(tmp_path / "one") == digest(tmp_path / "two")
    assert len(list((tmp_path / "one/images").iterdir())) == 24


@pytest.mark.skipif(PIL.__version__ != PILLOW, reason="another Pillow rounds otherwise")
def test_the_bytes_are_those_that_another_machine_drew(folder):
    """Depends on Pillow alone: chance is Python's, and points are rounded to whole pixels."""
    assert digest(folder) == DIGEST


def test_the_digest_was_made_with_the_pillow_of_the_lock():
    lock = (Path(__file__).parents[2] / "requirements.txt").read_text()
    assert re.search(r"^pillow==(\S+)", lock, re.M)[1] == PILLOW


def test_a_drawing_that_is_interrupted_leaves_nothing_half_written(tmp_path, monkeypatch):
    monkeypatch.setenv("DOWNHILL_HOME", str(tmp_path))

    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch.get("pets", real=False, report=stop)
    assert [file.name for file in tmp_path.rglob("*") if file.is_file()] == ["oxford-iiit-pet.lock"]
    assert fetch.problem("pets", real=False) == "not there"


def test_a_picture_lost_or_cut_off_means_drawing_again(folder, drawn, tmp_path, monkeypatch):
    shutil.copytree(folder, tmp_path / "offline" / folder.name)
    shutil.copytree(drawn / "manifests", tmp_path / "manifests")
    monkeypatch.setenv("DOWNHILL_HOME", str(tmp_path))
    assert fetch.problem("pets", real=False) == ""
    file = tmp_path / "offline" / folder.name / "images/pug_3.jpg"
    file.write_bytes(file.read_bytes()[:-1])
    assert fetch.problem("pets", real=False).startswith("damaged")
    file.unlink()
    assert fetch.problem("pets", real=False).startswith("damaged")


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
