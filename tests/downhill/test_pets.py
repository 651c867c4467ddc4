"""Names, the choice of photos, the split by name, and the loaders."""

from collections import Counter
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from downhill.pets import breed_of, choose_photos, is_cat, pet_loaders, pets_block, split_by_name

BREEDS = ("Abyssinian", "Egyptian_Mau", "american_pit_bull_terrier", "pug")
words = st.text("abcXYZ_129 .é", min_size=1, max_size=12)
orders = st.randoms(use_true_random=False)


def photos(per_breed=20, folder="images", breeds=BREEDS):
    """Paths in Oxford's style, numbered from 1; nothing is on the disk."""
    return [
        Path(folder) / f"{b}_{number}.jpg" for b in breeds for number in range(1, per_breed + 1)
    ]


def names(files):
    return [file.name for file in files]


def of_breed(file_names, breed):
    return [name for name in file_names if breed_of(name) == breed]


# --- names


@pytest.mark.parametrize(
    ("name", "breed"),
    [
        ("Abyssinian_1.jpg", "Abyssinian"),
        ("saint_bernard_12.jpg", "saint_bernard"),
        ("type_2_hound_31.jpg", "type_2_hound"),
    ],
)
def test_the_breed_is_all_before_the_last_underscore_and_number(name, breed):
    assert breed_of(name) == breed


@given(words, st.integers(0, 10**6))
def test_a_breed_comes_back_out_of_any_name_made_of_it(breed, number):
    assert breed_of(f"{breed}_{number}.jpg") == breed


@pytest.mark.parametrize(
    "name",
    [
        "beagle 3.jpg",
        "beagle_3 copy.jpg",
        "beagle_3.png",
        "beagle_3.jpg.bak",
        "_3.jpg",
        "beagle_.jpg",
        "images/",
        "",
        "beagle_3xjpg",
        "beagle_3.jpg\n",
    ],
)
def test_another_form_of_name_is_refused_in_one_line_that_quotes_it(name):
    with pytest.raises(ValueError, match="is not of the form") as caught:
        breed_of(name)
    assert repr(name) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("work", [lambda files: choose_photos(files, 3), split_by_name])
def test_a_file_of_another_form_stops_the_choice_and_the_split_and_is_named(work):
    with pytest.raises(ValueError, match=r"'beagle_3 copy\.jpg' is not of the form"):
        work([*photos(), Path("images/beagle_3 copy.jpg")])


def test_capitalised_breeds_are_cats_and_lower_case_ones_dogs():
    assert [breed for breed in BREEDS if is_cat(breed)] == ["Abyssinian", "Egyptian_Mau"]


# --- the choice


@given(st.integers(1, 20), orders)
def test_the_choice_depends_on_the_names_and_not_on_order_or_folder(per_breed, order):
    elsewhere = photos(folder="another/place")
    order.shuffle(elsewhere)
    chosen = choose_photos(photos(), per_breed)
    assert names(chosen) == names(choose_photos(elsewhere, per_breed))
    assert names(chosen) == sorted(names(chosen))
    assert Counter(map(breed_of, names(chosen))) == dict.fromkeys(BREEDS, per_breed)


@pytest.mark.parametrize("per_breed", [None, 20, 999])
def test_all_photos_are_chosen_where_no_more_are_there(per_breed):
    assert choose_photos(photos()[::-1], per_breed) == sorted(photos())


def test_another_seed_chooses_others():
    assert choose_photos(photos(), 5, seed=1) != choose_photos(photos(), 5, seed=2)


def test_a_breed_more_or_less_leaves_the_choice_of_the_others_alone():
    without = choose_photos(photos(breeds=BREEDS[1:]), 5)
    assert [f for f in choose_photos(photos(), 5) if breed_of(f.name) != BREEDS[0]] == without


# --- the split


@given(st.integers(2, 30), orders)
def test_the_split_is_sorted_complete_and_disjoint_in_any_order_and_folder(per_breed, order):
    files = photos(per_breed)
    elsewhere = photos(per_breed, folder="another/place")
    order.shuffle(elsewhere)
    train, valid = split_by_name(files)
    assert (train, valid) == split_by_name(elsewhere)
    assert (train, valid) == (sorted(train), sorted(valid))
    assert sorted(train + valid) == sorted(names(files))
    assert len(set(train + valid)) == len(files)


