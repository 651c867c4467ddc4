"""What a module that was imported counts as: what it does, or its text where that was read."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from coursebuild.course import Course
from coursebuild.dependencies import Hasher, dependencies
from coursebuild.lesson import Lesson
from coursebuild.run import Run

MODULE = 'def half(x):\n    """A half."""\n    return x / 2  # of it\n'
WORDS = MODULE.replace("A half.", "One of two parts.").replace("of it", "of the whole")
CODE = MODULE.replace("/ 2", "/ 2.0")

MakeLesson = Callable[..., Lesson]
RunLesson = Callable[..., Run]


@pytest.fixture
def edit(course: Course) -> Callable[[str], object]:
    """Write the module that lessons import; the first version is there."""
    module = course.source_dir / "halves.py"
    module.write_text(MODULE)
    return module.write_text


def test_a_comment_or_a_docstring_in_a_module_runs_nothing(
    edit: Callable[[str], object], make_lesson: MakeLesson, run: RunLesson
) -> None:
    lesson = make_lesson("import halves\nprint(halves.half(3))")
    assert run(lesson).state == "ran"
    edit(WORDS)
    assert run(lesson).state == "cached"
    edit(CODE)
    assert run(lesson).state == "ran"


@pytest.mark.parametrize(
    "cell",
    [
        "help(halves.half)",
        "halves.half?",
        "import inspect; print(inspect.getsource(halves.half))",
        "import traceback\ntry: halves.half('x')\nexcept TypeError: print(traceback.format_exc())",
    ],
)
def test_words_that_a_lesson_shows_run_it(
    edit: Callable[[str], object], make_lesson: MakeLesson, run: RunLesson, cell: str
) -> None:
    lesson = make_lesson("import halves", cell)
    run(lesson)
    edit(WORDS)
    assert run(lesson).state == "ran"


def test_names_are_the_same_with_and_without_compiled_files(course: Course) -> None:
    source = course.source_dir / "halves.py"
    compiled = course.source_dir / "__pycache__" / "halves.cpython-312.pyc"
    for path in (source, compiled):
        assert dependencies(course, [("import", str(path))]) == {"code:src/halves.py"}


def test_a_module_read_as_text_counts_twice(course: Course) -> None:
    path = str(course.source_dir / "halves.py")
    seen = [("import", path), ("read", path)]
    assert dependencies(course, seen) == {"code:src/halves.py", "file:src/halves.py"}
    assert dependencies(course, seen[:1], words_count=True) == {"file:src/halves.py"}


def test_a_module_that_is_gone_is_absent(course: Course) -> None:
    assert Hasher(course)("code:src/halves.py") == "absent"


def test_a_file_beside_the_course_is_not_in_it(course: Course) -> None:
    beside = f"{course.root}-old/notes.txt"
    assert dependencies(course, [("read", beside)]) <= {f"path:{beside}"}
    assert dependencies(course, [("read", str(course.root / "notes.txt"))]) == {"file:notes.txt"}
