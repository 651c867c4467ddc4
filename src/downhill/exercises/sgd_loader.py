"""Lesson 02, E6: a data loader of one's own, with shuffling, drop_last and a generator."""

from collections.abc import Callable
from itertools import islice, pairwise
from typing import Any

import torch
from torch import Tensor

from downhill.exercises import expect
from downhill.exercises.verdict import Hint, call, describe, exercise

FAR = 1000  # more batches than any loader here should give

Batch = tuple[Tensor, Tensor]


def items(n: int) -> Batch:
    """x [n, 2] holds the item's number and its double, y [n] the number plus 1000."""
    x = torch.arange(float(n))
    return torch.stack([x, 2 * x], 1), x + 1000


def make(loader: Any, n: int, size: int, **settings: Any) -> Any:
    """A loader over items(n), or the Hint for why it cannot be made."""
    if not isinstance(loader, type):
        if loader is ... or loader is None:
            raise Hint("there is no answer yet: fill in the cell above, run it, then run this one.")
        raise Hint("hand over the class itself, its name without parentheses.")
    x, y = items(n)

    def build() -> Any:
        return loader(x, y, size, **settings)

    made = _named("__init__", build)
    if not hasattr(made, "__iter__"):
        raise Hint("`for xb, yb in loader` needs a method `__iter__` that yields the batches.")
    return made


def epoch(loader: Any) -> list[Batch]:
    """All batches of one pass, each a pair of tensors x [b, 2], y [b]; else the Hint."""

    def batches() -> list[Any]:
        return list(islice(iter(loader), FAR + 1))

    found = _named("__iter__", batches)
    if len(found) > FAR:
        raise Hint("the loop over the loader does not end: one pass is one epoch.")
    for batch in found:
        if not isinstance(batch, tuple | list) or len(batch) != 2:
            raise Hint(f"a batch should be a pair, xb and yb; this is {describe(batch)}.")
        x, y = (expect.tensor(part, "a batch's part") for part in batch)
        if x.ndim != 2 or y.ndim != 1 or x.shape[1] != 2:
            raise Hint(
                f"from x [n, 2] and y [n], a batch of b should have [b, 2] and [b]; yours has "
                f"{list(x.shape)} and {list(y.shape)}."
            )
        if len(x) != len(y) or not torch.equal(x[:, 0] + 1000, y):
            raise Hint(
                "items and labels are torn apart: row 3 of xb does not go with row 3 of yb. Draw "
                "one order, and take both by it."
            )
    return found


def order(batches: list[Batch]) -> list[int]:
    """Which items came, in which order."""
    return [int(number) for x, _ in batches for number in x[:, 0]]


def sizes(batches: list[Batch]) -> list[int]:
    return [len(x) for x, _ in batches]


@exercise("02.E6")
def check_loader(Loader: Any) -> str:
    """Class: Loader(x, y, batch_size, shuffle=True, drop_last=False, generator=None)."""
    _in_order(Loader)
    _each_once(Loader)
    _seeded(Loader)
    return (
        "sizes, both ends of drop_last, the length, each item once an epoch, a new order each "
        "time, and the same orders again from the same seed."
    )


