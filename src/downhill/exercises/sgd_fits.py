"""Lesson 02, E4 a sine from a small network, E5 a line that one outlier does not bend."""

import math
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - the name everybody gives it
from torch import Tensor

from downhill.exercises import expect
from downhill.exercises.verdict import Hint, Slip, call, describe, exercise

# --- E4: a sine ------------------------------------------------------------------------------

SINE_GOAL = 1e-3  # mean squared error on the grid
LINE_ERROR = 0.5 - 3 / math.pi**2  # of the best straight line through a sine on -π…π


@exercise("02.E4")
def check_sine(network: Any, parameters: Any) -> str:
    """network(x [n, 1], parameters) → [n, 1], close to sin x for x in -π…π."""
    grid = torch.linspace(-math.pi, math.pi, 201)[:, None]
    expect.stated(parameters, "parameters")
    if not isinstance(parameters, list | tuple) or not all(
        isinstance(p, Tensor) for p in parameters
    ):
        raise Hint(f"`parameters` should be a list of tensors; it is {describe(parameters)}.")
    preds = _curve(network, grid, parameters)
    if not preds.isfinite().all():
        raise Hint(
            "the network gives nan or infinity: training blew up. Make the parameters anew and "
            "lower the learning rate."
        )
    other = [torch.full_like(p, 0.1).detach() for p in parameters]
    if torch.equal(_curve(network, grid, other), preds):
        raise Hint(
            "with other parameters the network gives the same curve: it should use those that it "
            "is handed, and no others."
        )
    error = (preds - grid.sin()).square().mean().item()
    if error > SINE_GOAL:
        raise Hint(_why_no_sine(grid, preds, parameters, error))
    count = sum(p.numel() for p in parameters)
    return f"mean squared error {error:.1e} with {count} parameters; the goal was {SINE_GOAL:.0e}."


def _curve(network: Any, grid: Tensor, parameters: Any) -> Tensor:
    with torch.no_grad():
        preds = expect.tensor(call(network, grid, parameters), "network")
    if list(preds.shape) != list(grid.shape):
        raise Hint(
            f"for x of shape {list(grid.shape)} the network should give {list(grid.shape)}; it "
            f"gives {describe(preds)}. Against targets [n, 1], another shape broadcasts in the "
            "loss."
        )
    return preds.detach().float()


def _why_no_sine(grid: Tensor, preds: Tensor, parameters: Any, error: float) -> str:
    """What a curve that is no sine looks like, and what that points to."""
    said = f"the mean squared error is {error:.4f}, the goal {SINE_GOAL}. "
    if preds.std() < 1e-3:
        if any(not p.any() for p in parameters if p.ndim == 2):
            return (
                f"{said}The network gives one number for all x, and a weight matrix is all "
                "zeros: through zeros no gradient comes back. Start from random weights."
            )
        return (
            f"{said}The network gives one number for all x. If the loss compared [n, 1] with [n], "
            "each prediction met each target, and their mean is the best it could do."
        )
    bend = (preds[2:] - 2 * preds[1:-1] + preds[:-2]).abs().max()
    if bend < 1e-5 * preds.abs().max().clamp(min=1):
        return (
            f"{said}The curve is a straight line, and no line does better than {LINE_ERROR:.3f}: "
            "what belongs between the two layers?"
        )
    inner = parameters[0].detach()  # the first layer's weights, by the prompt
    if inner.numel() > 1 and inner.std() < 1e-6:
        return (
            f"{said}All hidden units have the same weight: they began alike, so they got the same "
            "gradients and stay alike. One unit copied is one unit; start from random weights."
        )
    wrong = (preds - grid.sin()).square()
    middle = grid.abs() < 1
    left, right = wrong[grid < 0].mean(), wrong[grid > 0].mean()
    if 20 * min(left, right) < max(left, right) and max(left, right) > 0.02:
        return (
            f"{said}One half of the curve fits and the other does not: do the training points "
            "reach from −π to π?"
        )
    if wrong[middle].mean() < 0.005 and wrong[~middle].mean() > 0.05:
        return (
            f"{said}The middle fits and the ends do not: do the training points reach from −π to π?"
        )
    if error > 0.1:
        return (
            f"{said}That is not much better than a straight line ({LINE_ERROR:.3f}): does the "
            "loss still fall, are the gradients cleared each step, do all parameters move?"
        )
    return f"{said}It is on its way: more steps, a higher learning rate, or momentum."


