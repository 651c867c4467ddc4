"""A lesson that goes wrong is named with its cell, its line and the likely fix."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from coursebuild.course import Course
from coursebuild.errors import CourseError
from coursebuild.execute import execute
from coursebuild.job import Failure, Job
from coursebuild.lesson import Lesson, read_notebook
from coursebuild.run import Run

MakeLesson = Callable[..., Lesson]
RunLesson = Callable[..., Run]
FIXTURES = Path(__file__).parents[1] / "fixtures" / "broken"


def failure(run: Run) -> Failure:
    assert run.state == "failed"
    assert run.failure is not None
    return run.failure


def test_a_raising_cell_is_named_with_section_line_and_fix(
    make_lesson: MakeLesson, run: RunLesson
) -> None:
    lesson = make_lesson("# The part on shapes", "x = 1\n\nimport no_such_module_here")
    found = failure(run(lesson))
    assert (found.cell, found.section, found.line) == ("c1", "The part on shapes", 3)
    assert "no_such_module_here" in found.problem
    assert "make .venv" in found.fix
    assert "lesson 01_test, cell “c1”" in str(found)


def test_an_error_in_a_module_names_the_line_of_the_lesson(
    course: Course, make_lesson: MakeLesson, run: RunLesson
) -> None:
    (course.source_dir / "deep.py").write_text("def f():\n    return {}['absent']\n")
    found = failure(run(make_lesson("import deep\ndeep.f()")))
    assert found.line == 2


def test_a_hanging_cell_is_stopped(make_lesson: MakeLesson, run: RunLesson) -> None:
    began = time.monotonic()
    found = failure(run(make_lesson("while True: pass", timeout=2)))
    assert "more than 2 s" in found.problem
    assert "metadata.downhill.timeout" in found.fix
    assert time.monotonic() - began < 60


def test_a_dead_kernel_is_noticed_at_once(make_lesson: MakeLesson, run: RunLesson) -> None:
    began = time.monotonic()
    lesson = make_lesson("1", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    found = failure(run(lesson))
    assert found.cell == "c1"
    assert "the kernel died" in found.problem
    assert time.monotonic() - began < 60


def test_cells_after_the_failing_one_do_not_run(
    course: Course, make_lesson: MakeLesson, run: RunLesson
) -> None:
    failure(run(make_lesson("1 / 0", "open('ran', 'w')")))
    assert not (course.lessons_dir / "ran").exists()


def test_a_planned_error_is_an_output(course: Course, run: RunLesson) -> None:
    assert run(tagged(course, "1 / 0")).state == "ran"


def test_a_planned_error_that_does_not_come_fails_the_lesson(
    course: Course, run: RunLesson
) -> None:
    assert "raised nothing" in failure(run(tagged(course, "1"))).problem


def tagged(course: Course, source: str) -> Lesson:
    cell = nbformat.v4.new_code_cell(source, id="c0", metadata={"tags": ["raises-exception"]})
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    path = course.lessons_dir / "01_test.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell], metadata=metadata), path)
    return Lesson(path)


def test_a_false_claim_fails_the_lesson_and_says_the_values(
    make_lesson: MakeLesson, run: RunLesson
) -> None:
    lesson = make_lesson(
        "from downhill.claims import claim\nloss, bound = 3.25, 2.5\nclaim('small', loss < bound)"
    )
    found = failure(run(lesson))
    assert "ClaimError" in found.problem
    assert "3.25" in found.problem
    assert "2.5" in found.problem
    assert found.line == 3


def test_a_false_claim_that_is_caught_still_fails_the_lesson(
    make_lesson: MakeLesson, run: RunLesson
) -> None:
    lesson = make_lesson(
        "from downhill.claims import claim\n"
        "try:\n    claim('one is two', 1 == 2)\nexcept Exception:\n    pass"
    )
    assert "one is two" in failure(run(lesson)).problem


def test_a_solution_that_fails_its_check_fails_the_lesson(
    make_lesson: MakeLesson, run: RunLesson
) -> None:
    bundle = {"exercise": "01.E1", "passed": False, "hint": "abs is missing"}
    lesson = make_lesson(
        "from IPython.display import display\n"
        f"display({{'application/vnd.downhill.exercise+json': {bundle!r}}}, raw=True)"
    )
    assert "01.E1" in failure(run(lesson)).problem


def test_personal_start_up_files_do_not_reach_a_lesson(
    make_lesson: MakeLesson, run: RunLesson, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00.py").write_text("personal = 1")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    assert "NameError" in failure(run(make_lesson("personal"))).problem


def test_the_environment_is_as_before_after_a_run(make_lesson: MakeLesson) -> None:
    import os

    before = dict(os.environ)
    lesson = make_lesson("import os\nprint(os.environ['GREETING'])")
    notebook = json.dumps(nbformat.read(lesson.path, 4))
    outcome = execute(Job("x", notebook, str(lesson.path.parent), {"GREETING": "hello"}))
    assert outcome.outputs[0][0]["text"] == "hello\n"
    assert dict(os.environ) == before


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("not_json", "not JSON"),
        ("merge_conflict", "merge conflict"),
        ("no_kernelspec", "names no kernel"),
        ("duplicate_ids", "two cells have the id “twin”"),
        ("no_ids", "cells have no id"),
        ("not_a_notebook", "no notebook of format 4"),
        ("invalid_cell", "not valid"),
        ("not_text", "not UTF-8"),
        ("missing", "is missing"),
    ],
)
def test_a_broken_notebook_is_one_clear_line(name: str, what: str) -> None:
    with pytest.raises(CourseError) as caught:
        read_notebook(FIXTURES / f"{name}.ipynb")
    line = str(caught.value)
    assert what in line
    assert f"broken/{name}.ipynb" in line
    assert "\n" not in line
    assert caught.value.do


def test_a_kernel_does_at_its_end_what_a_lesson_asked_for(
    make_lesson: MakeLesson, run: RunLesson, tmp_path: Path
) -> None:
    said = tmp_path / "said"
    lesson = make_lesson(
        "import atexit, pathlib, sys, threading, time",
        f"atexit.register(pathlib.Path({str(said)!r}).write_text, 'goodbye')",
        "threading.Thread(target=time.sleep, args=[600]).start()  # nobody waits for it",
    )
    began = time.monotonic()
    assert run(lesson).state == "ran"
    assert said.read_text() == "goodbye"
    assert time.monotonic() - began < 60


def test_what_calls_a_kernel_is_not_what_a_lesson_depends_on(
    make_lesson: MakeLesson, course: Course
) -> None:
    lesson = make_lesson("import traceback\nlen(traceback.format_stack())")
    job = Job(lesson.name, lesson.path.read_text(), str(course.lessons_dir), {})
    outcome = execute(job)
    assert outcome.failure is None
    assert not [path for kind, path in outcome.seen if "coursebuild" in path and kind == "read"]
