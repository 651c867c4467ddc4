"""The front door of all exercises: run a check, turn whatever happens into ✓ or one hint."""

import inspect
import random
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import torch
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display

MIME = "application/vnd.downhill.exercise+json"

# A check takes the learner's answer, raises Hint where it is wrong, returns what it measured.
Check = Callable[..., str]
_CHECKS: dict[str, Check] = {}

# Modules with each lesson's checks. A lesson imports its own only, so it runs again for these only.
MODULES = {
    "01": ("mnist_distances", "mnist_networks", "mnist_prototypes", "mnist_shifts"),
    "02": ("sgd_accumulation", "sgd_adam", "sgd_descent", "sgd_fits", "sgd_loader", "sgd_momentum"),
    "03": (
        "pets_budget",
        "pets_cross_entropy",
        "pets_lists",
        "pets_species",
        "pets_squares",
        "pets_suspects",
        "pets_temperature",
    ),
    "04": (
        "finetune_adapter",
        "finetune_fade",
        "finetune_norms",
        "finetune_thaw",
        "finetune_torch",
        "finetune_transplant",
    ),
    "05": ("backprop", "backprop_matrices", "backprop_mutants"),
    "06": ("tensor_shapes",),
}


class Hint(Exception):  # noqa: N818 - it is advice, not an error
    """What to tell the learner: what is wrong and where to look, never the solution."""


@dataclass(frozen=True)
class Slip:
    """A typical wrong answer, as the function that a learner would have written, and its hint."""

    name: str
    answer: Callable[..., Any]
    hint: str


@dataclass(frozen=True)
class Verdict:
    """What a check found. hint is None when passed; note holds the measured figures."""

    exercise: str
    passed: bool
    hint: str | None = None
    note: str = ""

    @property
    def text(self) -> str:
        """One line for a terminal: `✓ Exercise E2: …` or `✗ Exercise E2: hint`."""
        mark = "✓" if self.passed else "✗"
        return f"{mark} Exercise {self.exercise.partition('.')[2]}: {self.hint or self.note}"

    def bundle(self) -> dict[str, Any]:
        """MIME bundle for the notebook: the site reads the JSON, Jupyter shows the text."""
        data = {
            "exercise": self.exercise,
            "passed": self.passed,
            "hint": self.hint,
            "note": self.note,
        }
        return {MIME: data, "text/plain": self.text}


def exercise(name: str) -> Callable[[Check], Check]:
    """Register a check under its name, lesson and exercise: `"01.E1"`."""

    def register(check: Check) -> Check:
        _CHECKS[name] = check
        return check

    return register


def known() -> list[str]:
    """Names of all exercises that have a check."""
    for lesson in MODULES:
        _register(lesson)
    return sorted(_CHECKS)


def _register(lesson: str) -> None:
    for module in MODULES.get(lesson, ()):
        import_module(f"downhill.exercises.{module}")  # registers its checks


def check(exercise: str, *answer: Any) -> None:
    """Show ✓ with what was measured, or ✗ with a hint. Raises only for an unknown exercise.

    The check cell below each exercise shows what to hand over. Global random state is left as it
    was, so checking twice, or not at all, changes no later result.
    """
    verdict = grade(exercise, *answer)
    if InteractiveShell.initialized():
        display(verdict.bundle(), raw=True)
    else:
        print(verdict.text)


def grade(exercise: str, *answer: Any) -> Verdict:
    """Same as `check`, as a value. Raises ValueError for an unknown exercise, nothing else."""
    _register(exercise.partition(".")[0])
    if exercise not in _CHECKS:
        raise ValueError(f"No exercise {exercise!r}; there are {', '.join(known())}")
    function = _CHECKS[exercise]
    try:
        _arguments_match(exercise, function, answer)
        with fixed_randomness():
            return Verdict(exercise, passed=True, note=function(*answer))
    except Hint as hint:
        return Verdict(exercise, passed=False, hint=str(hint))
    except Exception as error:  # any answer at all: a learner is owed a sentence, not our traceback
        return Verdict(exercise, passed=False, hint=_unexpected(error))


