"""Deprecations and FutureWarnings of a run are kept, cell by cell, and nothing more is shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

from coursebuild import deprecations
from coursebuild.accept import accepted
from coursebuild.canonical import canonical, dumps
from coursebuild.check import check
from coursebuild.compare import differences
from coursebuild.course import Course
from coursebuild.findings import section, write_findings
from coursebuild.job import Failure
from coursebuild.lesson import Lesson, code_cells
from coursebuild.report import warnings
from coursebuild.run import Run

MakeLesson = Callable[..., Lesson]
RunLesson = Callable[..., Run]

LIBRARY = """\
import warnings

def old(kind, level=1):
    warnings.warn("old() goes away", kind, stacklevel=level)
"""
ALARM = "import warnings\nwarnings.warn('soon', {}, stacklevel=1)"


def news(run: Run) -> list[tuple[str, str, str, int]]:
    assert run.notebook is not None, run.failure
    found = deprecations.of(run.notebook)
    assert found is not None
    return [(w["cell"], w["category"], w["where"], w["line"]) for w in found]


def shown(run: Run) -> list[str]:
    assert run.notebook is not None
    return ["".join(o.get("text", "") for o in cell.outputs) for cell in code_cells(run.notebook)]


def test_a_warning_is_kept_with_its_cell_and_survives_the_cache(
    make_lesson: MakeLesson, run: RunLesson
) -> None:
    lesson = make_lesson("1", "", ALARM.format("FutureWarning"), ALARM.format("UserWarning"))
    first = run(lesson)
    assert news(first) == [("c2", "FutureWarning", "cell", 2)]
    again = run(lesson)
    assert again.state == "cached"
    assert news(again) == news(first)
    assert again.notebook is not None
    assert [w["text"] for w in deprecations.of_cell(again.notebook.cells[2])] == ["soon"]
    assert "FutureWarning: soon" in shown(first)[2]


def test_a_deprecation_that_python_hides_is_noted_and_stays_hidden(
    course: Course, make_lesson: MakeLesson, run: RunLesson
) -> None:
    (course.source_dir / "library.py").write_text(LIBRARY)
    lesson = make_lesson(
        "import library",
        "library.old(DeprecationWarning)",
        "library.old(DeprecationWarning, 2)",
        "import warnings\nwith warnings.catch_warnings():\n    warnings.simplefilter('ignore')\n"
        "    library.old(FutureWarning, 2)",
    )
    result = run(lesson)
    assert [(cell, where) for cell, _, where, _ in news(result)] == [("c1", "cell"), ("c2", "cell")]
    assert shown(result)[1] == ""  # as without us: it was raised outside the cell
    assert "DeprecationWarning" in shown(result)[2]


def test_a_warning_that_names_itself_is_put_down_to_its_caller(
    course: Course, make_lesson: MakeLesson, run: RunLesson
) -> None:
    packages = course.root / "elsewhere" / "site-packages"
    (packages / "one").mkdir(parents=True)
    (packages / "one" / "__init__.py").write_text(LIBRARY)
    (packages / "two.py").write_text("import three\n\ndef f():\n    three.old(FutureWarning)\n")
    (packages / "three.py").write_text(LIBRARY)
    (packages / "gone.py").write_text(
        "import one\nimport warnings\nwarnings.warn('', FutureWarning)"
    )
    lesson = make_lesson(
        f"import sys\nsys.path.insert(0, {str(packages)!r})\nimport one, two",
        "one.old(FutureWarning)",
        "two.f()",
        "1\nimport gone  # a deprecated import",
    )
    assert [(cell, where, line) for cell, _, where, line in news(run(lesson))] == [
        ("c1", "cell", 1),
        ("c2", "two.py", 4),
        ("c3", "cell", 2),
    ]


def test_what_numpy_tells_the_maker_of_a_class_is_not_put_down_to_who_hands_a_tensor_on(
    course: Course, make_lesson: MakeLesson, run: RunLesson
) -> None:
    packages = course.root / "elsewhere" / "site-packages"
    packages.mkdir(parents=True)
    (packages / "plots.py").write_text(
        "import numpy as np\n\ndef draw(x):\n    np.array(x, copy=True)\n"
    )
    lesson = make_lesson(
        f"import sys\nsys.path.insert(0, {str(packages)!r})\nimport plots, torch",
        "plots.draw(torch.zeros(2))",
    )
    found = [(cell, where, line) for cell, _, where, line in news(run(lesson))]
    assert found == [("c1", "plots.py", 4)]


def test_a_hidden_deprecation_of_our_own_code_fails_the_check(
    course: Course, make_lesson: MakeLesson, run: RunLesson
) -> None:
    (course.source_dir / "library.py").write_text(LIBRARY)
    lesson = make_lesson("import library\nlibrary.old(DeprecationWarning)\n1 + 1")
    result = run(lesson)
    assert result.notebook is not None
    lesson.path.write_text(dumps(accepted(lesson.read(), result.notebook)))
    (found,) = check(course, [lesson], "offline")
    assert "DeprecationWarning: old() goes away (cell), line 2" in str(found)


def test_the_watcher_is_no_dependency_of_a_lesson(
    course: Course, make_lesson: MakeLesson, run: RunLesson
) -> None:
    run(make_lesson("1"))
    entries = [path.read_text() for path in (course.cache / "runs").rglob("*.json")]
    assert entries
    assert not any("coursebuild" in text for text in entries)


@pytest.mark.parametrize(
    ("where", "ours"),
    [("cell", True), ("src/downhill/optim.py", True), ("fastai/layers.py", False)],
)
def test_what_has_to_change_is_told_apart(where: str, ours: bool) -> None:
    entry: dict[str, Any] = {"category": "FutureWarning", "text": "x", "where": where, "line": 1}
    assert deprecations.ours(entry) == ours
    assert deprecations.key(entry) == deprecations.key(entry | {"line": 2})
    assert deprecations.key(entry) != deprecations.key(entry | {"text": "y"})


def book(*warnings: dict[str, Any]) -> NotebookNode:
    """An executed notebook of one cell that raised these."""
    cell = new_code_cell("1 + 1", id="c0", execution_count=1)
    cell.outputs = [new_output("execute_result", data={"text/plain": "2"}, execution_count=1)]
    cell.metadata["downhill"] = NotebookNode(warnings=[NotebookNode(w) for w in warnings])
    facts = NotebookNode(provenance=NotebookNode(warnings=cell.metadata.downhill.warnings))
    return new_notebook(cells=[cell], metadata={"downhill": facts})


def warning(where: str, text: str = "f() goes away") -> dict[str, Any]:
    kind = "FutureWarning"
    return {"cell": "c0", "category": kind, "text": text, "where": where, "line": 3}


def test_a_warning_of_our_own_code_is_a_difference() -> None:
    stored = canonical(book())
    (found,) = differences(stored, book(warning("src/downhill/train.py")))
    assert "FutureWarning: f() goes away (src/downhill/train.py), line 3" in str(found)
    assert differences(stored, book(warning("fastai/layers.py"))) == []


def test_accepting_does_not_silence_a_warning_of_our_own_code() -> None:
    executed = book(warning("cell"))
    assert differences(accepted(canonical(book()), executed), executed)


def test_a_stored_lesson_holds_no_warnings_of_a_run() -> None:
    assert "warnings" not in dumps(canonical(book(warning("cell"))))


def test_what_was_accepted_is_no_news_and_the_next_one_is() -> None:
    first = book(warning("fastai/layers.py"))
    stored = accepted(canonical(book()), first)
    assert deprecations.known(stored) == ["FutureWarning: f() goes away (fastai/layers.py)"]
    later = book(warning("fastai/layers.py"), warning("torch/nn.py"), warning("torch/nn.py"))
    later.metadata.downhill["known_warnings"] = deprecations.known(stored)
    assert [w["where"] for w in deprecations.new(later)] == ["torch/nn.py"]
    assert warnings(later) == {"raised": 2, "new": 1}
    assert deprecations.known(accepted(stored, book())) == []


def test_a_run_of_before_warnings_were_noted_is_not_called_clean() -> None:
    old = book()
    del old.metadata.downhill.provenance["warnings"]
    assert deprecations.of(old) is None
    assert warnings(old) == {}


def test_the_findings_tell_the_news_first() -> None:
    executed = book(warning("a.py", "known"), warning("b.py", "unheard of"))
    executed.metadata.downhill["known_warnings"] = ["FutureWarning: known (a.py)"]
    text = section(Run(Lesson(Path("01_x.ipynb")), "ran", notebook=executed))
    assert "Warnings: 2, new: 1." in text
    assert text.index("- **new** FutureWarning: unheard of (b.py)") < text.index("known (a.py)")


def test_the_findings_begin_with_what_failed_and_what_is_new(course: Course) -> None:
    lessons = [Lesson(Path(f"{name}_x.ipynb")) for name in ("01", "02", "03")]
    failed = Run(lessons[2], "failed", failure=Failure("03_x", "NameError: y", "a-cell"))
    runs = [Run(x, "ran", notebook=book(warning("torch/nn.py"))) for x in lessons[:2]]
    write_findings(course, "offline", [*runs, failed])
    text = (course.build / "report.md").read_text().split("## 01_x")[0]
    assert "1 lessons failed, 1 new warnings." in text
    assert "- **failed** lesson 03_x, cell “a-cell”: NameError: y" in text
    assert "- **new** FutureWarning: f() goes away (torch/nn.py): lessons 01, 02" in text
