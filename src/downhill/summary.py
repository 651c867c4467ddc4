"""A figure by its content: numbers and texts that a test compares in place of pixels."""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LIMIT = 4000  # bytes as JSON
LEVELS = ((16, 4), (8, 4), (4, 2), (2, 0), (0, 0))  # (points of a line, blocks of an image's side)
TEXTS = 12  # texts of one set of axes


def of_figure(fig: "Figure", alt: str) -> dict[str, Any]:
    """{"alt", "axes": [...]} under 4 KB: with fewer samples, then fewer axes, where it is more."""
    for points, blocks in LEVELS:
        axes = [_axes(each, points, blocks) for each in fig.axes]
        described: dict[str, Any] = {"alt": alt.strip(), "axes": axes}
        if fig.get_suptitle():
            described["title"] = fig.get_suptitle()
        if size(described) <= LIMIT:
            return described
    # Hundreds of axes: what is left out still counts through its numbers' mean.
    while size(described) > LIMIT and axes:
        axes.pop()
        left = fig.axes[len(axes) :]
        described["more"] = {"axes": len(left), **_pooled(left)}
    return described


def of_animation(drawn: Sequence[dict[str, Any]], alt: str, seconds: float) -> dict[str, Any]:
    """{"alt", "frames", "seconds", "at": [...]}: the first, the middle and the last frame.

    drawn: of_figure() of each frame.
    """
    last = len(drawn) - 1
    at = [
        {"frame": i + 1, **{key: drawn[i][key] for key in drawn[i] if key != "alt"}}
        for i in sorted({0, last // 2, last})
    ]
    return {"alt": alt.strip(), "frames": len(drawn), "seconds": seconds, "at": at}


def size(described: dict[str, Any]) -> int:
    """Bytes as JSON."""
    return len(json.dumps(described, ensure_ascii=False).encode())


def _axes(axes: "Axes", points: int, blocks: int) -> dict[str, Any]:
    legend = axes.get_legend()
    texts = [text.get_text() for text in axes.texts]
    texts += [text.get_text() for text in legend.get_texts()] if legend else []
    bars, in_bars = _bars(axes, points)
    described = {
        "title": axes.get_title() or axes.get_title("left"),
        "xlabel": axes.get_xlabel(),
        "ylabel": axes.get_ylabel(),
        "lines": [_line(np.asarray(line.get_xydata(), float), points) for line in axes.lines],
        "images": [_image(image.get_array(), blocks) for image in axes.images],
        "bars": bars,
        "points": [],
        "texts": [text[:80] for text in texts[:TEXTS]],
    }
    others: dict[str, int] = {}
    for collection in axes.collections:
        kind = type(collection).__name__
        offsets = np.ma.filled(np.ma.asarray(collection.get_offsets(), float), np.nan)
        if kind == "PathCollection":
            described["points"].append(_points(offsets))
        elif kind in ("QuadMesh", "PolyQuadMesh"):
            described["images"].append(_image(collection.get_array(), blocks))
        elif outlines := [path.vertices for path in collection.get_paths() if len(path.vertices)]:
            # Filled areas, contours, stems: the box around each is enough to tell them apart.
            described["lines"].append({"kind": kind, **_line(np.concatenate(outlines), points)})
        else:
            others[kind] = others.get(kind, 0) + 1
    for patch in axes.patches:
        if id(patch) not in in_bars:
            kind = type(patch).__name__
            others[kind] = others.get(kind, 0) + 1
    if others:
        described["others"] = dict(sorted(others.items()))
    return described


def _line(xy: np.ndarray, points: int) -> dict[str, Any]:
    """xy: [n, 2] → what tells it from another curve."""
    if not len(xy):
        return {"n": 0}
    ys = xy[:, 1]
    described = {
        "n": len(xy),
        "first": _numbers(xy[0]),
        "last": _numbers(xy[-1]),
        **_spread(ys),
    }
    if points and len(xy) > 2:
        picked = np.unique(np.linspace(0, len(xy) - 1, points).round().astype(int))
        described["sample"] = _numbers(ys[picked])
    return described


def _image(values: Any, blocks: int) -> dict[str, Any]:
    """Shape, mean, standard deviation and means of blocks, row by row."""
    pixels = np.ma.filled(np.ma.asarray(values, float), np.nan)
    described = {"shape": list(pixels.shape), **_moments(pixels)}
    if blocks and pixels.ndim >= 2:
        rows = np.array_split(pixels, min(blocks, pixels.shape[0]), axis=0)
        means = [
            _mean(block)
            for row in rows
            for block in np.array_split(row, min(blocks, row.shape[1]), axis=1)
        ]
        described["blocks"] = _numbers(means)
    return described


def _bars(axes: "Axes", points: int) -> tuple[list[dict[str, Any]], set[int]]:
    """Heights (lengths where they lie) of bars and histograms; ids of their patches."""
    from matplotlib.container import BarContainer

    described, seen = [], set()
    for container in axes.containers:
        if not isinstance(container, BarContainer):
            continue
        seen |= {id(patch) for patch in container.patches}
        lying = getattr(container, "orientation", "vertical") == "horizontal"
        lengths = [p.get_width() if lying else p.get_height() for p in container.patches]
        one = {"n": len(lengths), **_spread(np.asarray(lengths, float))}
        if points:
            one["heights"] = _numbers(lengths[: 2 * points])
        described.append(one)
    return described, seen


def _points(offsets: np.ndarray) -> dict[str, Any]:
    """offsets: [n, 2]."""
    described: dict[str, Any] = {"n": len(offsets)}
    if len(offsets):
        described["mean"] = _numbers([_mean(column) for column in offsets.T])
        described["std"] = _numbers([_std(column) for column in offsets.T])
    return described


def _pooled(axes: "Iterable[Axes]") -> dict[str, Any]:
    images = [
        np.ma.filled(np.ma.asarray(i.get_array(), float), 0).ravel() for a in axes for i in a.images
    ]
    lines = [np.asarray(line.get_ydata(), float) for a in axes for line in a.lines]
    pooled = images + lines
    return _moments(np.concatenate(pooled)) if pooled else {}


def _spread(values: np.ndarray) -> dict[str, Any]:
    finite = values[np.isfinite(values)]
    if not len(finite):
        return {"min": None, "max": None, "mean": None}
    return {
        "min": _number(finite.min()),
        "max": _number(finite.max()),
        "mean": _number(finite.mean()),
    }


def _moments(values: np.ndarray) -> dict[str, Any]:
    return {"mean": _number(_mean(values)), "std": _number(_std(values))}


def _mean(values: np.ndarray) -> float:
    return _finite(values, np.mean)


def _std(values: np.ndarray) -> float:
    return _finite(values, np.std)


def _finite(values: np.ndarray, statistic: Callable[[np.ndarray], float]) -> float:
    finite = values[np.isfinite(values)]
    return float(statistic(finite)) if finite.size else float("nan")


def _numbers(values: Iterable[float]) -> list[float | None]:
    return [_number(value) for value in values]


def _number(value: float) -> float | None:
    """5 significant digits; None for what JSON cannot hold."""
    number = float(f"{float(value):.5g}")
    return number + 0.0 if np.isfinite(number) else None  # + 0.0: no negative zero
