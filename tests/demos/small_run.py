"""A small real run for the demos' tests: UCI digits, the lesson's three models, quantised by torch.

`python small_run.py FOLDER` writes digit.json and sweep.json as the lesson's demos get them, and
random.json: draw-a-digit with weights as drawn, so that the arithmetic is tested on those too.
"""

import json
import sys
from pathlib import Path

import torch
from sklearn.datasets import load_digits
from torch import nn

from downhill.demo import pack, quantize


def images() -> tuple[torch.Tensor, torch.Tensor]:
    """UCI's threes and sevens in MNIST's frame. → X [n, 784] in 1/255ths; y [n], 1 for a 3."""
    digits = load_digits()
    wanted = (digits.target == 3) | (digits.target == 7)
    small = torch.tensor(digits.images[wanted] / 16, dtype=torch.float32)  # [n, 8, 8]
    large = nn.functional.interpolate(
        small[:, None], size=(20, 20), mode="bilinear", align_corners=False
    )
    pixels = (nn.functional.pad(large, (4, 4, 4, 4)) * 255).round() / 255
    return pixels.reshape(-1, 784), torch.tensor(digits.target[wanted] == 3, dtype=torch.float32)


def train(model: nn.Module, X: torch.Tensor, y: torch.Tensor, steps: int = 150) -> None:
    optimiser = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(steps):
        loss = nn.functional.binary_cross_entropy_with_logits(model(X)[:, 0], y)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()


def layer(linear: nn.Linear) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Quantised weight int8 [out, in], scale [out], bias [out]."""
    weight, scale = quantize(linear.weight)
    return weight, scale.reshape(-1), linear.bias.detach()


def digit_data(linear: nn.Linear, net: nn.Sequential, X: torch.Tensor, y: torch.Tensor) -> dict:
    """What draw-a-digit gets, with torch's own scores of eight images as cases."""
    (w, s, b), (w1, s1, b1), (w2, s2, b2) = layer(linear), layer(net[0]), layer(net[2])
    cases = X[:: len(X) // 8][:8]
    # torch's layers with the quantised weights: the scores that the browser must reach
    by_torch = nn.functional.linear(
        nn.functional.relu(nn.functional.linear(cases, w1 * s1[:, None], b1)), w2 * s2[:, None], b2
    )[:, 0]
    mean = {d: X[y == (d == 3)].mean(0).reshape(28, 28) for d in (3, 7)}
    arrays = {
        "mean3": (mean[3] * 255).round().to(torch.uint8),
        "mean7": (mean[7] * 255).round().to(torch.uint8),
        "linear": {"weight": w[0], "scale": s, "bias": b},
        "mlp": {"w1": w1, "s1": s1, "b1": b1, "w2": w2, "s2": s2, "b2": b2},
        "cases": {
            "images": (cases * 255).round().to(torch.uint8).reshape(-1, 28, 28),
            "linear": nn.functional.linear(cases, w * s[:, None], b)[:, 0],
            "mlp": by_torch,
        },
    }
    return {k: pack(v) if isinstance(v, torch.Tensor) else {n: pack(t) for n, t in v.items()}
            for k, v in arrays.items()}  # fmt: skip


def sweep_data(linear: nn.Linear, X: torch.Tensor, y: torch.Tensor) -> dict:
    """What weight-sweep gets: the weight of the pixel that varies most, over ±3 and ±0.01."""
    pixel = int(X.std(0).argmax())
    trained = float(linear.weight[0, pixel].detach())
    with torch.no_grad():
        base = linear(X)[:, 0].double()

    def sweep(half: float, count: int) -> dict:
        weights = torch.linspace(trained - half, trained + half, count, dtype=torch.float64)
        scores = base + (weights[:, None] - trained) * X[:, pixel].double()  # [count, n]
        loss = torch.where(y == 1, 1 - scores.sigmoid(), scores.sigmoid()).mean(1)
        right = ((scores > 0) == (y == 1)).sum(1)
        return {"weight": pack(weights), "accuracy": pack(right), "loss": pack(loss)}

    return {"wide": sweep(3, 601), "fine": sweep(0.01, 2001), "n": len(X),
            "pixel": [pixel // 28, pixel % 28], "trained": trained}  # fmt: skip


def main(folder: Path) -> None:
    torch.manual_seed(0)
    X, y = images()
    linear = nn.Linear(784, 1)
    net = nn.Sequential(nn.Linear(784, 30), nn.ReLU(), nn.Linear(30, 1))
    with torch.no_grad():
        (folder / "random.json").write_text(json.dumps(digit_data(linear, net, X, y)))
    train(linear, X, y)
    train(net, X, y)
    with torch.no_grad():
        (folder / "digit.json").write_text(json.dumps(digit_data(linear, net, X, y)))
    (folder / "sweep.json").write_text(json.dumps(sweep_data(linear, X, y)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
