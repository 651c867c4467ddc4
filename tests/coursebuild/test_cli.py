"""The words of `course`: what a person types, and the one line they get where it cannot work."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from coursebuild.cli import main
from coursebuild.course import Course, find_course
from coursebuild.errors import CourseError
from coursebuild.lesson import Lesson

MakeLesson = Callable[..., Lesson]


@pytest.fixture
def type_in(course: Course, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Call `course WORDS…` in the folder of the small course."""
    monkeypatch.chdir(course.root)
    return lambda *words: CliRunner().invoke(main, list(words))


def test_every_verb_is_there() -> None:
    assert set(main.commands) == {
        *("build", "run", "check", "accept", "data", "serve", "doctor"),
        *("edit", "new", "lint", "pdf", "zip"),
        *("merge", "repeat", "times"),
    }


@pytest.mark.parametrize("verb", sorted(main.commands))
def test_every_verb_explains_itself(verb: str) -> None:
    result = CliRunner().invoke(main, [verb, "--help"])
    assert result.exit_code == 0
    assert len(result.output.splitlines()[2].strip()) > 20


def test_run_writes_the_report(
    course: Course, make_lesson: MakeLesson, type_in: Callable[..., Result]
) -> None:
    make_lesson(
        "from downhill.claims import claim\nclaim('one is less', 1 < 2)\n"
        "claim('seen on real data', True, on='real')"
    )
    assert type_in("run").exit_code == 0
    report = json.loads(course.report.read_text())
    assert (report["profile"], report["device"]) == ("offline", "cpu")
    assert report["wall_s"] > 0
    lesson = report["lessons"][0]
    assert lesson["name"] == "01_test"
    assert lesson["state"] == "ran"
    assert lesson["cells"] == 1
    assert lesson["seconds"] > 0
    assert lesson["claims"] == {"held": 1, "failed": 0, "elsewhere": 1}
    assert type_in("run", "01").exit_code == 0
    again = json.loads(course.report.read_text())["lessons"][0]
    assert (again["state"], again["cells"], again["seconds"]) == ("cached", 0, 0)
    assert again["claims"] == {"held": 1, "failed": 0, "elsewhere": 1}


def test_run_writes_down_what_was_measured(
    course: Course, make_lesson: MakeLesson, type_in: Callable[..., Result]
) -> None:
    make_lesson(
        "from downhill.claims import claim\nfew = 1\nclaim('few | small', few < 2)\n"
        "claim('seen on real data', True, on='real')"
    )
    assert type_in("run").exit_code == 0
    lines = (course.build / "report.md").read_text().splitlines()
    assert lines[0] == "# What the lessons claim and measured: profile offline"
    assert lines[2] == "0 lessons failed, 0 new warnings."
    assert "## 01_test" in lines
    assert "1 of 2 claims held." in lines
    assert "| held | few \\| small | few = 1 |" in lines
    assert "| not checked here | seen on real data |  |" in lines


def test_a_failed_lesson_is_in_the_report_and_exits_1(
    course: Course, make_lesson: MakeLesson, type_in: Callable[..., Result]
) -> None:
    make_lesson("from downhill.claims import claim\nclaim('two is less', 2 < 1)")
    result = type_in("run")
    assert result.exit_code == 1
    assert result.stderr.startswith("course: lesson 01_test, cell “c0”, line 2: ClaimError")
    lesson = json.loads(course.report.read_text())["lessons"][0]
    assert lesson["state"] == "failed"
    assert lesson["claims"]["failed"] == 1
    assert "two is less" in (course.build / "report.md").read_text()


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["run", "09"], "no lesson is called “09”"),
        (["run", "--profile", "tpu"], "no profile is called “tpu”"),
        (["data", "--profile", "tpu"], "choose of: offline, cpu, gpu"),
    ],
)
def test_what_is_not_there_is_one_line_that_lists_what_is(
    make_lesson: MakeLesson, type_in: Callable[..., Result], words: list[str], line: str
) -> None:
    make_lesson("1")
    result = type_in(*words)
    assert result.exit_code == 1
    assert line in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_lesson_may_be_named_in_four_ways(make_lesson: MakeLesson, course: Course) -> None:
    make_lesson("1", name="01_one")
    make_lesson("2", name="02_two")
    for name in ("02_two", "02", "2", "lessons/02_two.ipynb"):
        assert [lesson.name for lesson in course.select([name])] == ["02_two"]
    assert [lesson.name for lesson in course.select()] == ["01_one", "02_two"]
    assert [lesson.name for lesson in course.select(["02", "01"])] == ["01_one", "02_two"]


def test_lessons_of_two_and_three_digits_are_in_the_order_of_their_numbers(
    make_lesson: MakeLesson, course: Course
) -> None:
    for name in ("100_hundred", "11_eleven", "99_ninety_nine", "1_one", "1000_thousand"):
        make_lesson("1", name=name)
    named = [lesson.name for lesson in course.lessons()]
    assert named == ["11_eleven", "99_ninety_nine", "100_hundred"]
    assert [lesson.name for lesson in course.select(["100", "11"])] == ["11_eleven", "100_hundred"]


def test_missing_real_data_is_one_line_and_no_fallback(
    make_lesson: MakeLesson,
    type_in: Callable[..., Result],
    course: Course,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FASTAI_HOME", str(tmp_path / "nothing"))
    # Nobody listens there: the download is refused at once, on a machine with a network too.
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    make_lesson("print('must not run')", data=["mnist_sample"])
    result = type_in("run", "--profile", "cpu")
    assert result.exit_code == 1
    assert "the data are not there" in result.stderr
    assert not course.executed("cpu").exists()


def test_outside_a_course_it_says_where_to_go(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"mkdocs\.yml"):
        find_course(tmp_path)


def test_a_course_is_found_from_any_folder_in_it(course: Course) -> None:
    assert find_course(course.lessons_dir).root == course.root


def test_a_course_without_lessons_says_how_to_name_one(course: Course) -> None:
    with pytest.raises(CourseError, match="NN_topic"):
        course.lessons()


def test_ctrl_c_stops_at_once_says_so_and_leaves_nothing(
    course: Course, make_lesson: MakeLesson, tmp_path: Path
) -> None:
    make_lesson("open('running', 'w').write('1')\nimport time\ntime.sleep(60)")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "coursebuild.cli", "run"],
        cwd=course.root,
        env=os.environ | {"TMPDIR": str(scratch)},
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    for _ in range(600):
        if (course.lessons_dir / "running").exists():
            break
        time.sleep(0.1)
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors.splitlines()[-1] == "course: stopped; what was finished is kept"
    assert time.monotonic() - began < 20
    assert not list(scratch.iterdir())


def test_doctor_says_what_to_do_about_what_is_missing(
    course: Course, make_lesson: MakeLesson, type_in: Callable[..., Result]
) -> None:
    make_lesson("1")
    (course.root / "requirements.txt").write_text("click==0.0.1 \\\n    --hash=sha256:0\n")
    result = type_in("doctor")
    assert result.exit_code == 1  # no KaTeX in the small course, and another click
    assert "✗ KaTeX (maths): missing" in result.output
    assert "→ make node_modules" in result.output
    assert "1 packages differ (click" in result.output
    assert "✓ Python" in result.output
    assert "torch" in result.output
