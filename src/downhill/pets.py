"""Photos of pets: names, the split by name, and loaders."""

import random
import re

from fastai.data.block import CategoryBlock, DataBlock
from fastai.data.transforms import FuncSplitter, get_image_files, using_attr
from fastai.vision.augment import Resize, aug_transforms
from fastai.vision.data import ImageBlock

from downhill import profiles
from downhill.data import pets
from downhill.repro import default_device, set_seed


def breed_of(name):
    """The breed in a file's name: "saint_bernard_12.jpg" → "saint_bernard".

    ValueError where the name is not `breed_number.jpg`. Built in lesson 03.
    """
    found = re.fullmatch(r"(.+)_\d+\.jpg", name)
    if found is None:
        raise ValueError(f"{name!r} is not of the form breed_number.jpg")
    return found[1]


def is_cat(breed):
    """Oxford's convention: breeds of cats are capitalised, those of dogs are not.

    Built in lesson 03.
    """
    return breed[0].isupper()


def by_breed(files):
    """Breed → its files, sorted by name; the breeds in the order of the alphabet.

    Built in lesson 03.
    """
    groups = {}
    for file in sorted(files, key=lambda file: file.name):
        groups.setdefault(breed_of(file.name), []).append(file)
    return dict(sorted(groups.items()))


def choose_photos(files, per_breed, seed=42):
    """At most per_breed files of each breed (None: all), sorted by name.

    Which ones depends on the seed and on the names, not on the order of the list or the folder.
    Built in lesson 03.
    """
    chosen = []
    for breed, group in by_breed(files).items():
        n = len(group) if per_breed is None else min(per_breed, len(group))
        chosen += random.Random(f"{seed} {breed}").sample(group, n)
    return sorted(chosen, key=lambda file: file.name)


def split_by_name(files, valid_fraction=0.2, seed=42):
    """Names for training and for validation, each sorted; the same fraction of every breed.

    A breed with two photos or more has at least one in each part; ValueError where one has fewer.
    Depends on the seed and on the names, not on the order of the list or the folder.
    Built in lesson 03.
    """
    train, valid = [], []
    for breed, group in by_breed(files).items():
        if len(group) < 2:
            raise ValueError(f"{breed} has {len(group)} photo: a split needs two")
        n_valid = min(max(round(valid_fraction * len(group)), 1), len(group) - 1)
        names = [file.name for file in group]
        drawn = set(random.Random(f"{seed} {breed}").sample(names, n_valid))
        valid += [name for name in names if name in drawn]
        train += [name for name in names if name not in drawn]
    return sorted(train), sorted(valid)


def pets_block(valid_names, presize, size, method="crop"):
    """Files of photos → (picture, breed): presize × presize each, then a batch at size × size.

    valid_names: the file names that are kept for validation; all others train.
    method: how a picture is made square, "crop", "squish" or "pad". Built in lesson 03.
    """
    held_out = set(valid_names)
    return DataBlock(
        blocks=(ImageBlock, CategoryBlock),
        get_items=lambda files: sorted(files, key=lambda file: file.name),
        splitter=FuncSplitter(lambda file: file.name in held_out),
        get_y=using_attr(breed_of, "name"),
        item_tfms=Resize(presize, method=method),
        batch_tfms=aug_transforms(size=size, min_scale=0.75),
    )


def pet_loaders(seed=42, size=None, presize=None, batch_size=None):
    """Fresh loaders of the profile's photos, always with the same split; the seed is set.

    size, presize, batch_size: the profile's where None. Built in lesson 03.
    """
    settings = profiles.current().pets
    files = choose_photos(get_image_files(pets() / "images"), settings.photos_per_breed)
    _, valid_names = split_by_name(files)
    set_seed(seed)
    return pets_block(valid_names, presize or settings.presize, size or settings.size).dataloaders(
        files,
        bs=batch_size or settings.batch_size,
        num_workers=0,
        device=default_device(),
    )
