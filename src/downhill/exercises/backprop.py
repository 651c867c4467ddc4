"""Lesson 05, E1 tanh and E2 division: two operations more for the scalar autograd.

The class Value is the learner's own, handed over with the answer: `Value(number)` makes a leaf,
`.data` is its number, `.backward()` fills the `.grad` of the leaves.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from downhill.exercises.verdict import Hint, Slip, call, describe, exercise

TOO_LARGE = 400.0  # its exponential, squared, is beyond float64


def node(value: Any, name: str, kind: Any) -> Any:
    """The answer if it is a Value, else the Hint."""
    if isinstance(value, Tensor):
        raise Hint(f"{name} gave back {describe(value)}; the answer wanted is a Value.")
    if isinstance(value, int | float):
        raise Hint(
            f"{name} gave back a plain number: the graph ends there and no slope can come back. "
            "Wrap it in a Value that knows its parents and local slopes."
        )
    if not isinstance(value, kind):
        raise Hint(f"{name} should give back a Value; this is {describe(value)}.")
    return value


def measured(function: Any, kind: Any, points: Sequence[tuple[float, ...]]) -> Tensor:
    """[points, 1 + inputs] float64: the function's value and its slope for each input."""
    rows = []
    for numbers in points:
        leaves = [kind(number) for number in numbers]
        out = node(call(function, *leaves), _name(function), kind)
        try:
            out.backward()
        except ValueError as error:  # zip(strict=True) in the lesson's backward
            raise Hint(
                f'backward() failed with "{error}": a node needs one local slope for each parent. '
                "Mind the comma: (slope) is a number, (slope,) is a tuple of one."
            ) from error
        except TypeError as error:
            raise Hint(
                f'backward() failed with "{error}": parents and local slopes are tuples, also '
                "where there is one of each: (a,) and (slope,); and slopes are plain numbers."
            ) from error
        if [leaf.data for leaf in leaves] != list(numbers):
            raise Hint(f"{_name(function)} changed the number it was given; make a new Value.")
        rows.append([out.data, *(leaf.grad for leaf in leaves)])
    return torch.tensor(rows, dtype=torch.float64)


def same_slopes(
    got: Tensor, right: Tensor, slips: Sequence[Slip], again: Callable[[Any], Tensor], what: str
) -> None:
    """Hint unless got equals right, [points, 1 + inputs]. again: measures a slip's answer."""
    if torch.allclose(got, right, rtol=1e-6, atol=1e-8):
        return
    for slip in slips:
        if torch.allclose(got, again(slip.answer), rtol=1e-6, atol=1e-8):
            raise Hint(slip.hint)
    if not torch.allclose(got[:, 0], right[:, 0], rtol=1e-6, atol=1e-8):
        raise Hint(f"the value is off before any slope is: {what} gives other numbers.")
    row, column = divmod(int((got - right).abs().argmax()), right.shape[1])
    raise Hint(
        f"the values are right; at test point {row + 1} the slope for input {column} is "
        f"{got[row, column]:.4f}, and a nudge says {right[row, column]:.4f}."
    )


def _name(function: Any) -> str:
    return getattr(function, "__name__", "your function")


def _value_class(kind: Any) -> None:
    if not isinstance(kind, type) or not hasattr(kind, "backward"):
        raise Hint("hand over the class Value of section 3 itself, not one of its objects.")


def _one(x: Any, data: float, slope: float) -> Any:
    return type(x)(data, (x,), (slope,))


TANH_POINTS = [(-3.0,), (-0.5,), (0.0,), (0.7,), (2.0,)]
TANH_SLIPS = [
    Slip(
        "no_parents",
        lambda x: type(x)(math.tanh(x.data)),
        "the values are right, and no slope arrives at x: the new Value does not know who its "
        "parent is.",
    ),
    Slip(
        "squared_input",
        lambda x: _one(x, math.tanh(x.data), 1 - x.data**2),
        "your slope squares the input; at 2 it would be -3, though tanh never falls. Which number "
        "does the formula square?",
    ),
    Slip(
        "not_squared",
        lambda x: _one(x, math.tanh(x.data), 1 - math.tanh(x.data)),
        "at 0 the slope is right and elsewhere it is not: at -3 it would be near 2, where the "
        "curve is almost flat. What is missing is a square.",
    ),
    Slip(
        "sign",
        lambda x: _one(x, math.tanh(x.data), 1 + math.tanh(x.data) ** 2),
        "your slope grows towards the ends, where the curve becomes flat: look at its sign.",
    ),
    Slip(
        "of_sigmoid",
        lambda x: _one(x, math.tanh(x.data), math.tanh(x.data) * (1 - math.tanh(x.data))),
        "t * (1 - t) is the slope of the sigmoid; tanh has its own.",
    ),
    Slip(
        "result_as_slope",
        lambda x: _one(x, math.tanh(x.data), math.tanh(x.data)),
        "only the exponential is its own slope. At 0 yours is 0, where tanh is steepest.",
    ),
    Slip(
        "sigmoid",
        lambda x: ((-x).exp() + 1) ** -1,
        "this is the sigmoid, which lies between 0 and 1. tanh lies between -1 and 1.",
    ),
]


