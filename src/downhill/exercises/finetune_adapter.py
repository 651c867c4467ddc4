"""Lesson 04, E3: maps of a frozen body, computed once, and an adapter that corrects them."""

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - the name everybody gives it
from torch import Tensor, nn

from downhill.exercises import expect
from downhill.exercises.verdict import Hint, Slip, call, exercise

# --- the maps ---------------------------------------------------------------------------------


def small_body() -> nn.Sequential:
    """[n, 3, s, s] → [n, 5, s/2, s/2]. BatchNorm and Dropout show in which mode it ran."""
    torch.manual_seed(0)
    body = nn.Sequential(
        nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4), nn.Dropout(0.5), nn.Conv2d(4, 5, 2, 2)
    )
    body[1].running_mean += 0.3
    return body.train()


def _maps(
    train: bool = False, graph: bool = False, restore: bool = True, after: Any = None
) -> Callable[..., Tensor]:
    """A learner's function: the right one, but for what changes."""

    def frozen_maps(body: nn.Module, pictures: Tensor) -> Tensor:
        before = body.training
        body.train(train)
        with torch.set_grad_enabled(graph):
            maps = body(pictures)
        if restore:
            body.train(before)
        return after(maps) if after else maps

    return frozen_maps


MAP_SLIPS = [
    Slip(
        "pooled",
        _maps(after=lambda maps: maps.mean((2, 3))),
        "the places are averaged away already. Give back the maps, [n, channels, h, w].",
    ),
    Slip(
        "flattened",
        _maps(after=lambda maps: maps.flatten(1)),
        "the maps are flattened. An adapter wants them as [n, channels, h, w].",
    ),
]


def _check_maps(frozen_maps: Any) -> None:
    torch.manual_seed(1)
    pictures = torch.randn(6, 3, 8, 8)
    body = small_body()
    start = {name: t.clone() for name, t in body.state_dict().items()}
    switches = [p.requires_grad for p in body.parameters()]
    got = expect.tensor(call(frozen_maps, body, pictures), "frozen_maps")
    right = _maps()(small_body(), pictures)
    if got.requires_grad:
        raise Hint(
            "the maps still hang on the graph of the body: its activations stay in memory, and a "
            "second backward pass through it would fail. No gradient is wanted here."
        )
    if any(not torch.equal(t, start[name]) for name, t in body.state_dict().items()):
        raise Hint(
            "the body has changed: its running statistics moved. In training mode every forward "
            "pass moves them, gradient or not."
        )
    if got.shape != right.shape:
        expect.same_values(
            got,
            right,
            MAP_SLIPS,
            (small_body(), pictures),
            f"the maps should have shape {list(right.shape)}, and have {list(got.shape)}.",
        )
    if not torch.allclose(got, right, atol=1e-5):
        raise Hint(
            "the maps differ from those that the body gives in evaluation mode: is Dropout "
            "switched off, and does BatchNorm use its running statistics?"
        )
    if not body.training:
        raise Hint(
            "the maps are right. The body came in training mode and goes back in evaluation mode: "
            "leave it as you found it. `body.training` tells you how that was."
        )
    if [p.requires_grad for p in body.parameters()] != switches:
        raise Hint("the maps are right, and the switches of the body have changed on the way.")
    body = small_body().eval()
    call(frozen_maps, body, pictures)
    if body.training:
        raise Hint("a body that came in evaluation mode goes back in training mode.")


# --- the adapter ------------------------------------------------------------------------------


