"""Lesson 03, E5: cat or dog, from a model that knows nothing but breeds."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from downhill.exercises import expect
from downhill.exercises.verdict import Hint, Slip, call, describe, exercise
from downhill.repro import rate

VOCAB = ["Bengal", "Maine_Coon", "beagle", "american_bulldog", "Sphynx", "pug", "samoyed"]
CATS = torch.tensor([True, True, False, False, True, False, False])
# Row 0: a dog is likeliest, cats together have more; row 1: the other way round.
ROWS = torch.tensor(
    [
        [0.22, 0.20, 0.40, 0.01, 0.15, 0.01, 0.01],
        [0.45, 0.02, 0.18, 0.16, 0.01, 0.16, 0.02],
        [0.01, 0.02, 0.90, 0.03, 0.01, 0.01, 0.02],
        [0.30, 0.10, 0.10, 0.04, 0.40, 0.04, 0.02],
    ]
)


def from_rows(rule: Callable[[Tensor, Tensor], Tensor]) -> Callable[[Tensor, list[str]], Tensor]:
    """A learner's function by rule(p [n, k], cats [k] bool)."""

    def cat_probability(p: Tensor, vocab: list[str]) -> Tensor:
        return rule(p, torch.tensor([breed[0].isupper() for breed in vocab]))

    return cat_probability


SLIPS = [
    Slip(
        "dogs",
        from_rows(lambda p, cats: p[:, ~cats].sum(1)),
        "this is the probability of a dog. Capitalised breeds are cats.",
    ),
    Slip(
        "largest",
        from_rows(lambda p, cats: p[:, cats].amax(1)),
        "this is the likeliest single breed of cat. *Some* breed of cat is asked: these are cases "
        "that exclude each other, and what do you do with their probabilities?",
    ),
    Slip(
        "mean",
        from_rows(lambda p, cats: p[:, cats].mean(1)),
        "the mean divides by the number of breeds. It would make a certain cat improbable.",
    ),
    Slip(
        "of_means",
        from_rows(lambda p, cats: p[:, cats].mean(1) / (p[:, cats].mean(1) + p[:, ~cats].mean(1))),
        "the two kinds are weighed by their numbers of breeds, as if the model had not taken "
        "account of that itself. The probabilities add up as they are.",
    ),
    Slip(
        "none_of",
        from_rows(lambda p, cats: 1 - (1 - p[:, cats]).prod(1)),
        "1 − (1 − p₁)(1 − p₂)… is right for things that may happen together. A picture shows one "
        "breed: these cases exclude each other.",
    ),
    Slip(
        "first_half",
        from_rows(lambda p, cats: p[:, : int(cats.sum())].sum(1)),
        "the first columns are added up, and the breeds need not come in that order: look at the "
        "names in vocab.",
    ),
    Slip(
        "hard",
        from_rows(lambda p, cats: cats[p.argmax(1)].float()),
        "this asks whether the likeliest breed is one of a cat, 0 or 1. Where a dog is likeliest "
        "and five cats together are likelier, the two differ.",
    ),
]


@exercise("03.E5")
def check_species(cat_probability: Any, p: Tensor, targets: Tensor, vocab: Any) -> str:
    """cat_probability(p [n, k], vocab of k names) → [n], the probability that it is a cat."""
    got = _probabilities(call(cat_probability, ROWS, VOCAB), len(ROWS))
    right = ROWS[:, CATS].sum(1)
    expect.same_values(
        got,
        right,
        SLIPS,
        (ROWS, VOCAB),
        f"for the row {ROWS[0].tolist()} of {', '.join(VOCAB)} the answer is {right[0]:.2f}; "
        f"yours is {float(got[0]):.2f}. Which columns are cats?",
    )
    order = [5, 0, 3, 1, 6, 4, 2]
    shuffled = call(cat_probability, ROWS[:, order], [VOCAB[i] for i in order])
    if not torch.allclose(_probabilities(shuffled, len(ROWS)), right, atol=1e-5):
        raise Hint(
            "with the columns and their names in another order the answer changes: go by vocab, "
            "not by positions."
        )
    says_cat = _probabilities(call(cat_probability, p, list(vocab)), len(p)) > 0.5
    is_cat = torch.tensor([breed[0].isupper() for breed in vocab])[targets]
    n, kind = len(p), int((says_cat == is_cat).sum())
    breed = int((p.argmax(1) == targets).sum())
    return f"Cat or dog: {rate(kind, n)} right; the breed: {rate(breed, n)}."


def _probabilities(value: Any, n: int) -> Tensor:
    if isinstance(value, list):
        raise Hint("give back a tensor, [n], not a list.")
    expect.tensor(value, "cat_probability")
    if value.dtype == torch.bool:
        raise Hint("a probability is asked, from 0 to 1; the decision at ½ comes after.")
    if list(value.shape) == [n, 1]:
        raise Hint(
            f"the shape is [{n}, 1], a column: against [{n}] it would broadcast. Give [{n}]."
        )
    if list(value.shape) != [n]:
        raise Hint(
            f"one number for each picture, shape [{n}]; this is {describe(value)}. Along which "
            "axis do the breeds run?"
        )
    if not value.is_floating_point():
        raise Hint(f"a probability is a float; this is {describe(value)}.")
    return value.detach().cpu()