# --- E5: a robust line -----------------------------------------------------------------------


def _huber(piece: Callable[[Tensor, float], Tensor]) -> Callable[..., Tensor]:
    def huber(preds: Tensor, y: Tensor, delta: float = 1.0) -> Tensor:
        return piece(preds - y, delta).mean()

    return huber


def _two(
    inside: Callable[[Tensor, float], Tensor], outside: Callable[[Tensor, float], Tensor]
) -> Callable[..., Tensor]:
    """A loss with one formula for small errors e and one for errors beyond delta (d)."""
    return _huber(lambda e, d: torch.where(e.abs() <= d, inside(e, d), outside(e, d)))


def _bowl(e: Tensor, d: float) -> Tensor:
    return e**2 / 2


def _arms(e: Tensor, d: float) -> Tensor:
    return d * (e.abs() - d / 2)


HUBER_SLIPS = [
    Slip(
        "no_half",
        _two(lambda e, d: e**2, _arms),
        "the square is not halved: at the seam the slope would be 2δ, and the straight part has δ.",
    ),
    Slip(
        "jump",
        _two(_bowl, lambda e, d: d * e.abs()),
        "at |e| = δ the two parts do not meet: the loss jumps from δ²/2 to δ². What must be taken "
        "off the straight part?",
    ),
    Slip(
        "unit_slope",
        _two(_bowl, lambda e, d: e.abs() - d / 2),
        "beyond δ the slope is 1 and not δ: for δ = 1 it is right, otherwise there is a kink.",
    ),
    Slip(
        "absolute",
        _two(_bowl, lambda e, d: e.abs()),
        "beyond δ this is the absolute error, which neither meets the square at the seam nor has "
        "its slope there.",
    ),
    Slip(
        "smooth_l1",
        _two(lambda e, d: _bowl(e, d) / d, lambda e, d: _arms(e, d) / d),
        "this is the Huber loss divided by δ, known as smooth L1. For δ = 1 they are the same.",
    ),
    Slip(
        "one_sided",
        _huber(lambda e, d: torch.where(e <= d, _bowl(e, d), _arms(e, d))),
        "errors far *below* zero are squared, however large: it is the size of the error that is "
        "compared with δ.",
    ),
    Slip(
        "swapped",
        _two(_arms, _bowl),
        "the two parts have changed places: the square is for small errors.",
    ),
    Slip(
        "flat_arms",
        _huber(lambda e, d: _bowl(e.clamp(-d, d), d)),
        "beyond δ the loss is flat: an outlier has no pull at all, and neither has any point that "
        "is far away at the start. It should go on rising, straight.",
    ),
    Slip(
        "squared_seam",
        _huber(lambda e, d: torch.where(e**2 <= d, _bowl(e, d), _arms(e, d))),
        "the *square* of the error is compared with δ; the error itself is meant.",
    ),
    Slip(
        "delta_one",
        lambda preds, y, delta=1.0: F.huber_loss(preds, y),
        "right for δ = 1, and δ = 1 is all it knows: `delta` is not used.",
    ),
    Slip(
        "summed",
        lambda preds, y, delta=1.0: F.huber_loss(preds, y, delta=delta, reduction="sum"),
        "this is the sum over the items; asked for is the mean.",
    ),
    Slip(
        "squared",
        _huber(lambda e, d: e**2),
        "this is the mean squared error: nothing changes for large errors.",
    ),
    Slip(
        "half_squared",
        _huber(_bowl),
        "this is half the mean squared error: nothing changes for large errors.",
    ),
]


