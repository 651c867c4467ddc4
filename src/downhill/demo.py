"""Demos: what a widget on the page needs, taken from this very run."""

import base64
import gzip
import json
from typing import TYPE_CHECKING, Any

from downhill import plot
from downhill.errors import DownhillError
from downhill.mime import DEMO, publish

if TYPE_CHECKING:
    import torch
    from matplotlib.figure import Figure

LIMIT = 40 * 1024  # bytes, gzipped: what a page may weigh for a demo
KINDS = ("float32", "int8", "uint8", "int32")  # what docs/demos/packed.js reads


def quantize(
    tensor: "torch.Tensor", *, per_row: bool = True
) -> tuple["torch.Tensor", "torch.Tensor"]:
    """Symmetric 8-bit: tensor ≈ int8 × scale. → (int8 of the same shape, float32 scale).

    per_row: one scale for each index of the first dimension, [rows, 1, …]; a vector, or any
    tensor with per_row=False, has one scale, [1, …]. The error is at most scale / 2.
    """
    import torch

    values = tensor.detach().to("cpu", torch.float32)
    if values.numel() == 0 or not torch.isfinite(values).all():
        raise DownhillError(
            "Cannot quantize a tensor that is empty or has NaN or infinity in it",
            f"tensor {list(values.shape)}",
        )
    shared = range(1 if per_row and values.ndim > 1 else 0, values.ndim)
    largest = values.abs().amax(dim=tuple(shared), keepdim=True)
    # Zeros have any scale; below the smallest normal number, division loses its digits.
    scale = torch.where(largest > 1e-30, largest / 127, torch.ones_like(largest))
    return (values / scale).round().clamp(-127, 127).to(torch.int8), scale


def pack(array: Any) -> dict[str, Any]:
    """An array for JSON: {"dtype", "shape", "base64"}, little-endian, row by row.

    array: NumPy or torch, of float32, int8, uint8 or int32; float64 goes as float32, int64
    as int32, bool as uint8.
    """
    import numpy as np

    if hasattr(array, "detach"):
        array = array.detach().cpu().numpy()
    values = np.asarray(array)
    smaller = {"float64": "float32", "int64": "int32", "bool": "uint8"}
    dtype = smaller.get(values.dtype.name, values.dtype.name)
    if dtype not in KINDS:
        raise DownhillError(f"Cannot pack {values.dtype.name}", do=f"use one of {', '.join(KINDS)}")
    if values.dtype.name == "int64" and values.size and np.abs(values).max() >= 2**31:
        raise DownhillError(
            "Cannot pack int64 beyond 32 bits",
            do="make it float32 or smaller: the page has no such arrays",
        )
    little = np.ascontiguousarray(values).astype(np.dtype(dtype).newbyteorder("<"))
    return {
        "dtype": dtype,
        "shape": list(values.shape),
        "base64": base64.b64encode(little.tobytes()).decode(),
    }


def demo(name: str, data: dict[str, Any], alt: str, still: "Figure | None" = None) -> None:
    """Put the demo `name` on the page with its data; arrays and tensors in it are packed.

    alt: what it shows, for those who cannot see it. still: the picture where scripts are off
    (default: the current figure). At most 40 KB gzipped.
    """
    import matplotlib.pyplot as plt

    if len(alt.strip()) < plot.MIN_ALT:
        raise DownhillError(
            f"The text alternative {alt!r} does not describe the demo", f"demo({name!r})"
        )
    bundle = {"demo": name, "alt": alt.strip(), "data": _packed(data)}
    weight = len(gzip.compress(json.dumps(bundle).encode(), mtime=0))
    if weight > LIMIT:
        raise DownhillError(
            f"The data weigh {weight / 1024:.1f} KB gzipped, {LIMIT // 1024} KB at most",
            f"demo({name!r})",
            "quantize() the weights, or send fewer pictures",
        )
    figure = still if still is not None else plt.gcf()
    drawn = plot.pictures(figure)
    plt.close(figure)
    publish({DEMO: bundle, **drawn, "text/plain": f"Demo {name}: {alt.strip()}"})


def _packed(value: Any) -> Any:
    """The value with every array in it packed; scalars of NumPy and torch as numbers."""
    if isinstance(value, dict):
        return {key: _packed(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_packed(item) for item in value]
    if hasattr(value, "dtype") and hasattr(value, "shape"):
        return value.item() if tuple(value.shape) == () else pack(value)
    return value
