"""Every output stored in lessons/ is guarded: whatever part of it changes, the check says so."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode

from coursebuild.compare import compare_cell
from coursebuild.lesson import code_cells, read_notebook
from coursebuild.tolerance import Tolerance

LESSONS = sorted((Path(__file__).parents[2] / "lessons").glob("*.ipynb"))
WORD = re.compile(r"[A-Za-z]{3,}")
DECIMAL = re.compile(r"(?<![\w.,:+-])\d+\.\d+(?![\w.,:])")


def far(value: float, allowed: Tolerance) -> float:
    """A number that no tolerance of the cell reaches."""
    return value + 3 * (allowed.abs + allowed.rel * abs(value)) + 1


def changed_text(text: str, allowed: Tolerance) -> Iterator[tuple[str, str]]:
    """The text with another word, and with another number, where it has some."""
    if word := WORD.search(text):
        yield "a word", text[: word.start()] + "otherwise" + text[word.end() :]
    if number := DECIMAL.search(text):
        new = f"{far(float(number[0]), allowed):.6f}"
        yield "a number", text[: number.start()] + new + text[number.end() :]


def changed_json(value: Any, allowed: Tolerance) -> Iterator[tuple[str, Any]]:
    """The value with one leaf changed, dropped or added; of a list, the first and the last."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield f"without {key}", {k: v for k, v in value.items() if k != key}
            for what, new in changed_json(inner, allowed):
                yield f"{key}.{what}", {**value, key: new}
        yield "one key more", {**value, "more": 1}
    elif isinstance(value, list):
        yield "one item more", [*value, *value[-1:], 0]
        for i in sorted({0, len(value) - 1} & set(range(len(value)))):
            for what, new in changed_json(value[i], allowed):
                yield f"[{i}].{what}", [*value[:i], new, *value[i + 1 :]]
    elif isinstance(value, bool):
        yield "the contrary", not value
    elif isinstance(value, int | float):
        yield "a number", far(value, allowed)
    elif isinstance(value, str):
        yield "a text", f"{value} otherwise"


def changed_output(output: Any, allowed: Tolerance) -> Iterator[tuple[str, Any]]:
    if output.output_type == "stream":
        for what, text in changed_text(output.text, allowed):
            yield what, {**output, "text": text}
        yield "another stream", {**output, "name": {"stdout": "stderr"}.get(output.name, "stdout")}
    elif output.output_type == "error":
        yield "another error", {**output, "ename": "OtherError"}
        yield "another reason", {**output, "evalue": f"{output.evalue} otherwise"}
    else:
        for mime, value in output.data.items():
            change = changed_text if isinstance(value, str) else changed_json
            for what, new in change(value, allowed):
                yield f"{mime} {what}", {**output, "data": {**output.data, mime: new}}


def with_outputs(cell: NotebookNode, outputs: list[Any]) -> NotebookNode:
    """The cell, with these outputs and no others."""
    other = copy.copy(cell)
    other.outputs = [NotebookNode(output) for output in outputs]
    return other


def unseen(cell: NotebookNode, allowed: Tolerance) -> Iterator[str]:
    """What can change in a cell's outputs without the check saying so."""
    for i, output in enumerate(cell.outputs):
        rest = with_outputs(cell, [*cell.outputs[:i], *cell.outputs[i + 1 :]])
        if not compare_cell(cell, rest)[0]:
            yield f"output {i} is gone"
        alone = with_outputs(cell, [output])
        for what, new in changed_output(output, allowed):
            if not compare_cell(alone, with_outputs(cell, [new]))[0]:
                yield f"output {i}: {what}"


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_change_of_any_part_of_any_output_is_seen(lesson: Path) -> None:
    missed = []
    for cell in code_cells(read_notebook(lesson)):
        cell.execution_count = 1
        assert not compare_cell(cell, cell)[0], cell.id
        allowed = Tolerance.of(cell)
        if not allowed.skip:
            missed += [f"{cell.id}, {what}" for what in unseen(cell, allowed)]
    assert missed == []