@given(st.lists(st.integers(2, 60), min_size=4, max_size=4), st.sampled_from((0.1, 0.2, 0.25, 0.5)))
def test_each_breed_gives_its_fraction_and_at_least_one_photo_to_each_part(counts, fraction):
    files = [f for b, n in zip(BREEDS, counts, strict=True) for f in photos(n, breeds=(b,))]
    train, valid = (Counter(map(breed_of, part)) for part in split_by_name(files, fraction))
    for breed, n in zip(BREEDS, counts, strict=True):
        assert train[breed] >= 1 <= valid[breed]
        assert abs(valid[breed] - fraction * n) <= 1


def test_a_photo_added_moves_nothing_in_the_other_breeds():
    """Within its own breed the draw is a new one: keep a saved split, and add to it by hand."""
    before, after = split_by_name(photos()), split_by_name([*photos(), Path("images/pug_21.jpg")])
    for old, new in zip(before, after, strict=True):
        for breed in BREEDS[:-1]:
            assert of_breed(old, breed) == of_breed(new, breed)
    assert "pug_21.jpg" in after[0] + after[1]


def test_another_seed_splits_differently():
    assert split_by_name(photos(), seed=1) != split_by_name(photos(), seed=2)


def test_a_breed_with_one_photo_cannot_be_split_and_is_named():
    with pytest.raises(ValueError, match=r"^pug has 1 photo: a split needs two$"):
        split_by_name([*photos(breeds=BREEDS[:3]), Path("images/pug_1.jpg")])


# --- the block


@pytest.fixture
def wide_photos(tmp_path):
    """Eight jpg files, 60 × 40 pixels: the left third red, the middle green, the right blue."""
    image = Image.new("RGB", (60, 40), (0, 255, 0))
    image.paste((255, 0, 0), (0, 0, 20, 40))
    image.paste((0, 0, 255), (40, 0, 60, 40))
    for file in photos(2, tmp_path):
        image.save(file, quality=95)
    return photos(2, tmp_path)


def test_the_block_keeps_the_named_files_aside_and_sorts_the_rest(wide_photos):
    train, valid = split_by_name(wide_photos)
    dls = pets_block(valid, 40, 32).dataloaders(wide_photos[::-1], bs=4, num_workers=0)
    assert names(dls.train_ds.items) == train
    assert names(dls.valid_ds.items) == valid
    assert list(dls.vocab) == sorted(BREEDS)


def test_a_batch_has_pictures_at_the_final_size_in_0_to_1_and_whole_numbers(wide_photos):
    _, valid = split_by_name(wide_photos)
    dls = pets_block(valid, 40, 32).dataloaders(wide_photos, bs=4, num_workers=0)
    x, y = dls.one_batch()
    assert (list(x.shape), x.dtype) == ([4, 3, 32, 32], torch.float32)
    assert (list(y.shape), y.dtype) == ([4], torch.int64)
    assert 0 <= x.min() <= x.max() <= 1
    assert [dls.vocab[label] for _, label in dls.valid_ds] == [breed_of(name) for name in valid]


@pytest.mark.parametrize(
    ("method", "red", "green"), [("crop", 10, 20), ("squish", 13, 13), ("pad", 13, 13)]
)
def test_crop_loses_both_ends_and_squish_and_pad_keep_them(wide_photos, method, red, green):
    _, valid = split_by_name(wide_photos)
    dls = pets_block(valid, 40, 40, method).dataloaders(wide_photos, bs=4, num_workers=0)
    picture = dls.valid.one_batch()[0][0]  # [3, 40, 40]: validation pictures are not augmented
    colours = picture[:, 20].argmax(0).tolist()  # of the middle row, left to right
    assert abs(colours.count(0) - red) <= 1
    assert abs(colours.count(1) - green) <= 2


# --- the loaders


def test_loaders_are_fresh_and_begin_alike_with_one_seed(offline):
    first, second, other = pet_loaders(seed=1), pet_loaders(seed=1), pet_loaders(seed=2)
    assert first is not second
    assert set(names(first.valid_ds.items)) == set(names(other.valid_ds.items))
    a, b, c = (pet_loaders(seed=seed).one_batch() for seed in (1, 1, 2))
    assert torch.equal(a[0], b[0])
    assert torch.equal(a[1], b[1])
    assert not torch.equal(a[1], c[1])


def test_loaders_take_sizes_other_than_the_profiles(offline):
    x, y = pet_loaders(size=48, presize=56, batch_size=8).one_batch()
    assert (list(x.shape), len(y)) == ([8, 3, 48, 48], 8)


def test_loaders_of_the_drawn_pets_keep_a_fifth_of_each_breed_aside(offline):
    dls = pet_loaders()
    counts = Counter(breed_of(file.name) for file in dls.valid_ds.items)
    assert set(counts.values()) == {15}
    assert len(counts) == len(dls.vocab) == 12
    assert len(dls.train_ds) == 4 * len(dls.valid_ds)
