"""The form in which a lesson is stored: outputs as text, nothing that changes by itself.

Pictures and videos are left out (their numeric summaries stay), and so are execution counts,
timings and versions. So a stored lesson is small, and a git diff of it shows what has changed.
"""

from __future__ import annotations

import copy
import math
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from .files import write_atomic
from .lesson import code_cells
from .noise import quiet
from .tolerance import Tolerance

CLAIM = "application/vnd.downhill.claim+json"
FIGURE = "application/vnd.downhill.figure+json"
DEMO = "application/vnd.downhill.demo+json"
EXERCISE = "application/vnd.downhill.exercise+json"
VIDEO = "video/mp4"

KEPT = ("text/", "application/vnd.downhill.")  # of a bundle, besides application/json
PASSING_METADATA = ("widgets", "papermill", "execution", "colab", "vscode", "varInspector")
PASSING_CELL_METADATA = (
    *PASSING_METADATA,
    "ExecuteTime",
    "collapsed",
    "scrolled",
    "jupyter",
    "outputId",
    "executionInfo",
    "id",
)
NOT_COMPARED = "(not compared: this changes from run to run)\n"
LONG_TEXT = 200  # a longer string in a demo's data is packed numbers


def canonical(notebook: NotebookNode) -> NotebookNode:
    """A copy in the stored form. A notebook in that form stays as it is."""
    nb = copy.deepcopy(notebook)
    nb.metadata = _notebook_metadata(nb.metadata)
    for number, cell in enumerate(nb.cells, start=1):
        cell.setdefault("id", f"cell-{number}")
        for key in PASSING_CELL_METADATA:
            cell.metadata.pop(key, None)
        if not cell.metadata.get("tags", True):
            del cell.metadata["tags"]
        if "warnings" in cell.metadata.get("downhill", {}):  # of a run, like the provenance
            own = {k: v for k, v in cell.metadata.downhill.items() if k != "warnings"}
            cell.metadata.pop("downhill")
            cell.metadata.update({"downhill": NotebookNode(own)} if own else {})
    for cell in code_cells(nb):
        cell.execution_count = None
        cell.outputs = canonical_outputs(cell.get("outputs", []), Tolerance.of(cell))
    nb.nbformat, nb.nbformat_minor = 4, 5
    return nb


def dumps(notebook: NotebookNode) -> str:
    """The notebook as text: keys in order, one more newline at the end."""
    text: str = nbformat.writes(notebook, version=nbformat.NO_CONVERT)
    return text.rstrip("\n") + "\n"