def call(function: Any, *arguments: Any) -> Any:
    """Result of the learner's function; Hint when there is none. Tensors are handed over as copies.

    Every way of not answering becomes a sentence: still the stub, an exception, None.
    """
    if function is ... or function is None:
        raise Hint("there is no answer yet: fill in the cell above, run it, then run this one.")
    if not callable(function):
        raise Hint(
            f"hand over the function itself, without calling it: this is {describe(function)}."
        )
    name = getattr(function, "__name__", "your function")
    copies = [a.clone() if isinstance(a, torch.Tensor) else a for a in arguments]
    try:
        result = function(*copies)
    except NotImplementedError:
        raise Hint(
            f"{name} is still the stub: write its body in the place of "
            "`raise NotImplementedError`, run that cell, then this one."
        ) from None
    except Exception as error:
        raise Hint(_raised(name, error, arguments)) from error
    if result is None or result is ...:
        raise Hint(f"{name} gave back {result}: does it end with `return …`?")
    for given, kept in zip(copies, arguments, strict=True):
        if isinstance(given, torch.Tensor) and not torch.equal(given, kept):
            raise Hint(
                f"{name} changed the tensor it was given; methods that end in _ and `x[…] = …` "
                "do. Work on a new tensor."
            )
    return result


def describe(value: Any) -> str:
    """What a learner needs to know of a value: type, and shape and dtype of a tensor."""
    if isinstance(value, torch.Tensor):
        return f"a tensor of shape {list(value.shape)}, {str(value.dtype).removeprefix('torch.')}"
    article = "an" if type(value).__name__[0] in "aeiouAEIOU" else "a"
    return f"{article} {type(value).__name__}"


@contextmanager
def fixed_randomness() -> Iterator[None]:
    """Seed 0 inside, the caller's random state again after: for torch, NumPy and random."""
    python, numpy = random.getstate(), np.random.get_state()
    with torch.random.fork_rng(devices=range(torch.cuda.device_count())):
        try:
            torch.manual_seed(0)
            np.random.seed(0)
            random.seed(0)
            yield
        finally:
            random.setstate(python)
            np.random.set_state(numpy)


def _arguments_match(exercise: str, function: Check, answer: tuple[Any, ...]) -> None:
    signature = inspect.signature(function)
    try:
        signature.bind(*answer)
    except TypeError:
        names = ", ".join(signature.parameters)
        raise Hint(
            f'the call is check("{exercise}", {names}); it came with {len(answer)} of '
            f"{len(signature.parameters)} values."
        ) from None


def _raised(name: str, error: Exception, arguments: tuple[Any, ...]) -> str:
    """An exception inside the learner's function: which, where, and for what shapes."""
    where = ""
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.name == name:
            where = f" at `{frame.line}`" if frame.line else f" in its line {frame.lineno}"
    shapes = [str(list(a.shape)) for a in arguments if isinstance(a, torch.Tensor)]
    fed = f" It was given tensors of shape {' and '.join(shapes)}." if shapes else ""
    message = (str(error).splitlines() or ["no message"])[0].rstrip(".")
    return f"{name} raised {type(error).__name__}{where}: {message}.{fed}{_advice(error)}"


def _advice(error: Exception) -> str:
    message = str(error)
    if "must match the size" in message:
        return (
            " Broadcasting lines up axes from the right: an axis of length 1 in the right place "
            "(`x[:, None]`) lets every row meet every column."
        )
    if "mat1 and mat2" in message or "size mismatch" in message:
        return (
            " A matrix product needs the inner lengths to agree: flatten [n, 28, 28] to [n, 784]."
        )
    if "same device" in message:
        return " Move both to one device first."
    if isinstance(error, NameError):
        return " Is the cell that defines it run, and is the name spelt so?"
    return ""


def _unexpected(error: Exception) -> str:
    tail = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"the check could not read this answer ({type(error).__name__}: {error}, "
        f"{Path(tail.filename).name} line {tail.lineno}). Compare it with the signature above."
    )
