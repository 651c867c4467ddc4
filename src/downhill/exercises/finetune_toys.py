"""Small models and batches for the checks of lesson 04, in float64 so that slips stand apart."""

import torch
from torch import Tensor, nn

Batches = list[tuple[Tensor, Tensor]]


def model(seed: int = 0) -> nn.Sequential:
    """Sequential(body, head): x [n, 4] float64 → logits [n, 3]; BatchNorm in both halves of it."""
    torch.manual_seed(seed)
    body = nn.Sequential(
        nn.Linear(4, 6), nn.BatchNorm1d(6), nn.ReLU(), nn.Linear(6, 5), nn.BatchNorm1d(5)
    )
    return nn.Sequential(body, nn.Sequential(nn.ReLU(), nn.Linear(5, 3))).double()


def groups_of(model: nn.Sequential, n: int = 3) -> list[nn.Module]:
    """The layers of model() in 3 groups, or in 4."""
    body, head = model
    if n == 4:
        return [body[:1], body[1:3], body[3:], head]
    return [body[:2], body[2:], head]


def batches(n: int, seed: int = 0) -> Batches:
    """n batches of 8: x [8, 4] float64, y [8] int64."""
    torch.manual_seed(100 + seed)
    x = torch.randn(n, 8, 4, dtype=torch.float64)
    return list(zip(x, (x[..., 0] > 0).long() + (x[..., 1] > 0).long(), strict=True))
