"""Lesson 02, E7: the lowest point of a square function, and the longest stable step."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from downhill.exercises import expect
from downhill.exercises.verdict import Hint, Slip, call, describe, exercise

START, LR, STEPS = 5.0, 0.1, 8


def square(x: Any) -> Any:
    """3x² − 12x + 5: lowest at 2, slope 6x − 12."""
    return 3 * x * x - 12 * x + 5


def cubed(x: Any) -> Any:
    """x³/30 + x²: no square function, so its slope must be asked for at each point."""
    return x * x * x / 30 + x * x


def slope_at(f: Callable[[Any], Any], x: float) -> float:
    """f'(x) by autograd."""
    point = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(f(point), point)
    return slope.item()


def _path(move: Callable[..., float]) -> Callable[..., Tensor]:
    """A learner's minimise, whose points follow from x ← move(f, lr, all points so far)."""

    def minimise(f: Any, start: float, lr: float, steps: int) -> Tensor:
        points = [float(start)]
        for _ in range(steps):
            points.append(move(f, lr, points))
        return torch.tensor(points)

    return minimise


right_path = _path(lambda f, lr, points: points[-1] - lr * slope_at(f, points[-1]))

PATH_SLIPS = [
    Slip(
        "uphill",
        _path(lambda f, lr, points: points[-1] + lr * slope_at(f, points[-1])),
        "the points climb. The slope says where the function grows, and you want it smaller.",
    ),
    Slip(
        "one_slope",
        _path(lambda f, lr, points: points[-1] - lr * slope_at(f, points[0])),
        "every step is as long as the first. The slope changes on the way: ask for it anew at each "
        "point.",
    ),
    Slip(
        "accumulated",
        _path(lambda f, lr, points: points[-1] - lr * sum(slope_at(f, p) for p in points)),
        "the second step uses the sum of two slopes, the third of three. backward() adds to what "
        "is in `.grad`: what has to happen to it between steps?",
    ),
    Slip(
        "no_lr",
        _path(lambda f, lr, points: points[-1] - slope_at(f, points[-1])),
        "the step is the whole slope: where is the learning rate?",
    ),
    Slip(
        "values",
        _path(lambda f, lr, points: points[-1] - lr * float(f(points[-1]))),
        "each step is lr times the *value* of the function, where its slope was meant.",
    ),
    Slip(
        "last_everywhere",
        lambda *a: right_path(*a)[-1].repeat(a[3] + 1),
        "all points are the last one. A list of one and the same tensor, which then moves, holds "
        "one point many times: keep its number at each step instead.",
    ),
    Slip(
        "no_start",
        lambda f, start, lr, steps: right_path(f, start, lr, steps + 1)[1:],
        "the start is missing: with it there are steps + 1 points, and the first is the start.",
    ),
]


@exercise("02.E7")
def check_descent(minimise: Any, largest_lr: Any) -> str:
    """minimise(f, start, lr, steps) → [steps + 1]; largest_lr(a) for f(x) = ax² + bx + c."""
    for f, start, lr in ((square, START, LR), (square, -1.0, 0.3), (cubed, START, LR)):
        got = _points(call(minimise, f, start, lr, STEPS))
        right = right_path(f, start, lr, STEPS)
        if _close(got, right):
            continue
        for slip in PATH_SLIPS:
            if _close(got, slip.answer(f, start, lr, STEPS)):
                raise Hint(slip.hint)
        step = next(i for i in range(STEPS + 1) if not _close(got[i], right[i]))
        raise Hint(
            f"from {start} with lr {lr}, point {step} should be {right[step]:.3f}; yours is "
            f"{got[step]:.3f}. It follows from the point before by one multiplication and one "
            "subtraction: do it on paper."
        )
    for a in (3.0, 20.0, 0.25):
        _limit(call(largest_lr, a), a)
    near, past = (
        right_path(square, START, factor / 3, 200)[-1].sub(2).abs() for factor in (0.99, 1.01)
    )
    return (
        f"for 3x² − 12x + 5, 200 steps end {near:.3f} from the bottom a little below your limit, "
        f"{past:.0f} from it a little above."
    )


def _points(value: Any) -> Tensor:
    """The answer as [STEPS + 1] float64, or the Hint for its form."""
    wanted = f"the start and {STEPS} points after it, shape [{STEPS + 1}]"
    if isinstance(value, list | tuple):
        if not all(isinstance(point, float | int | Tensor) for point in value):
            raise Hint(f"minimise gave back {describe(value)} of other things than numbers.")
        value = torch.stack([torch.as_tensor(p, dtype=torch.float64).detach() for p in value])
    expect.tensor(value, "minimise")
    value = value.detach().double()
    if value.numel() == 1:
        raise Hint(f"minimise gave back one number; asked for is the path: {wanted}.")
    if list(value.shape) == [STEPS]:
        raise Hint(
            f"minimise gave back {STEPS} points: is the start among them, and the last one? Wanted "
            f"are {wanted}."
        )
    if list(value.shape) != [STEPS + 1]:
        raise Hint(f"minimise gave back {describe(value)}; wanted are {wanted}.")
    return value


def _limit(value: Any, a: float) -> None:
    """Hint unless value is 1/a, the limit 2/curvature for a curvature of 2a."""
    if isinstance(value, Tensor) and value.numel() == 1:
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, float | int):
        raise Hint(f"largest_lr({a}) should be a number; it is {describe(value)}.")
    slips = {
        0.5 / a: "with this lr a single step lands on the bottom: that is the *best* lr. Longer "
        "steps overshoot and still come closer, up to a point: find where they stop doing so.",
        2 / a: "this would be right if a were the curvature. The curvature is the slope of the "
        "slope: what is the second derivative of ax²?",
        2 * a: "the steeper the curve, the *smaller* the steps have to be: this grows with a.",
        a: "the steeper the curve, the *smaller* the steps have to be: this grows with a.",
        4 / a: "with this lr each step ends three or more times as far on the other side.",
    }
    for wrong, hint in slips.items():
        if abs(value - wrong) <= 0.005 * wrong and abs(value - 1 / a) > 0.02 / a:
            raise Hint(f"for a = {a} you say {value:g}: {hint}")
    if abs(value - 1 / a) > 0.02 / a:
        after = 1 - 2 * a * value
        raise Hint(
            f"for a = {a} you say {value:g}: one step multiplies the distance from the bottom by "
            f"{after:.2f}. At the limit it would be multiplied by exactly −1."
        )


def _close(a: Tensor, b: Tensor) -> bool:
    return torch.allclose(a.double(), b.double(), rtol=1e-2, atol=1e-2)
