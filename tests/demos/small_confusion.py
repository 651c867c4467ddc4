"""A classifier's mistakes, small, in the format of the confusion explorer: for the demos' tests.

`python small_confusion.py FOLDER` writes drawn.json (12 drawn breeds, wrong labels known) and
large.json (37 classes with long names, wrong labels unknown, noise for pictures).
"""

import json
import sys
from pathlib import Path
from random import Random

import numpy as np
import torch
from PIL import Image

from downhill.demo import pack
from downhill.drawn_pets import ALIKE, BREEDS, picture
from downhill.interpret import confusion_matrix


def mistakes(
    vocab: list[str], pairs: list[tuple[int, int]], per_class: int, seed: int
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Logits of a middling classifier that takes the classes of a pair for each other.

    → logits [n, k]; labels as written [n]; what the picture shows [n], another class for some.
    """
    k = len(vocab)
    chance = torch.Generator().manual_seed(seed)
    labels = torch.arange(k).repeat_interleave(per_class)
    shown = labels.clone()
    wrong = torch.randperm(len(labels), generator=chance)[: len(labels) // 25]
    shown[wrong] = (labels[wrong] + 5) % k
    logits = torch.randn(len(labels), k, generator=chance)
    logits[torch.arange(len(labels)), shown] += 3.4
    for a, b in pairs:
        for one, other in ((a, b), (b, a)):
            logits[shown == one, other] += 2.6
    return logits, labels, shown


def explorer(
    vocab: list[str],
    pairs: list[tuple[int, int]],
    thumbs: int,
    known: bool,
    per_class: int = 15,
    seed: int = 0,
) -> dict:
    """The explorer's data. thumbs: how many pictures; known: are the wrong labels published?"""
    logits, labels, shown = mistakes(vocab, pairs, per_class, seed)
    p = logits.softmax(1)
    said = logits.argmax(1)
    losses = torch.nn.functional.cross_entropy(logits, labels, reduction="none")
    missed = (said != labels).nonzero()[:, 0]
    missed = missed[losses[missed].argsort(descending=True)]
    pictured = [thumb(vocab[i], n) for n, i in enumerate(shown[missed[:thumbs]].tolist())]
    listed = [
        {
            "true": int(labels[i]),
            "predicted": int(said[i]),
            "probability": float(p[i, said[i]]),
            "loss": float(losses[i]),
            "name": f"{vocab[labels[i]]}_{int(i) + 1}.jpg",
            "thumb": rank if rank < thumbs else None,
            "wrong_label": vocab[shown[i]] if known and shown[i] != labels[i] else None,
        }
        for rank, i in enumerate(missed)
    ]  # fmt: skip
    matrix = confusion_matrix(labels, said, len(vocab))
    return {"vocab": vocab, "matrix": pack(matrix), "mistakes": listed,
            "thumbs": pack(np.stack(pictured))}  # fmt: skip


def thumb(breed: str, seed: int) -> np.ndarray:
    """A picture of that breed, or noise where it is not drawn: uint8 [24, 24, 3]."""
    if breed in BREEDS:
        image = picture(breed, Random(seed)).convert("RGB").resize((24, 24), Image.Resampling.BOX)
        return np.asarray(image) & 0xF8  # 32 shades weigh a third less
    return np.random.default_rng(seed).integers(0, 256, (24, 24, 3), dtype=np.uint8) & 0xF8


def main(folder: Path) -> None:
    drawn = sorted(BREEDS)
    pairs = [(drawn.index(a), drawn.index(b)) for a, b in ALIKE]
    (folder / "drawn.json").write_text(json.dumps(explorer(drawn, pairs, 24, known=True)))
    many = [f"american_short_and_long_haired_terrier_{i}" for i in range(37)]
    large = explorer(many, [(0, 7), (3, 20), (30, 36)], 12, known=False)
    (folder / "large.json").write_text(json.dumps(large))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