@exercise("05.E1")
def check_tanh(tanh: Any, Value: Any) -> str:
    """tanh(x: Value) → Value, with the slope recorded; also for inputs of size 400."""
    _value_class(Value)

    def measure(function: Any) -> Tensor:
        return measured(function, Value, TANH_POINTS)

    x = torch.tensor(TANH_POINTS, dtype=torch.float64)
    right = torch.cat([x.tanh(), 1 - x.tanh() ** 2], dim=1)
    same_slopes(measure(tanh), right, TANH_SLIPS, measure, "torch.tanh")
    for size in (TOO_LARGE, -TOO_LARGE):
        try:
            [[value, slope]] = measured(tanh, Value, [(size,)]).tolist()
        except Hint as hint:
            if isinstance(hint.__cause__, ArithmeticError | ValueError):
                raise Hint(
                    f"right for small inputs; at {size:g} the exponentials are too large for the "
                    f"computer's numbers ({type(hint.__cause__).__name__}). Python's math module "
                    "has a function that copes."
                ) from None
            raise
        if value != math.copysign(1, size) or slope != 0:
            raise Hint(
                f"right for small inputs; at {size:g} the value is {value} and the slope {slope}, "
                f"and they should be {math.copysign(1, size):g} and 0."
            )
    twice = measured(lambda v: tanh(tanh(v)) * v, Value, TANH_POINTS)
    t = x.tanh()
    slope = (1 - t.tanh() ** 2) * (1 - t**2) * x + t.tanh()
    if not torch.allclose(twice, torch.cat([t.tanh() * x, slope], dim=1)):
        raise Hint("right alone, but wrong inside of a longer expression, tanh(tanh(x)) * x.")
    worst = (measure(tanh) - right).abs().max().item()
    return f"values and slopes are torch's to {_digits(worst)}, also inside of other expressions."


def _digits(difference: float) -> str:
    return "the last digit" if difference < 1e-12 else f"{difference:.0e}"


def _two(a: Any, b: Any, data: float, slope_a: float, slope_b: float) -> Any:
    kind = type(a) if hasattr(a, "data") else type(b)
    a, b = (v if isinstance(v, kind) else kind(v) for v in (a, b))
    return kind(data, (a, b), (slope_a, slope_b))


DIVISION_POINTS = [(3.0, 2.0), (-1.5, 0.5), (2.0, -4.0)]
DIVISION_SLIPS = [
    Slip(
        "sign",
        lambda a, b: _two(a, b, a.data / b.data, 1 / b.data, a.data / b.data**2),
        "the slope for b has the wrong sign: a larger divisor makes a positive quotient smaller.",
    ),
    Slip(
        "without_a",
        lambda a, b: _two(a, b, a.data / b.data, 1 / b.data, -1 / b.data**2),
        "the slope for b is that of 1 / b. You divide a / b: which number scales it?",
    ),
    Slip(
        "without_square",
        lambda a, b: _two(a, b, a.data / b.data, 1 / b.data, -a.data / b.data),
        "the slope for b is too small by one division: what is the power rule for the power -1?",
    ),
    Slip(
        "swapped",
        lambda a, b: _two(a, b, a.data / b.data, -a.data / b.data**2, 1 / b.data),
        "the two local slopes stand in the wrong order: they go with the parents, first to first.",
    ),
    Slip(
        "of_product",
        lambda a, b: _two(a, b, a.data / b.data, b.data, a.data),
        "these are the slopes of a * b. Nudge a in a / b: by how much does the quotient grow?",
    ),
    Slip(
        "only_a",
        lambda a, b: _one(a, a.data / b.data, 1 / b.data),
        "no slope arrives at b: the divisor is a parent, too.",
    ),
    Slip(
        "no_parents",
        lambda a, b: type(a)(a.data / b.data),
        "the values are right, and no slope arrives: the new Value does not know its parents.",
    ),
    Slip(
        "floor",
        lambda a, b: _two(a, b, a.data // b.data, 1 / b.data, -a.data / b.data**2),
        "`//` throws the fraction away; division is `/`.",
    ),
    Slip(
        "turned_over",
        lambda a, b: _two(a, b, b.data / a.data, -b.data / a.data**2, 1 / a.data),
        "this is b / a: the first argument is what is divided.",
    ),
]


@exercise("05.E2")
def check_division(divide: Any, Value: Any) -> str:
    """divide(a, b) → Value; each of a and b a Value or a plain number, not both numbers."""
    _value_class(Value)

    def measure(function: Any) -> Tensor:
        return measured(function, Value, DIVISION_POINTS)

    a, b = torch.tensor(DIVISION_POINTS, dtype=torch.float64).unbind(1)
    right = torch.stack([a / b, 1 / b, -a / b**2], dim=1)
    same_slopes(measure(divide), right, DIVISION_SLIPS, measure, "a / b")
    plain = {
        "divide(x, 4)": (lambda x: call(divide, x, 4), [0.5, 0.25]),
        "divide(6, x)": (lambda x: call(divide, 6, x), [3.0, -1.5]),
    }
    for written, (function, expected) in plain.items():
        function.__name__ = written
        try:
            [got] = measured(function, Value, [(2.0,)]).tolist()
        except Hint as hint:
            raise Hint(
                f"right for two Values; {written} fails, where one of the two is a plain number. "
                f"How does __mul__ deal with that? ({hint})"
            ) from None
        if got != expected:
            raise Hint(
                f"right for two Values; {written} at x = 2 has value and slope {got}, and should "
                f"have {expected}."
            )
    [[value, slope]] = measured(lambda x: divide(x, x), Value, [(3.0,)]).tolist()
    if abs(value - 1) + abs(slope) > 1e-9:
        raise Hint(f"x / x is 1 for any x, so its slope is 0; yours is {slope:.4f}.")
    return "for two Values, for plain numbers on either side, and x / x has slope 0."
