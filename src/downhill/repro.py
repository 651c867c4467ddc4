"""Seeds, the device, and how sure a rate is."""

import os
import random
from statistics import NormalDist
from typing import TYPE_CHECKING

from downhill import profiles
from downhill.errors import DownhillError

if TYPE_CHECKING:
    import torch

NO_GPU = "DOWNHILL_NO_GPU"  # set by the course's build for lessons that declare no GPU


def set_seed(seed: int) -> None:
    """Seed Python, NumPy and torch (every device), and ask cuDNN for repeatable kernels."""
    import numpy as np
    import torch

    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)
    torch.backends.cudnn.deterministic = True
    torch.backends.cudnn.benchmark = False


def default_device() -> "torch.device":
    """The device of the current profile. Never another one in silence: no GPU is an error.

    A lesson that does not declare a GPU gets the CPU from the course's build, in every profile.
    """
    import torch

    profile = profiles.current()
    if os.environ.get(NO_GPU):
        return torch.device("cpu")
    if profile.device == "cuda" and not torch.cuda.is_available():
        raise DownhillError(
            "No CUDA device",
            f"profile {profile.name}",
            "use a machine with an NVIDIA GPU and its driver, or set "
            f"{profiles.VARIABLE}=cpu (the same data on the CPU)",
        )
    return torch.device(profile.device)


def wilson_interval(k: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Interval for a rate of k successes in n trials, as fractions (Wilson's score, 1927).

    Unlike p ± z·√(p(1-p)/n) it stays inside 0..1 and is not empty at k = 0 or k = n.
    """
    k, n = int(k), int(n)
    if not 0 <= k <= n or n == 0:
        raise ValueError(f"need 0 <= k <= n and n > 0, got k={k}, n={n}")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, got {confidence}")
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    p = k / n
    center = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * (p * (1 - p) / n + z**2 / (4 * n**2)) ** 0.5
    # At the ends the exact bounds are 0 and 1; rounding must not step over them or over p.
    return max(0.0, min(center - half, p)), min(1.0, max(center + half, p))


def rate(k: int, n: int, confidence: float = 0.95) -> str:
    """A rate with its n and interval: "95.1 % (1,939 of 2,038; 95 % interval 94.1–96.0 %)"."""
    low, high = wilson_interval(k, n, confidence)
    k, n = int(k), int(n)
    return (
        f"{k / n:.1%} ({k:,} of {n:,}; {confidence:.0%} interval {low * 100:.1f}–{high:.1%})"
    ).replace("%", " %")
