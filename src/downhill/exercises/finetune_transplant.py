"""Lesson 04, E6: pretrained groups put into a fresh network, one after the other."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from downhill.exercises import expect
from downhill.exercises.verdict import Hint, Slip, call, describe, exercise


def groups(seed: int) -> list[nn.Module]:
    """Four groups of layers with weights, biases and running statistics of their own."""
    torch.manual_seed(seed)
    made = [
        nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)),
        nn.Sequential(nn.Conv2d(4, 4, 3, bias=False), nn.BatchNorm2d(4)),
        nn.Sequential(nn.Linear(4, 4)),
        nn.Sequential(nn.Linear(4, 3)),
    ]
    with torch.no_grad():
        for group in made:
            for tensor in group.state_dict().values():
                if tensor.is_floating_point():
                    tensor.copy_(torch.rand(tensor.shape))
    return made


def _by_copy(pick: Callable[[int, int], Any], what: str = "state") -> Callable[..., Any]:
    """A learner's function: pick(n, k) says which groups are copied, what says which tensors."""

    def transplant(source: list[nn.Module], target: list[nn.Module], k: int) -> Any:
        for i in pick(len(source), k):
            old, new = source[i], target[i]
            if what == "state":
                new.load_state_dict(old.state_dict())
            else:
                pairs = zip(new.parameters(), old.parameters(), strict=True)
                for p, q in pairs:
                    if what == "parameters" or p.ndim > 1:
                        p.data.copy_(q.data)
        return target

    return transplant


SLIPS = [
    Slip(
        "parameters_only",
        _by_copy(lambda n, k: range(k), "parameters"),
        "the weights have come along, and BatchNorm's running statistics have stayed behind: they "
        "are buffers, which `parameters()` does not list and `state_dict()` does.",
    ),
    Slip(
        "matrices_only",
        _by_copy(lambda n, k: range(k), "matrices"),
        "only kernels and matrices are copied: biases and BatchNorm belong to a group, too.",
    ),
    Slip(
        "last_groups",
        _by_copy(lambda n, k: range(n - k, n)),
        "these are the last k groups: the pretrained ones are to come from the front.",
    ),
    Slip(
        "one_group",
        _by_copy(lambda n, k: [k - 1] if k else []),
        "only group number k is copied: all k of them, from the first on.",
    ),
    Slip(
        "one_too_many",
        _by_copy(lambda n, k: range(min(k + 1, n))),
        "one group too many is copied: for k = 0 nothing should change.",
    ),
    Slip(
        "one_too_few",
        _by_copy(lambda n, k: range(k - 1)),
        "one group too few is copied.",
    ),
    Slip(
        "everything",
        _by_copy(lambda n, k: range(n)),
        "all groups are copied, whatever k is.",
    ),
    Slip(
        "the_other_way",
        lambda source, target, k: _by_copy(lambda n, k: range(k))(target, source, k),
        "it is the source that has changed: copy from the first list into the second.",
    ),
    Slip(
        "nothing",
        _by_copy(lambda n, k: []),
        "nothing is copied.",
    ),
]


def _after(answer: Any, k: int) -> tuple[Tensor, Tensor]:
    """All numbers of the source and of the target after transplant(source, target, k)."""
    source, target = groups(1), groups(2)
    call(_returning(answer), source, target, k)
    own = {t.data_ptr() for group in source for t in group.state_dict().values()}
    if any(t.data_ptr() in own for group in target for t in group.state_dict().values()):
        raise Hint(
            "both networks now share tensors: to train one would train the other. Copy the "
            "numbers, not the layers."
        )
    return _numbers(source), _numbers(target)


def _returning(answer: Any) -> Any:
    """The learner's function, which changes the target in place and may give nothing back."""
    if not callable(answer):
        return answer

    def transplant(*arguments: Any) -> bool:
        answer(*arguments)
        return True

    return transplant


def _numbers(layers: list[nn.Module]) -> Tensor:
    return torch.cat([t.flatten().double() for g in layers for t in g.state_dict().values()])


def _same(a: tuple[Tensor, Tensor], b: tuple[Tensor, Tensor]) -> bool:
    return all(torch.equal(x, y) for x, y in zip(a, b, strict=True))


@exercise("04.E6")
def check_transplant(transplant: Any, wrong: Any, n: int) -> str:
    """transplant(source, target, k); wrong[k] of n digits with k pretrained groups, k = 0, 1, 2."""
    for k in (2, 0, 1, 4):
        got = _after(transplant, k)
        if _same(got, _after(_by_copy(lambda n, k: range(k)), k)):
            continue
        for slip in SLIPS:
            if _same(got, _after(slip.answer, k)):
                raise Hint(f"k = {k}: {slip.hint}")
        raise Hint(
            f"k = {k}: afterwards the first {k} groups of the target should hold the numbers of "
            "the source, and the others what they held before."
        )
    expect.stated(wrong, "wrong")
    if isinstance(wrong, Tensor):
        wrong = wrong.tolist()
    if not isinstance(wrong, list | tuple) or len(wrong) != 3:
        raise Hint(f"`wrong` should be three counts, for k = 0, 1, 2; this is {describe(wrong)}.")
    if not all(0 <= count <= n for count in wrong):
        raise Hint(f"`wrong` holds {list(wrong)}: they should be counts from 0 to {n}.")
    if len(set(wrong)) == 1:
        raise Hint(
            "the three counts are equal: was each time a fresh network trained, and the one that "
            "the groups were put into?"
        )
    counts = ", ".join(map(str, wrong))
    return f"with 0, 1 and 2 pretrained groups {counts} of {n} digits are wrong."
