from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from replaying import TRAPS, trap

from coursebuild.canonical import (
    DEMO,
    FIGURE,
    NOT_COMPARED,
    VIDEO,
    canonical,
    canonical_outputs,
    dumps,
    write,
)
from coursebuild.errors import CourseError

words = st.text("ab \r\n/.0-:\x1b[m<>…", max_size=20)
leaf = st.none() | st.booleans() | st.integers(-999, 999) | st.floats(allow_nan=True) | words
json_values = st.recursive(
    leaf,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)
arrays = st.fixed_dictionaries(
    {"dtype": st.just("int8"), "shape": st.lists(st.integers(1, 9), max_size=2), "base64": words}
)
streams = st.builds(
    lambda name, text: new_output("stream", name=name, text=text),
    st.sampled_from(["stdout", "stderr"]),
    words | st.lists(words, max_size=3),
)
errors = st.builds(
    lambda name, value: new_output("error", ename=name, evalue=value, traceback=["\x1b[0mx"]),
    words,
    words,
)
bundles = st.fixed_dictionaries(
    {},
    optional={
        "text/plain": words,
        "text/html": words,
        "image/png": st.just("AAAA"),
        VIDEO: st.just("AAAA"),
        "application/json": json_values,
        FIGURE: st.dictionaries(words, json_values, max_size=3),
        DEMO: st.fixed_dictionaries(
            {"demo": words, "data": st.dictionaries(words, arrays | json_values, max_size=3)}
        ),
    },
)
shown = st.builds(
    lambda kind, data: new_output(kind, data=data, metadata={"isolated": True}),
    st.sampled_from(["display_data", "execute_result"]),
    bundles,
)
cell_metadata = st.fixed_dictionaries(
    {},
    optional={
        "tags": st.lists(st.sampled_from(["check", "setup"]), max_size=1),
        "execution": st.just({"iopub.status.idle": "now"}),
        "scrolled": st.booleans(),
        "downhill": st.sampled_from([{}, {"tolerance": {"skip": True}}]),
    },
)
code = st.builds(
    lambda outputs, metadata, count: new_code_cell(
        "x", outputs=outputs, metadata=metadata, execution_count=count
    ),
    st.lists(streams | errors | shown, max_size=5),
    cell_metadata,
    st.none() | st.integers(1, 9),
)
notebooks = st.builds(
    lambda cells, metadata: new_notebook(cells=cells, metadata=metadata),
    st.lists(code | st.builds(new_markdown_cell, words), max_size=4),
    st.fixed_dictionaries(
        {},
        optional={
            "language_info": st.sampled_from([{"name": "python", "version": "3.12.1"}]),
            "downhill": st.just({"title": "t", "provenance": {"commit": "abc"}}),
            "widgets": st.just({"state": {}}),
        },
    ),
)


@given(notebooks)
def test_canonical_notebook_stays_as_it_is(notebook: NotebookNode) -> None:
    once = canonical(notebook)
    assert dumps(canonical(once)) == dumps(once)


@given(notebooks)
def test_argument_is_left_alone(notebook: NotebookNode) -> None:
    before = copy.deepcopy(notebook)
    canonical(notebook)
    assert repr(notebook) == repr(before)