def write(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook so that nobody ever sees half of it. Raises CourseError where it cannot."""
    write_atomic(path, dumps(notebook))


def canonical_outputs(outputs: list[Any], allowed: Tolerance | None = None) -> list[NotebookNode]:
    """A cell's outputs in the stored form; one line stands for those that are not compared."""
    if outputs and allowed is not None and allowed.skip:
        return [NotebookNode(output_type="stream", name="stdout", text=NOT_COMPARED)]
    plain = (_output(output) for output in _joined_streams(outputs))
    return [output for output in plain if output is not None]


def _joined_streams(outputs: list[Any]) -> list[NotebookNode]:
    """Chunks of a stream that follow each other as one.

    stdout and stderr race each other: of a row of both, stdout comes first.
    """
    joined: list[NotebookNode] = []
    row: dict[str, str] = {}

    def flush() -> None:
        for name in sorted(row, key=lambda name: (name != "stdout", name)):
            joined.append(NotebookNode(output_type="stream", name=name, text=row[name]))
        row.clear()

    for output in outputs:
        if output["output_type"] == "stream":
            row[output["name"]] = row.get(output["name"], "") + _text(output["text"])
        else:
            flush()
            joined.append(output)
    flush()
    return joined


def _output(output: Any) -> NotebookNode | None:
    kind = output["output_type"]
    if kind == "stream":
        text = quiet(_text(output["text"]))
        return NotebookNode(output_type=kind, name=output["name"], text=text) if text else None
    if kind == "error":
        name, value = output["ename"], quiet(_text(output["evalue"]))
        return NotebookNode(
            output_type=kind, ename=name, evalue=value, traceback=[f"{name}: {value}".rstrip()]
        )
    data = NotebookNode()
    for mime, value in output["data"].items():
        if mime == "text/html" and VIDEO in output["data"]:
            continue  # the same video once more, as Jupyter shows it
        if mime == DEMO:
            data[mime] = _json(_outline(value))
        elif mime == "application/json" or (mime.startswith(KEPT) and mime.endswith("json")):
            data[mime] = _json(value)
        elif mime.startswith(KEPT):
            data[mime] = quiet(_text(value), html=mime == "text/html")
    if not data:  # a picture alone: that there was one is a fact to keep
        data["text/plain"] = "(picture)"
    fields: dict[str, Any] = {"output_type": kind, "metadata": NotebookNode(), "data": data}
    if kind == "execute_result":
        fields["execution_count"] = None
    return NotebookNode(fields)


def _outline(bundle: dict[str, Any]) -> dict[str, Any]:
    """A demo without its numbers, which come out a little different in each training."""
    if "data" not in bundle:
        return bundle
    kept: dict[str, Any] = {key: bundle[key] for key in ("demo", "alt") if key in bundle}
    return {**kept, "outline": dict(sorted(_leaves(bundle["data"])))}


def _leaves(value: Any, at: str = "") -> list[tuple[str, str | int]]:
    """Name and description of each thing in a demo's data: `w1.packed`, `int8 [30, 784]`.

    Of a list of records: how many, as a number, and of each field what it may be.
    """
    if isinstance(value, dict) and {"dtype", "shape"} <= set(value):
        return [(at, f"{value['dtype']} {list(value['shape'])}")]
    if isinstance(value, dict):
        return [x for key in value for x in _leaves(value[key], f"{at}.{key}" if at else key)]
    if isinstance(value, list) and value and all(_is_record(item) for item in value):
        fields: dict[str, set[str]] = {}
        for item in value:
            for name, what in _leaves(item, f"{at}[]"):
                known = isinstance(item.get(name.rpartition(".")[2]), str)
                fields.setdefault(name, set()).add("text" if known else str(what))
        return [(at, len(value)), *((name, " or ".join(sorted(w))) for name, w in fields.items())]
    if isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        return [x for i, item in enumerate(value) for x in _leaves(item, f"{at}[{i}]")]
    if isinstance(value, list):
        return [(at, f"list of {len(value)}")]
    if isinstance(value, str):
        return [(at, value if len(value) <= LONG_TEXT else f"text of {len(value)} characters")]
    if isinstance(value, bool) or value is None:
        return [(at, str(value))]
    return [(at, "number")]


def _is_record(item: Any) -> bool:
    return isinstance(item, dict) and not {"dtype", "shape"} <= set(item)


def _json(value: Any) -> Any:
    """JSON with six digits to a number and quiet strings."""
    if isinstance(value, dict):
        return NotebookNode({key: _json(item) for key, item in value.items()})
    if isinstance(value, list):
        return [_json(item) for item in value]
    if isinstance(value, str):
        return quiet(value)
    if isinstance(value, float):
        return float(f"{value:.6g}") if math.isfinite(value) else str(value)
    return value


def _text(value: str | list[str]) -> str:
    """nbformat allows a text to be a list of lines."""
    return value if isinstance(value, str) else "".join(value)


def _notebook_metadata(given: NotebookNode) -> NotebookNode:
    metadata = NotebookNode({k: v for k, v in given.items() if k not in PASSING_METADATA})
    language = metadata.get("language_info", {}).get("name", "python")
    if language == "python":  # a kernel of somebody's own environment runs nowhere else
        metadata.kernelspec = NotebookNode(
            display_name="Python 3 (ipykernel)", language="python", name="python3"
        )
    metadata.language_info = NotebookNode(name=language)
    if "downhill" in metadata:
        metadata.downhill = NotebookNode(metadata.downhill)
        metadata.downhill.pop("provenance", None)
    return metadata
