from __future__ import annotations

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from coursebuild.canonical import dumps
from coursebuild.student import student


def lesson() -> NotebookNode:
    secret = new_output("stream", name="stdout", text="the secret answer is 42")
    return new_notebook(
        metadata={"downhill": {"title": "t", "provenance": {"commit": "abc"}}},
        cells=[
            new_markdown_cell("# Exercise", id="prompt"),
            new_code_cell("def answer(): ...", id="stub", metadata={"tags": ["exercise"]}),
            new_markdown_cell("Think of secret_one.", id="why", metadata={"tags": ["solution"]}),
            new_code_cell(
                "def answer(): return secret_two",
                id="solved",
                metadata={"tags": ["solution", "hide-output"]},
            ),
            new_code_cell(
                "check('01.E1', answer)",
                id="check",
                metadata={"tags": ["check"]},
                execution_count=4,
                outputs=[secret],
            ),
        ],
    )


def test_no_text_of_a_solution_remains() -> None:
    assert "secret" not in dumps(student(lesson()))


def test_stub_and_check_remain_with_their_tags() -> None:
    cells = {cell.id: cell for cell in student(lesson()).cells}
    assert list(cells) == ["prompt", "stub", "check"]
    assert cells["check"].source == "check('01.E1', answer)"
    assert cells["check"].metadata.tags == ["check"]


def test_outputs_and_traces_of_the_run_are_gone() -> None:
    nb = student(lesson())
    assert all(not cell.get("outputs") for cell in nb.cells)
    assert all(cell.get("execution_count") is None for cell in nb.cells)
    assert "provenance" not in nb.metadata.downhill


def test_student_version_is_a_valid_notebook_and_the_lesson_stays_whole() -> None:
    original = lesson()
    nbformat.validate(student(original))
    assert len(original.cells) == 5
    assert original.cells[-1].outputs