def _in_order(loader: Any) -> None:
    """Without shuffling: sizes, order, drop_last, length, and a second pass."""
    plain = make(loader, 10, 4, shuffle=False)
    first = epoch(plain)
    short_kept = sizes(epoch(make(loader, 10, 4, shuffle=False, drop_last=True))) == [4, 4, 2]
    if sizes(first) == [4, 4] and short_kept:
        raise Hint(
            "`drop_last` works the wrong way round: without it the short batch is gone, with it "
            "the short batch is there."
        )
    if sizes(first) == [4, 4]:
        raise Hint(
            "10 items in batches of 4, drop_last=False: the 2 items left over should come as a "
            "short batch, and are missing."
        )
    if sizes(first) != [4, 4, 2]:
        raise Hint(
            f"10 items in batches of 4 should come as [4, 4, 2], and come as {sizes(first)}."
        )
    if short_kept:
        raise Hint("with drop_last=True the short batch of 2 still comes: is it used at all?")
    if order(first) != list(range(10)):
        raise Hint("with shuffle=False the items should come in the order they have in x.")
    for n, wanted in ((10, [4, 4]), (8, [4, 4]), (3, [])):
        got = sizes(epoch(make(loader, n, 4, shuffle=False, drop_last=True)))
        if got != wanted:
            full = " A last batch that is full is to stay." if n == 8 else ""
            raise Hint(
                f"{n} items in batches of 4, drop_last=True: the sizes should be {wanted}, and "
                f"are {got}.{full}"
            )
    if sizes(epoch(make(loader, 8, 4, shuffle=False))) != [4, 4]:
        raise Hint("8 items in batches of 4 are two batches, with no empty one after them.")
    if order(epoch(plain)) != list(range(10)):
        raise Hint(
            "a second loop over the same loader does not give all items again. Whatever is used "
            "up by the first pass should be made in `__iter__`, not in `__init__`."
        )
    _length(loader)


def _length(loader: Any) -> None:
    for n, drop_last, wanted in ((10, False, 3), (10, True, 2), (8, False, 2), (8, True, 2)):
        made = make(loader, n, 4, drop_last=drop_last)
        if not hasattr(made, "__len__"):
            raise Hint("`len(loader)` should say how many batches come: write `__len__`.")
        got = _named("__len__", made.__len__)
        asked = f"{n} items in batches of 4, drop_last={drop_last}"
        if got == n:
            raise Hint(f"{asked}: len(loader) counts items; it should count batches, {wanted}.")
        if got != wanted:
            raise Hint(
                f"{asked}: {wanted} batches come, and len(loader) says {got}. Which way is the "
                "division rounded, and when?"
            )


def _each_once(loader: Any) -> None:
    """With shuffling: a permutation, a mixed one, and a new one each epoch."""
    shuffled = make(loader, 50, 4)
    first, second = order(epoch(shuffled)), order(epoch(shuffled))
    if sorted(first) != list(range(50)):
        twice = len(first) - len(set(first))
        raise Hint(
            f"in one epoch {twice} times an item came that had come before, and others never. "
            "Deal the items like cards, without putting any back: a permutation."
        )
    if first == list(range(50)):
        raise Hint("shuffle=True is the default, and the items come in the order of x.")
    neighbours = sum(b - a == 1 for a, b in pairwise(first))
    if neighbours > 25:
        raise Hint(
            "the batches come in a random order, but each holds neighbours from x. With sorted "
            "data a batch would still hold one class: shuffle items, not batches."
        )
    if first == second:
        raise Hint(
            "the second epoch has the order of the first. Draw a new order when a pass begins, "
            "not when the loader is made."
        )


def _seeded(loader: Any) -> None:
    """With a generator: it alone decides, and it goes on from epoch to epoch."""
    runs = []
    for outside in (1, 2):
        torch.manual_seed(outside)  # must not matter
        before = torch.get_rng_state()
        made = make(loader, 50, 4, generator=torch.Generator().manual_seed(42))
        runs.append([order(epoch(made)) for _ in range(2)])
        touched = not torch.equal(before, torch.get_rng_state())
    if runs[0] != runs[1]:
        raise Hint(
            "two loaders with generators of one seed give different orders: does the permutation "
            "come from the generator that was handed over?"
        )
    if touched:
        raise Hint(
            "with a generator of its own, the loader still touches torch's global random numbers: "
            "a seed set inside of it changes everything that the notebook draws afterwards."
        )
    if runs[0][0] == runs[0][1]:
        raise Hint(
            "with a generator the second epoch has the order of the first. Seeding it again in "
            "each pass begins the same sequence: let it run on."
        )
    other = make(loader, 50, 4, generator=torch.Generator().manual_seed(7))
    if order(epoch(other)) == runs[0][0]:
        raise Hint("generators of two different seeds give the same order: which one decides?")


def _named(name: str, action: Callable[[], Any]) -> Any:
    """call() under the name of the learner's method."""

    def run() -> Any:
        return action()

    run.__name__ = name
    return call(run)
