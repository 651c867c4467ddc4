"""Each lesson without its solutions: it runs to its first stub, and its stubs are met by a hint.

A student notebook is its lesson up to the first stub, cell by cell, so the lesson's run is its
run. That a run says what is stored is proved by `course check`; here the stored form is read.
"""

from __future__ import annotations

import ast
import builtins
import dis
import re
from collections.abc import Iterator
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
import torch
import torch.nn.functional as F  # noqa: N812 - as in the lessons
from fastai.callback.core import Callback
from fastai.learner import Learner
from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode
from torch import nn

from coursebuild.canonical import EXERCISE
from coursebuild.lesson import code_cells, read_notebook, tags
from coursebuild.lint.form import TAGS
from coursebuild.student import student
from downhill.autograd import Value
from downhill.exercises import finetune_learners, grade, known

LESSONS = {path.stem: read_notebook(path) for path in sorted(Path("lessons").glob("*.ipynb"))}


@pytest.fixture(params=LESSONS, ids=str)
def lesson(request: pytest.FixtureRequest) -> NotebookNode:
    return LESSONS[request.param]


def first_stub(notebook: NotebookNode) -> int:
    """Position of the first exercise among the code cells."""
    marks = ["exercise" in tags(cell) for cell in code_cells(notebook)]
    assert any(marks), "the lesson has no exercise"
    return marks.index(True)


def test_student_notebook_runs_to_its_first_stub(lesson: NotebookNode) -> None:
    whole, given = code_cells(lesson), code_cells(student(lesson))
    end = first_stub(lesson) + 1
    assert [cell.source for cell in given[:end]] == [cell.source for cell in whole[:end]]
    for cell in whole[:end]:
        raised = [output for output in cell.outputs if output.output_type == "error"]
        assert not raised or "raises-exception" in tags(cell), cell.id


def test_every_solution_passes_its_check_at_the_end(lesson: NotebookNode) -> None:
    waiting = ""
    for cell in code_cells(lesson):
        if "exercise" in tags(cell):
            assert not waiting, f"{waiting} has no check"
            waiting, solved = cell.id, False
        elif "solution" in tags(cell):
            solved = True
        elif "check" in tags(cell):
            assert solved, f"{waiting} has no solution"
            verdicts = [o.data[EXERCISE] for o in cell.outputs if EXERCISE in o.get("data", {})]
            assert [verdict["passed"] for verdict in verdicts] == [True], cell.id
            waiting = ""
    assert not waiting, f"{waiting} has no check"


def test_every_tag_is_documented(lesson: NotebookNode) -> None:
    table = Path("CONTRIBUTING.md").read_text().split("### Tags of cells", 1)[1].split("\n\n")[1]
    documented = set(re.findall(r"^\| `([a-z-]+)` ", table, re.MULTILINE))
    assert documented == TAGS
    assert {tag for cell in lesson.cells for tag in tags(cell)} <= documented


def code_objects(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from code_objects(constant)


def global_names(source: str) -> tuple[set[str], set[str], set[str]]:
    """(names that a cell needs when it runs, that its functions need when called, that it binds)"""
    top = compile(TransformerManager().transform_cell(source), "cell", "exec")
    now, later, bound = set(), set(), set()
    for code in code_objects(top):
        own = set()  # of a class that is being made
        for step in dis.get_instructions(code):
            if step.opname in ("STORE_NAME", "STORE_GLOBAL"):
                (bound if code is top else own).add(step.argval)
            elif step.opname in ("LOAD_NAME", "LOAD_GLOBAL") and step.argval not in own:
                (now if code is top else later).add(step.argval)
    return now - bound, later - bound, bound


def test_no_cell_of_a_student_notebook_needs_a_solution(lesson: NotebookNode) -> None:
    there = {*dir(builtins), "display", "get_ipython", "__name__"}
    waiting = set()
    for cell in code_cells(student(lesson)):
        now, later, bound = global_names(cell.source)
        assert now <= there, f"cell {cell.id} needs {', '.join(now - there)}"
        waiting |= later
        there |= bound
    assert waiting <= there, f"functions need {', '.join(waiting - there)}"


def test_a_name_of_a_solution_is_noticed() -> None:
    assert global_names("def f(x):\n    return x + secret") == (set(), {"secret"}, {"f"})
    assert global_names("import torch\n[torch for _ in y]") == ({"y"}, set(), {"torch"})


# --- what a learner sees who runs the check of a stub


def exercises() -> Iterator[tuple[str, str, list[ast.expr]]]:
    """(name, source of its stub, what its check is called with) of each exercise."""
    for notebook in LESSONS.values():
        stub = ""
        for cell in code_cells(notebook):
            if "exercise" in tags(cell):
                stub = cell.source
            elif "check" in tags(cell):
                call = ast.parse(cell.source).body[-1].value  # type: ignore[attr-defined]
                yield call.args[0].value, stub, call.args[1:]


def head_learner(seed: int) -> Learner:
    data = [(torch.zeros(2, 4), torch.tensor([0, 1]))]
    return finetune_learners.learner(nn.Linear(4, 2), data, lambda model: [model])


# What a cell finds from the cells before it, as far as a check looks at it before the stub.
FOUND: dict[str, Any] = {
    **{"torch": torch, "nn": nn, "F": F, "Callback": Callback, "Value": Value},
    **{"head_learner": head_learner, "ten_valid_x": torch.zeros(4, 28, 28)},
}

EXERCISES = {name: (stub, arguments) for name, stub, arguments in exercises()}


def test_lessons_and_checks_have_the_same_exercises() -> None:
    assert sorted(EXERCISES) == known()


@pytest.mark.parametrize("name", EXERCISES)
def test_the_stub_as_it_stands_is_told_that_it_is_one(name: str) -> None:
    stub, arguments = EXERCISES[name]
    names = dict(FOUND)
    exec(compile(stub, "stub", "exec"), names)
    values = [names.get(a.id) if isinstance(a, ast.Name) else None for a in arguments]
    verdict = grade(name, *values)
    assert not verdict.passed
    assert any(word in str(verdict.hint) for word in ("stub", "no answer yet", "still open"))
