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


def quantize(
    tensor: "torch.Tensor", *, per_row: bool = True
) -> tuple["torch.Tensor", "torch.Tensor"]:
    """Symmetric 8-bit: tensor ≈ int8 × scale. → (int8 of the same shape, float32 scale).

    per_row: one scale for each index of the first dimension (scale [rows, 1, …]: it broadcasts);
    else one for the whole tensor (scale []). The error is at most scale / 2.
    """
    import torch

    values = tensor.detach().to("cpu", torch.float32)
    if not torch.isfinite(values).all():
        raise DownhillError("Cannot quantize NaN or infinity", f"tensor {list(values.shape)}")
    if per_row and values.ndim > 1:
        largest = values.abs().amax(dim=tuple(range(1, values.ndim)), keepdim=True)
    else:
        largest = values.abs().max()
    # A row of zeros has any scale; below the smallest normal number, division loses its digits.
    scale = torch.where(largest > 1e-30, largest / 127, torch.ones_like(largest))
    return (values / scale).round().clamp(-127, 127).to(torch.int8), scale


def pack(array: Any, scale: Any = None) -> dict[str, Any]:
    """An array for JSON: {"dtype", "shape", "base64"} (little-endian, row by row) and "scale".

    array: NumPy or torch, of float32, (u)int8/16/32 or bool; float64 goes as float32 and int64 as
    int32. scale: of quantize(): one number, or a list of one per row.
    """
    import numpy as np

    values = _numpy(array)
    smaller = {"float64": "float32", "int64": "int32", "bool": "uint8"}
    dtype = smaller.get(values.dtype.name, values.dtype.name)
    kinds = ("float32", "int8", "uint8", "int16", "uint16", "int32", "uint32")
    if dtype not in kinds:
        raise DownhillError(f"Cannot pack {values.dtype.name}", do=f"use one of {', '.join(kinds)}")
    if values.dtype.name == "int64" and values.size and np.abs(values).max() >= 2**31:
        raise DownhillError("Cannot pack int64 beyond 32 bits", do="JavaScript has no such arrays")
    little = np.ascontiguousarray(values).astype(np.dtype(dtype).newbyteorder("<"))
    packed = {
        "dtype": dtype,
        "shape": list(values.shape),
        "base64": base64.b64encode(little.tobytes()).decode(),
    }
    if scale is not None:
        factors = _numpy(scale)
        # 9 significant digits give back exactly the same float32.
        numbers = [float(f"{float(factor):.9g}") for factor in factors.ravel()]
        packed["scale"] = numbers[0] if factors.ndim == 0 else numbers
    return packed


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
    picture = plot.png(figure)
    plt.close(figure)
    publish({DEMO: bundle, "image/png": picture, "text/plain": f"Demo {name}: {alt.strip()}"})


def _numpy(array: Any) -> Any:
    import numpy as np

    if hasattr(array, "detach"):
        array = array.detach().cpu().numpy()
    return np.asarray(array)


def _packed(value: Any) -> Any:
    """The value with every array in it packed; scalars of NumPy and torch as numbers."""
    if isinstance(value, dict):
        return {key: _packed(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_packed(item) for item in value]
    if hasattr(value, "dtype") and hasattr(value, "shape"):
        return value.item() if tuple(value.shape) == () else pack(value)
    return value