@pytest.mark.parametrize("path", sorted(TRAPS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_stored_notebook_survives_reading_and_writing(path: Path, tmp_path: Path) -> None:
    """Byte for byte: so git shows a diff only where something was accepted."""
    notebook = trap(path.stem)
    if path.stem == "states_a_tolerance_that_means_nothing":
        with pytest.raises(CourseError):
            canonical(notebook)
        return
    write(canonical(notebook), tmp_path / "again.ipynb")
    assert (tmp_path / "again.ipynb").read_bytes() == path.read_bytes()


def one(output: Any) -> Any:
    [plain] = canonical_outputs([output])
    return plain


def data(**bundle: Any) -> NotebookNode:
    return new_output("display_data", data=bundle.pop("bundle", bundle))


def test_pictures_go_and_their_summaries_stay() -> None:
    bundle = {"image/png": "AAAA", FIGURE: {"alt": "a line", "max": 1 / 3}, "text/plain": "Figure"}
    assert one(data(bundle=bundle)).data == {
        FIGURE: {"alt": "a line", "max": 0.333333},
        "text/plain": "Figure",
    }


def test_of_an_animation_only_its_summary_stays() -> None:
    summary = {"alt": "a line", "frames": 3, "seconds": 0.3, "at": [{"frame": 1, "axes": []}]}
    bundle = {
        "image/png": "AAAA",
        VIDEO: "AAAA",
        "text/html": '<video src="data:video/mp4;base64,AAAA"></video>',
        FIGURE: summary,
        "text/plain": "Animation",
    }
    assert one(data(bundle=bundle)).data == {FIGURE: summary, "text/plain": "Animation"}


def test_picture_alone_leaves_a_word_so_that_the_cell_does_not_look_stripped() -> None:
    assert one(data(bundle={"image/png": "AAAA"})).data == {"text/plain": "(picture)"}


def test_demo_counts_records_and_says_of_each_field_what_it_may_be() -> None:
    mistakes = [
        {"name": "pug_1.jpg", "loss": 2.5, "thumb": 0, "at": [3, 4]},
        {"name": "beagle_7.jpg", "loss": 1.5, "thumb": None, "at": [5, 6]},
    ]
    demo = {"demo": "confusion", "alt": "a", "data": {"mistakes": mistakes}}
    assert one(data(bundle={DEMO: demo})).data[DEMO]["outline"] == {
        "mistakes": 2,
        "mistakes[].name": "text",
        "mistakes[].loss": "number",
        "mistakes[].thumb": "None or number",
        "mistakes[].at": "list of 2",
    }


def test_demo_keeps_names_and_shapes_but_no_numbers() -> None:
    packed = {"dtype": "int8", "shape": [30, 784], "scale": 0.1, "base64": "A" * 31_360}
    demo = {
        "demo": "draw-a-digit",
        "alt": "draw",
        "data": {
            "w": packed,
            "layers": [packed, {"bias": 0.5}],
            "names": ["three", "seven"],
            "title": "Digits",
            "raw": "A" * 999,
            "relu": True,
        },
    }
    assert one(data(bundle={DEMO: demo})).data[DEMO] == {
        "demo": "draw-a-digit",
        "alt": "draw",
        "outline": {
            "w": "int8 [30, 784]",
            "layers[0]": "int8 [30, 784]",
            "layers[1].bias": "number",
            "names": "list of 2",
            "title": "Digits",
            "raw": "text of 999 characters",
            "relu": "True",
        },
    }


def test_streams_that_race_come_in_one_order() -> None:
    out = [new_output("stream", name="stdout", text=text) for text in ("a\n", "b\n")]
    err = [new_output("stream", name="stderr", text=text) for text in ("c\n", "d\n")]
    for row in ([*out, *err], [*err, *out], [err[0], out[0], err[1], out[1]]):
        assert [x.text for x in canonical_outputs(row)] == ["a\nb\n", "c\nd\n"]


def test_output_between_prints_stays_between_them() -> None:
    text = new_output("stream", name="stdout", text="a")
    row = canonical_outputs([text, data(bundle={"text/plain": "1"}), text])
    assert [x.output_type for x in row] == ["stream", "display_data", "stream"]


def test_stream_that_a_bar_left_empty_goes() -> None:
    assert canonical_outputs([new_output("stream", name="stderr", text="50 %\r\r")])[0].text
    assert canonical_outputs([new_output("stream", name="stderr", text="")]) == []


def test_traceback_shrinks_to_the_line_that_says_what_happened() -> None:
    error = new_output(
        "error", ename="ValueError", evalue="no", traceback=["\x1b[31m/home/a/b/c.py\x1b[0m", "x"]
    )
    assert one(error).traceback == ["ValueError: no"]


def test_cell_that_is_not_compared_keeps_a_word_of_it() -> None:
    cell = new_code_cell("x", metadata={"downhill": {"tolerance": {"skip": True}}})
    cell.outputs = [new_output("stream", name="stdout", text="3.1 s")]
    [plain] = canonical(new_notebook(cells=[cell])).cells[0].outputs
    assert plain.text == NOT_COMPARED


def test_nothing_of_the_run_or_the_machine_stays() -> None:
    cell = new_code_cell(
        "x",
        execution_count=3,
        metadata={"execution": {}, "scrolled": True, "tags": ["check"], "jupyter": {}},
        outputs=[new_output("execute_result", data={"text/plain": "1"}, execution_count=3)],
    )
    notebook = new_notebook(
        cells=[cell],
        metadata={
            "kernelspec": {"name": "ada-env", "display_name": "Ada", "language": "python"},
            "language_info": {"name": "python", "version": "3.12.1"},
            "downhill": {"title": "t", "provenance": {"commit": "abc"}},
            "widgets": {},
        },
    )
    plain = canonical(notebook)
    assert plain.metadata == {
        "kernelspec": {
            "name": "python3",
            "display_name": "Python 3 (ipykernel)",
            "language": "python",
        },
        "language_info": {"name": "python"},
        "downhill": {"title": "t"},
    }
    assert plain.cells[0].id == cell.id
    assert plain.cells[0].metadata == {"tags": ["check"]}
    assert plain.cells[0].execution_count is None
    assert plain.cells[0].outputs[0].execution_count is None


def test_old_notebook_gets_ids_that_do_not_change() -> None:
    old = nbformat.from_dict(
        {
            "nbformat": 4,
            "nbformat_minor": 4,
            "metadata": {"language_info": {"name": "julia"}},
            "cells": [{"cell_type": "markdown", "metadata": {"tags": []}, "source": "# A"}],
        }
    )
    plain = canonical(old)
    assert (plain.cells[0].id, plain.cells[0].metadata) == ("cell-1", {})
    assert plain.metadata == {"language_info": {"name": "julia"}}
    nbformat.validate(plain)


def test_numbers_that_json_cannot_hold_become_words() -> None:
    assert one(data(bundle={"application/json": [float("nan"), float("inf"), 2]})).data == {
        "application/json": ["nan", "inf", 2]
    }


def test_file_ends_with_one_newline_and_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    path.write_text("old")
    write(canonical(new_notebook()), path)
    assert path.read_text().endswith("}\n")
    assert [p.name for p in tmp_path.iterdir()] == ["a.ipynb"]
