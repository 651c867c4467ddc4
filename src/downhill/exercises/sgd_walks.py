"""How lesson 02 judges optimisers: a learner's walks beside torch.optim's, step by step."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor

from downhill.exercises.verdict import Hint, Slip, call

STEPS = 6
ALIKE = ((3,), (3,))  # parameters of one shape, so that a memory shared by both goes unnoticed
DEFAULTS = {"momentum": 0.0, "weight_decay": 0.0, "betas": (0.9, 0.999), "eps": 1e-8}
MIXED = ((2, 3), (1,), ())


# --- the walk --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Course:
    """Settings that the optimiser is made with; lr_later is set halfway, as a schedule does."""

    settings: dict[str, Any] = field(default_factory=dict)
    lr_later: float | None = None
    shapes: Sequence[tuple[int, ...]] = ALIKE


def parameters_of(shapes: Sequence[tuple[int, ...]]) -> list[Tensor]:
    """Fixed starting points, float32, waiting for gradients."""
    generator = torch.Generator().manual_seed(2)
    return [torch.randn(shape, generator=generator).requires_grad_() for shape in shapes]


def bowl(parameters: Sequence[Tensor]) -> Tensor:
    """A loss with a different curvature in each direction, and its bottom at 1."""
    terms = []
    for i, p in enumerate(parameters, 1):
        curvature = torch.linspace(0.5, 3.0, p.numel()).view(p.shape) / i
        terms.append((curvature * (p - 1) ** 2).sum() / 2)
    return torch.stack(terms).sum()


def attempt(name: str, action: Callable[..., Any]) -> None:
    """Run a learner's method that gives nothing back; Hint when it raises."""

    def run() -> bool:
        action()
        return True

    run.__name__ = name  # hints speak of the learner's method
    try:
        call(run)
    except Hint as hint:
        if "leaf Variable" in str(hint) or "view of a leaf" in str(hint):
            raise Hint(
                f"{hint} torch is recording: an update is no part of the model, so it belongs "
                "under torch.no_grad."
            ) from None
        raise


def walk(make: Callable[..., Any], course: Course, as_iterator: bool = False) -> Tensor:
    """Where all parameters are before the first and after each step: [STEPS + 1, numbers]."""
    parameters = parameters_of(course.shapes)
    given: Iterable[Tensor] = iter(parameters) if as_iterator else parameters
    made = []
    name = getattr(make, "__name__", "your class")
    attempt(name, lambda: made.append(make(given, **course.settings)))
    [optimiser] = made
    path = [flat(parameters)]
    for step in range(STEPS):
        if course.lr_later and step == STEPS // 2:
            optimiser.lr = course.lr_later
        for p in parameters:
            p.grad = None
        bowl(parameters).backward()
        before = [p.grad.clone() for p in parameters]
        attempt("step", optimiser.step)
        for p, gradient in zip(parameters, before, strict=True):
            if p.grad is not None and not _same(p.grad, gradient):
                raise Hint(
                    "`step` changed a gradient. What backward() wrote is only to be read: is your "
                    "memory the very same tensor as `p.grad` (a clone would not be), or did a "
                    "method that ends in _ work on it?"
                )
        path.append(flat(parameters))
    return torch.stack(path)


def same_walk(
    make: Callable[..., Any],
    torchs: Callable[..., Any],
    courses: Sequence[Course],
    slips: Sequence[Slip],
) -> None:
    """Hint unless the learner's optimiser walks as torch's does, on every course."""
    if make is ... or make is None:
        raise Hint("there is no answer yet: fill in the cell above, run it, then run this one.")
    if not isinstance(make, type):
        raise Hint("hand over the class itself, its name without parentheses.")
    for course in courses:
        _compare(walk(make, course), walk(torchs, course), course, slips)
    alone = courses[0]
    try:
        again = walk(make, alone, as_iterator=True)
    except Hint:
        again = None
    if again is None or not torch.equal(again, walk(make, alone)):
        raise Hint(
            "given a list of parameters it is right, but `model.parameters()` is an iterator: it "
            "can be gone through once, and is empty afterwards. Keep a list of it first."
        )


def _compare(got: Tensor, right: Tensor, course: Course, slips: Sequence[Slip]) -> None:
    if close(got, right):
        return
    asked = ", ".join(f"{key}={value}" for key, value in course.settings.items())
    later = f", and lr set to {course.lr_later} halfway" if course.lr_later else ""
    if not got.isfinite().all():
        raise Hint(
            f"with {asked}{later} the parameters become nan or infinite. Is there a division by "
            "0, as 1 − β⁰ is in a step that counts from 0, or a root of something negative?"
        )
    if torch.equal(got, got[:1].expand_as(got)):
        raise Hint(
            "the parameters stay where they were. `p = p - …` gives a new tensor that name and "
            "nobody else sees it: the tensor itself has to change, in place."
        )
    for slip in slips:
        if close(got, walk(slip.answer, course)):
            raise Hint(slip.hint)
    step = next(i for i in range(len(got)) if not close(got[i], right[i]))
    part = "all of it, the sign too" if step == 1 else "what it remembers from one to the next"
    raise Hint(
        f"with {asked}{later} it leaves torch's path at step {step}: "
        f"{got[step, 0]:.4f} instead of {right[step, 0]:.4f} for the first number. Write that step "
        f"out on paper and compare {part}."
    )


def close(a: Tensor, b: Tensor) -> bool:
    return torch.allclose(a, b, rtol=1e-4, atol=1e-5)


def _same(a: Tensor, b: Tensor) -> bool:
    return torch.allclose(a, b, rtol=0, atol=0, equal_nan=True)


def flat(parameters: Sequence[Tensor]) -> Tensor:
    return torch.cat([p.detach().flatten() for p in parameters]).clone()


# --- optimisers of others --------------------------------------------------------------------


def slipped(update: Callable[..., Any], shared: bool = False) -> type:
    """An optimiser that moves p by -update(gradient, p, memory, optimiser); shared: one memory."""

    class Slipped:
        def __init__(self, parameters: Iterable[Tensor], lr: float, **settings: Any) -> None:
            self.parameters, self.lr, self.first_lr, self.t = list(parameters), lr, lr, 0
            self.__dict__.update(DEFAULTS | settings)
            memories = [SimpleNamespace(v=0.0, m=0.0, s=0.0, t=0) for _ in self.parameters]
            self.memories = memories[:1] * len(memories) if shared else memories

        def step(self) -> None:
            with torch.no_grad():
                for p, memory in zip(self.parameters, self.memories, strict=True):
                    p -= update(p.grad, p, memory, self)

    return Slipped


def from_torch(make: Callable[..., Any]) -> Callable[..., Any]:
    """torch's optimiser with the learner's interface: an attribute lr that may be set."""

    def made(parameters: Iterable[Tensor], **settings: Any) -> Any:
        optimiser = make(list(parameters), **settings)

        class Adapted:
            def __setattr__(self, name: str, value: float) -> None:
                optimiser.param_groups[0][name] = value

            def step(self) -> None:
                optimiser.step()

        return Adapted()

    return made