class Correction(nn.Module):
    """A learner's adapter: the right one, but for what changes."""

    def __init__(
        self,
        channels: int,
        width: int,
        *,
        size: int = 1,
        zero: str = "up",
        relu: str = "between",
        shortcut: bool = True,
    ) -> None:
        super().__init__()
        self.down = nn.Conv2d(channels, width, size, padding=size // 2)
        self.up = nn.Conv2d(width, channels, size, padding=size // 2)
        self.relu, self.shortcut = relu, shortcut
        for name in ("up", "down"):
            if name in zero:
                for p in getattr(self, name).parameters():
                    nn.init.zeros_(p)

    def forward(self, x: Tensor) -> Tensor:
        hidden = self.down(x)
        change = self.up(F.relu(hidden) if "between" in self.relu else hidden)
        out = x + change if self.shortcut else change
        return F.relu(out) if "end" in self.relu else out


def adapter(**change: Any) -> Callable[[int, int], nn.Module]:
    """A class, as far as the check can tell."""

    def Adapter(channels: int, width: int) -> nn.Module:  # noqa: N802 - stands for a class
        return Correction(channels, width, **change)

    return Adapter


ADAPTER_SLIPS = [
    Slip(
        "no_shortcut",
        adapter(shortcut=False),
        "the maps do not come through: the output is the correction alone. Add what came in.",
    ),
    Slip(
        "random_start",
        adapter(zero=""),
        "at the start the maps come out changed, by random weights. Which of the two convolutions "
        "must be zero for the correction to be zero?",
    ),
    Slip(
        "both_zero",
        adapter(zero="up down"),
        "at the start it changes nothing, and never will: with both convolutions at zero, each "
        "gets its gradient through the other, and that is zero. One is enough.",
    ),
    Slip(
        "relu_at_the_end",
        adapter(relu="between end"),
        "a ReLU after the sum cuts off what is negative in the maps: only the correction passes "
        "through a ReLU, between its two convolutions.",
    ),
    Slip(
        "no_relu",
        adapter(relu=""),
        "without a ReLU between them, the two convolutions are one linear map of low rank.",
    ),
    Slip(
        "wide_windows",
        adapter(size=3),
        "the convolutions look at neighbouring places. With windows of 1 × 1 an adapter has far "
        "fewer parameters, and each place is corrected by itself.",
    ),
]


def _numbers(module: nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


def _check_adapter(Adapter: Any) -> int:
    torch.manual_seed(2)
    channels, width = 6, 3
    module = call(Adapter, channels, width)
    if not isinstance(module, nn.Module):
        raise Hint("Adapter(channels, width) should be an nn.Module.")
    x = torch.randn(4, channels, 5, 5)
    y = _forward(module, x)
    if y.shape != x.shape:
        raise Hint(f"maps of shape {list(x.shape)} come out as {list(y.shape)}, not as they were.")
    slips = {slip.name: slip.hint for slip in ADAPTER_SLIPS}
    if not torch.allclose(y, x, atol=1e-6):
        if torch.allclose(y, x.relu(), atol=1e-6):
            raise Hint(slips["relu_at_the_end"])
        if _rank(module, x[:1, :, :1, :1]) < channels:
            raise Hint(slips["no_shortcut"])
        raise Hint(slips["random_start"])
    if not all(p.requires_grad for p in module.parameters()):
        raise Hint("some parameters of the adapter are frozen: they are what is to be trained.")
    _forward(module, x).square().sum().backward()
    if not any(p.grad is not None and p.grad.any() for p in module.parameters() if p.ndim > 1):
        raise Hint(slips["both_zero"])
    right = 2 * channels * width + channels + width
    count = _numbers(module)
    if count >= 9 * 2 * channels * width:
        raise Hint(slips["wide_windows"])
    if count not in (right, right - channels, right - width, right - channels - width):
        raise Hint(
            f"for {channels} channels and width {width} two 1 × 1 convolutions have {right} "
            f"parameters, biases included; this adapter has {count}."
        )
    with torch.no_grad():
        for p in module.parameters():
            p.normal_()
        steps = [_forward(module, t * x) - t * x for t in (-1.0, 0.0, 1.0)]
        straight = torch.allclose(steps[2] - steps[1], steps[1] - steps[0], atol=1e-4)
    if straight:
        raise Hint(slips["no_relu"])
    return count


def _rank(module: nn.Module, place: Tensor) -> int:
    """Of the slopes of one place's output by its input: at most the width without a shortcut."""
    slopes = torch.autograd.functional.jacobian(lambda v: _forward(module, v), place)
    n = place.numel()
    return int(torch.linalg.matrix_rank(slopes.reshape(n, n), atol=1e-5))


def _forward(module: nn.Module, x: Tensor) -> Tensor:
    def forward(x: Tensor) -> Any:
        return module(x)

    return expect.tensor(call(forward, x), "forward")


@exercise("04.E3")
def check_adapter(frozen_maps: Any, Adapter: Any) -> str:
    """frozen_maps(body, pictures) → [n, channels, h, w]; Adapter(channels, width) a module."""
    _check_maps(frozen_maps)
    count = _check_adapter(Adapter)
    return (
        "the maps are those of evaluation mode, the body is as it was, and the adapter starts as "
        f"nothing and can learn ({count} parameters for 6 channels and width 3)."
    )
