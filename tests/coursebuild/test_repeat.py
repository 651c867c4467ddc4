"""`course repeat`: two runs say the same, or the claim that does not is named."""

from __future__ import annotations

from collections.abc import Callable

import nbformat
import pytest
from click.testing import CliRunner, Result

from coursebuild.cli import main
from coursebuild.course import Course
from coursebuild.lesson import Lesson

MakeLesson = Callable[..., Lesson]
IMPORT = "from downhill.claims import claim\nimport os\n"


@pytest.fixture
def type_in(course: Course, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.chdir(course.root)
    return lambda *words: CliRunner().invoke(main, list(words))


def test_two_runs_that_say_the_same_are_a_table_and_overwrite_nothing(
    course: Course, make_lesson: MakeLesson, type_in: Callable[..., Result]
) -> None:
    make_lesson(f"{IMPORT}half = 0.5\nclaim('less', half < 1)\nprint(os.getpid())")
    assert type_in("run").exit_code == 0
    executed = course.executed("offline") / "01_test.ipynb"
    before = executed.read_bytes()
    done = type_in("repeat")
    assert done.exit_code == 0, done.output
    assert "| 01_test | 1 | 1 |" in done.output
    assert "1 claim: two runs say the same" in done.output
    assert executed.read_bytes() == before
    again = nbformat.read(course.build / "repeat/executed/offline/01_test.ipynb", 4)
    assert again.cells[0].outputs[-1].text not in before.decode()  # it did run: another process


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("drawn = os.getpid() + 0.5\nclaim('drawn', drawn > 0)", "measured.drawn"),
        ("claim(f'process {os.getpid()}', True)", "process"),
        (
            "for i in range(1 + os.path.exists('ran')): claim('same', True)\nopen('ran', 'w')",
            "then",
        ),
    ],
)
def test_a_claim_that_comes_out_differently_is_named(
    cell: str, said: str, make_lesson: MakeLesson, type_in: Callable[..., Result]
) -> None:
    make_lesson(f"{IMPORT}{cell}", name="01_chance")
    make_lesson(f"{IMPORT}claim('always', True)", name="02_sure")
    assert type_in("run").exit_code == 0
    done = type_in("repeat")
    assert done.exit_code == 1
    assert "01_chance, cell “c0”" in done.output
    assert said in done.output
    assert "02_sure, cell" not in done.output
    assert "| 02_sure | 1 | 1 |" in done.output
    assert "1 claim differs between two runs" in done.stderr


def test_what_a_cell_allows_to_vary_may_vary(
    make_lesson: MakeLesson, type_in: Callable[..., Result]
) -> None:
    lesson = make_lesson(f"{IMPORT}drawn = os.getpid() + 0.5\nclaim('drawn', drawn > 0)")
    book = nbformat.read(lesson.path, 4)
    book.cells[0].metadata["downhill"] = {"tolerance": {"skip": True}}
    nbformat.write(book, lesson.path)
    assert type_in("run").exit_code == 0
    done = type_in("repeat")
    assert done.exit_code == 0, done.output


def test_without_a_run_before_or_with_another_there_is_nothing_to_compare(
    make_lesson: MakeLesson, type_in: Callable[..., Result]
) -> None:
    make_lesson("print(1)")
    none = type_in("repeat")
    assert none.exit_code == 1
    assert "there is no run to repeat — lesson 01_test — run it first: course run 01" in none.stderr
    assert type_in("run").exit_code == 0
    make_lesson("print(2)")
    edited = type_in("repeat")
    assert "edited since its run" in edited.stderr
