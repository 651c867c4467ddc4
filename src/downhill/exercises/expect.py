"""What checks expect of an answer's form, before they look at its values."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch._C._functorch import is_batchedtensor
from torch.overrides import TorchFunctionMode

from downhill.exercises.verdict import Hint, Slip, describe


def labels(value: Any, n: int, name: str, columns: int) -> Tensor:
    """The answer as [n] int64 labels, or the Hint for its form.

    columns: what a table of scores would have, one for each class or stored image.

    Any integer dtype passes; a plain list, values from `.min`, columns and tables do not.
    """
    if isinstance(value, tuple) and hasattr(value, "indices"):
        raise Hint(
            f"{name} gave back the pair (values, indices) of `.min(dim)`: which of the two says "
            "which class, rather than how far?"
        )
    tensor(value, name)
    if list(value.shape) == [n, columns]:
        raise Hint(
            f"{name} gave back a table of shape {list(value.shape)}: that is a row of scores per "
            "image. One more step makes one label of each row."
        )
    if list(value.shape) == [columns, n]:
        raise Hint(
            f"{name} gave back shape {list(value.shape)}: images run along the second axis. Which "
            "axis did you reduce, and which did you mean to?"
        )
    if list(value.shape) == [n, 1]:
        raise Hint(
            f"{name} gave back a column, [{n}, 1]: against labels of shape [{n}], `==` would "
            f"broadcast to [{n}, {n}] without a word. Return shape [{n}]."
        )
    if list(value.shape) != [n]:
        raise Hint(
            f"{name} gave back {describe(value)}; for {n} images it should be one label each, "
            f"shape [{n}]."
        )
    if value.is_floating_point():
        raise Hint(
            f"{name} gave back {describe(value)}: labels are whole numbers (int64). Are these the "
            "smallest distances themselves, rather than where they are?"
        )
    return value.detach().to("cpu", torch.int64)


def tensor(value: Any, name: str) -> Tensor:
    """The answer if it is a tensor, else the Hint."""
    if not isinstance(value, Tensor):
        raise Hint(f"{name} should give back a tensor; this is {describe(value)}.")
    return value


def stated(value: Any, name: str) -> Any:
    """The answer if there is one, else the Hint that it is still open."""
    if value is ... or value is None:
        raise Hint(f"`{name}` is still open: give it a value in the cell above, and run that cell.")
    return value


def same_values(
    got: Tensor, right: Tensor, slips: Sequence[Slip], inputs: Sequence[Any], otherwise: str
) -> None:
    """Hint unless got equals right: that of the slip which gives just this answer, if one does."""
    if _equal(got, right):
        return
    for slip in slips:
        if _equal(got, slip.answer(*inputs)):
            raise Hint(slip.hint)
    raise Hint(otherwise)


def _equal(a: Tensor, b: Tensor) -> bool:
    if a.shape != b.shape:
        return False
    if a.is_floating_point() or b.is_floating_point():
        return torch.allclose(a.double(), b.double(), atol=1e-6)
    return torch.equal(a, b)


class Watch(TorchFunctionMode):
    """Counts torch calls, and notes the largest tensor made, while a learner's function runs."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0
        self.largest = 0  # elements

    def __torch_function__(
        self, func: Callable, types: Any, args: tuple = (), kwargs: dict | None = None
    ) -> Any:
        result = func(*args, **(kwargs or {}))
        self.calls += 1
        # a view such as expand() holds no memory of its own: count what is stored
        if isinstance(result, Tensor):
            size = result.numel()
            if not is_batchedtensor(result):  # inside of vmap there is no storage to ask
                size = min(size, result.untyped_storage().nbytes() // result.element_size())
            self.largest = max(self.largest, size)
        return result