@exercise("02.E5")
def check_huber(huber: Any, robust_line: Any, X: Tensor, y: Tensor) -> str:
    """huber(preds, y, delta) → scalar; robust_line(X [n, 2], y [n], delta) → [2]."""
    preds = torch.tensor([-4.0, -1.2, -0.7, -0.2, 0.0, 0.3, 0.6, 1.1, 2.5, 6.0])
    zero = torch.zeros(len(preds))
    for delta in (0.5, 2.0, 1.0):  # 1 last, where some slips go unseen
        got = call(huber, preds, zero, delta)
        if isinstance(got, Tensor) and got.shape == preds.shape:
            raise Hint("huber gave back one loss for each item; asked for is their mean, a scalar.")
        if not isinstance(got, Tensor) or got.numel() != 1:
            raise Hint(f"huber should give back a scalar tensor; this is {describe(got)}.")
        right = F.huber_loss(preds, zero, delta=delta)
        if not torch.allclose(got.flatten()[0].float(), right, atol=1e-5):
            for slip in HUBER_SLIPS:
                if torch.allclose(got.flatten()[0].float(), slip.answer(preds, zero, delta)):
                    raise Hint(slip.hint)
            raise Hint(
                f"with delta={delta} the mean over errors from −4 to 6 should be {right:.4f}; "
                f"yours is {got.item():.4f}. Compare single errors with F.huber_loss."
            )
    _passes_gradient(huber, preds, zero)
    notes = []
    for where, size in ((X[:, 0].argmax(), 40.0), (X[:, 0].argmin(), -25.0)):
        spoilt = y.clone()
        spoilt[where] = size
        notes.append(_line(robust_line, X, spoilt, y))
    return f"equals F.huber_loss; with one wild point {notes[0]}."


def _passes_gradient(huber: Any, preds: Tensor, zero: Tensor) -> None:
    free = preds.clone().requires_grad_()
    loss = huber(free, zero, 1.0)
    if not loss.requires_grad:
        raise Hint(
            "the value is right and no gradient can flow back: `.item()`, `.detach()` or a new "
            "tensor made of numbers cuts the way."
        )
    loss.sum().backward()
    wanted = preds.clamp(-1, 1) / len(preds)
    if free.grad is None or not torch.allclose(free.grad, wanted, atol=1e-5):
        raise Hint("the value is right, the gradient is not that of F.huber_loss: is it nan at 0?")


def best_line(X: Tensor, y: Tensor, delta: float = 1.0) -> Tensor:
    """The least Huber loss, [2] float64: least squares, reweighted until nothing moves."""
    X, y = X.double(), y.double()
    line = torch.linalg.lstsq(X, y[:, None]).solution
    for _ in range(100):
        size = (X @ line - y[:, None]).abs()
        weight = torch.where(size <= delta, 1.0, delta / size).sqrt()  # of a row, for its square
        line = torch.linalg.lstsq(X * weight, y[:, None] * weight).solution
    return line[:, 0]


def _line(robust_line: Any, X: Tensor, spoilt: Tensor, clean: Tensor) -> str:
    """What the outlier does to both lines, or the Hint for a line that is not the best."""
    line = expect.tensor(call(robust_line, X, spoilt, 1.0), "robust_line")
    if line.numel() != 2:
        raise Hint(f"robust_line should give back [2], slope and intercept; not {describe(line)}.")
    line = line.detach().double().flatten()
    right = best_line(X, spoilt)
    squares = torch.linalg.lstsq(X.double(), spoilt.double()[:, None]).solution[:, 0]
    truth = torch.linalg.lstsq(X.double(), clean.double()[:, None]).solution[:, 0]
    if not line.isfinite().all():
        raise Hint("robust_line gives nan or infinity: lower the learning rate.")
    if not torch.allclose(line, right, atol=0.01):
        if torch.allclose(line, squares, atol=0.01):
            raise Hint(
                "this is the least-squares line: the outlier pulls it as before. Which loss does "
                "the loop use?"
            )
        if torch.allclose(line.flip(0), right, atol=0.01):
            raise Hint("slope and intercept have changed places: column 0 of X holds the x.")
        if torch.allclose(line, truth, atol=0.002):
            raise Hint(
                "this is the line of the data without the outlier: use the y that the function "
                "is given."
            )
        loss, least = (F.huber_loss(X.double() @ a, spoilt.double()).item() for a in (line, right))
        raise Hint(
            f"the Huber loss of your line is {loss:.5f}, and the least is {least:.5f}: more steps, "
            "or longer ones. (Are the gradients cleared in each?)"
        )
    off = [(a - truth).abs().max().item() for a in (squares, right)]
    return f"least squares is off by up to {off[0]:.2f} in a coefficient, your line by {off[1]:.2f}"
