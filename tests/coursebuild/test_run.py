"""Running lessons and the cache: one test per sentence of what must hold."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from rich.console import Console

from coursebuild import build
from coursebuild.cache import Cache, assemble
from coursebuild.course import Course
from coursebuild.errors import CourseError
from coursebuild.lesson import Lesson
from coursebuild.progress import Progress
from coursebuild.run import Run, run_lessons

MakeLesson = Callable[..., Lesson]
RunLesson = Callable[..., Run]


def edit(lesson: Lesson, change: Callable[[NotebookNode], object]) -> None:
    notebook = nbformat.read(lesson.path, 4)
    change(notebook)
    nbformat.write(notebook, lesson.path)


def text(run: Run, cell: int = 0) -> str:
    assert run.notebook is not None
    code = [cell for cell in run.notebook.cells if cell.cell_type == "code"]
    return "".join(output.get("text", "") for output in code[cell].outputs)


@pytest.fixture
def reader(course: Course, make_lesson: MakeLesson) -> Lesson:
    """A lesson that imports one module through another and reads a file."""
    (course.source_dir / "outer.py").write_text("from inner import VALUE\n")
    (course.source_dir / "inner.py").write_text("VALUE = 1\n")
    (course.source_dir / "stranger.py").write_text("VALUE = 1\n")
    (course.lessons_dir / "numbers.csv").write_text("1,2,3\n")
    return make_lesson(
        "# Reader",
        "import outer\nprint('value', outer.VALUE)",
        "print(open('numbers.csv').read())",
    )


def test_first_build_runs_every_cell(reader: Lesson, run: RunLesson) -> None:
    result = run(reader)
    assert (result.state, result.cells) == ("ran", 2)
    assert "value 1" in text(result)


def test_nothing_changed_runs_nothing(reader: Lesson, run: RunLesson) -> None:
    run(reader)
    again = run(reader)
    assert (again.state, again.cells) == ("cached", 0)
    assert "value 1" in text(again)


def test_prose_edit_runs_nothing_and_shows(reader: Lesson, run: RunLesson) -> None:
    run(reader)
    edit(reader, lambda nb: nb.cells[0].update(source="# New words"))
    again = run(reader)
    assert again.state == "cached"
    assert again.notebook is not None
    assert again.notebook.cells[0].source == "# New words"


def test_changed_cell_tag_runs_nothing(reader: Lesson, run: RunLesson) -> None:
    run(reader)
    edit(reader, lambda nb: nb.cells[1].metadata.update(tags=["hide-input"]))
    assert run(reader).state == "cached"


def test_a_cell_of_prose_put_in_between_runs_nothing(reader: Lesson, run: RunLesson) -> None:
    run(reader)
    cell = nbformat.v4.new_markdown_cell("Between.", id="between")
    edit(reader, lambda nb: nb.cells.insert(2, cell))
    again = run(reader)
    assert again.state == "cached"
    assert "1,2,3" in text(again, 1)


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("src/outer.py", "from inner import VALUE\nOTHER = 1\n"),
        ("src/inner.py", "VALUE = 2\n"),  # imported indirectly
        ("lessons/numbers.csv", "4,5,6\n"),
        ("requirements.txt", "# another lock\n"),
    ],
)
def test_edit_of_what_the_run_read_runs_it(
    course: Course, reader: Lesson, run: RunLesson, file: str, content: str
) -> None:
    run(reader)
    (course.root / file).write_text(content)
    assert run(reader).state == "ran"
    assert run(reader).state == "cached"


def test_edit_of_a_module_not_imported_runs_nothing(
    course: Course, reader: Lesson, run: RunLesson
) -> None:
    run(reader)
    (course.source_dir / "stranger.py").write_text("VALUE = 2\n")
    (course.source_dir / "newcomer.py").write_text("VALUE = 3\n")
    assert run(reader).state == "cached"


def test_edit_of_a_code_cell_runs_the_lesson(reader: Lesson, run: RunLesson) -> None:
    run(reader)
    edit(reader, lambda nb: nb.cells[1].update(source="print('other')"))
    assert "other" in text(run(reader))


def test_another_profile_runs_the_lesson_and_the_first_stays_cached(
    reader: Lesson, run: RunLesson
) -> None:
    run(reader)
    assert run(reader, "cpu").state == "ran"
    assert run(reader).state == "cached"


def test_going_back_to_earlier_code_runs_nothing(
    course: Course, reader: Lesson, run: RunLesson
) -> None:
    module = course.source_dir / "inner.py"
    run(reader)
    module.write_text("VALUE = 2\n")
    run(reader)
    module.write_text("VALUE = 1\n")
    again = run(reader)
    assert again.state == "cached"
    assert "value 1" in text(again)


def test_another_checkout_with_the_cache_carried_over_runs_nothing(
    course: Course, reader: Lesson, run: RunLesson, tmp_path: Path
) -> None:
    run(reader)
    other = Course(tmp_path / "elsewhere" / "clone")
    shutil.copytree(course.root, other.root)
    progress = Progress(Console(file=io.StringIO()))
    assert run_lessons(other, other.lessons(), "offline", progress)[0].state == "cached"


def test_a_file_that_was_missing_and_appears_runs_the_lesson(
    course: Course, make_lesson: MakeLesson, run: RunLesson
) -> None:
    lesson = make_lesson(
        "try:\n    print(open('maybe.txt').read())\nexcept FileNotFoundError:\n    print('none')"
    )
    assert "none" in text(run(lesson))
    (course.lessons_dir / "maybe.txt").write_text("here")
    assert "here" in text(run(lesson))


def test_a_new_file_in_a_folder_that_was_listed_runs_the_lesson(
    course: Course, make_lesson: MakeLesson, run: RunLesson
) -> None:
    folder = course.root / "pictures"
    folder.mkdir()
    (folder / "a.txt").write_text("a")
    lesson = make_lesson("import os\nprint(sorted(os.listdir('../pictures')))")
    run(lesson)
    (folder / "b.txt").write_text("b")
    assert "b.txt" in text(run(lesson))


def test_a_module_read_in_a_forked_child_counts(
    course: Course, make_lesson: MakeLesson, run: RunLesson
) -> None:
    (course.lessons_dir / "child.txt").write_text("1")
    lesson = make_lesson(
        "import os\npid = os.fork()\nif pid == 0:\n    open('child.txt').read()\n    os._exit(0)\n"
        "os.waitpid(pid, 0)[1]"
    )
    run(lesson)
    (course.lessons_dir / "child.txt").write_text("2")
    assert run(lesson).state == "ran"


def test_what_a_run_writes_itself_is_no_dependency(make_lesson: MakeLesson, run: RunLesson) -> None:
    lesson = make_lesson(
        "import time\nopen('out.txt', 'w').write(str(time.time()))\nlen(open('out.txt').read()) > 0"
    )
    run(lesson)
    assert run(lesson).state == "cached"


def test_a_data_set_counts_as_a_whole(
    course: Course, make_lesson: MakeLesson, run: RunLesson
) -> None:
    data = course.data_home / "offline" / "some_set" / "train"
    data.mkdir(parents=True)
    (data / "1.txt").write_text("1")
    (data / "2.txt").write_text("2")
    lesson = make_lesson(
        "import os; print(open(os.environ['DOWNHILL_HOME'] + "
        "'/offline/some_set/train/1.txt').read())"
    )
    first = run(lesson)
    assert first.notebook is not None
    sets = first.notebook.metadata.downhill.provenance.datasets
    assert [(s.name, s.files) for s in sets] == [("some_set", 2)]
    (data / "2.txt").write_text("22")
    assert run(lesson).state == "ran"
    (data / "3.txt").write_text("3")
    assert run(lesson).state == "ran"


def test_an_edit_during_the_run_is_never_taken_for_what_ran(
    course: Course, make_lesson: MakeLesson, run: RunLesson
) -> None:
    (course.source_dir / "late.py").write_text("VALUE = 1\n")
    target = course.source_dir / "late.py"
    lesson = make_lesson(
        f"import late\nopen({str(target)!r}, 'a').write('# edited')\nprint(late.VALUE)"
    )
    run(lesson)
    assert run(lesson).state == "ran"


def test_a_truncated_result_is_never_taken_for_one(
    course: Course, reader: Lesson, run: RunLesson
) -> None:
    run(reader)
    for path in (course.cache / "objects").iterdir():
        path.write_bytes(path.read_bytes()[:-10])
    again = run(reader)
    assert again.state == "ran"
    assert "value 1" in text(again)


def test_a_damaged_entry_is_as_good_as_none(course: Course, reader: Lesson, run: RunLesson) -> None:
    run(reader)
    for path in (course.cache / "runs").rglob("*.json"):
        path.write_text("{")
    assert run(reader).state == "ran"


def test_provenance_says_what_ran(reader: Lesson, run: RunLesson) -> None:
    result = run(reader)
    assert result.notebook is not None
    facts = result.notebook.metadata.downhill.provenance
    assert facts.profile == "offline"
    assert facts.versions.python == sys.version.split()[0]
    assert set(facts.versions) >= {"torch", "fastai"}
    assert [cell.id for cell in facts.cells] == ["c1", "c2"]
    assert facts.seconds > 0
    assert facts.date.endswith("+00:00")


def test_a_lesson_that_declares_no_gpu_sees_none_and_says_cpu(
    make_lesson: MakeLesson, run: RunLesson
) -> None:
    words = (
        "import os\nprint(repr(os.environ['CUDA_VISIBLE_DEVICES']), os.environ['DOWNHILL_NO_GPU'])"
    )
    result = run(make_lesson(words), "gpu")
    assert text(result) == "'' 1\n"
    assert result.notebook is not None
    assert result.notebook.metadata.downhill.provenance.device.startswith("CPU: ")


def test_a_machine_without_a_gpu_is_told_before_any_data_come(
    make_lesson: MakeLesson, run: RunLesson
) -> None:
    lesson = make_lesson("print('never')", gpu=True, data=["pets"])
    with pytest.raises(CourseError, match=r"no NVIDIA driver.*needed by 01_test — .*--profile cpu"):
        run(lesson, "gpu")


def test_any_executor_will_do(course: Course, reader: Lesson) -> None:
    progress = Progress(Console(file=io.StringIO()))
    with ThreadPoolExecutor(1) as pool:
        assert run_lessons(course, [reader], "offline", progress, pool=pool)[0].state == "ran"


def test_a_failed_lesson_does_not_stop_the_others(course: Course, make_lesson: MakeLesson) -> None:
    bad = make_lesson("1 / 0", name="01_bad")
    good = make_lesson("print('good')", name="02_good")
    runs = run_lessons(course, [bad, good], "offline", Progress(Console(file=io.StringIO())))
    assert [run.state for run in runs] == ["failed", "ran"]


def test_a_failed_run_leaves_the_result_of_before(
    course: Course, reader: Lesson, run: RunLesson
) -> None:
    run(reader)
    path = course.executed("offline") / reader.path.name
    before = path.read_text()
    edit(reader, lambda nb: nb.cells[1].update(source="1 / 0"))
    assert run(reader).state == "failed"
    assert path.read_text() == before


def test_progress_in_a_log_is_a_line_each(course: Course, reader: Lesson) -> None:
    log = io.StringIO()
    run_lessons(course, [reader], "offline", Progress(Console(file=log)))
    lines = log.getvalue().splitlines()
    assert lines[0] == "01_test: running 2 cells"
    assert lines[1].startswith("01_test: ran in ")
    assert len(lines) == 2


def test_progress_in_a_terminal_tells_the_time_left(course: Course, reader: Lesson) -> None:
    run_lessons(course, [reader], "offline", Progress(Console(file=io.StringIO())))
    edit(reader, lambda nb: nb.cells[1].update(source="import time; time.sleep(1)"))
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=120)
    run_lessons(course, [reader], "offline", Progress(console, quiet=False))
    assert "s left" in screen.getvalue()
    assert "2/2" in screen.getvalue() or "1/2" in screen.getvalue()


def test_unknown_profile_is_an_error_that_lists_them(reader: Lesson, run: RunLesson) -> None:
    with pytest.raises(CourseError, match="offline, cpu, gpu"):
        run(reader, "tpu")


def test_assemble_keeps_outputs_of_cells_that_did_not_change(
    course: Course, reader: Lesson, run: RunLesson
) -> None:
    run(reader)
    edit(reader, lambda nb: nb.cells[0].update(source="# Prose"))
    notebook, fresh = assemble(course, reader, "offline")
    assert fresh
    edit(reader, lambda nb: nb.cells[1].update(source="print('new')"))
    notebook, fresh = assemble(course, reader, "offline")
    assert not fresh
    assert notebook.cells[1].outputs == []
    assert "1,2,3" in notebook.cells[2].outputs[0].text


def test_assemble_before_any_run_gives_the_lesson_as_it_is(course: Course, reader: Lesson) -> None:
    notebook, fresh = assemble(course, reader, "offline")
    assert not fresh
    assert notebook.cells[1].outputs == []


BUILD = """
import io, sys
from pathlib import Path
from rich.console import Console
from coursebuild.build import run
from coursebuild.course import Course
course = Course(Path(sys.argv[1]))
if __name__ == "__main__":
    runs = run(course, course.lessons(), "offline", Console())
    print([(r.state, r.cells) for r in runs])
"""


@pytest.fixture
def build_script(tmp_path: Path) -> Path:
    script = tmp_path / "script.py"
    script.write_text(BUILD)
    return script


def test_a_killed_build_leaves_a_cache_that_is_right(
    course: Course, make_lesson: MakeLesson, run: RunLesson, build_script: Path, tmp_path: Path
) -> None:
    """SIGKILL before the run, in a cell, and while results are written."""
    lesson = make_lesson("import time\ntime.sleep(.5)\nprint('whole')", "print('end')")
    for delay in (0.3, 1.5, 2.5, 3.2):
        process = subprocess.Popen(
            [sys.executable, str(build_script), str(course.root)],
            env=os.environ | {"TMPDIR": str(tmp_path)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(delay)
        process.kill()
        process.wait()
        cache = Cache(course, "offline", "cpu")
        result = cache.find(lesson.read())
        assert result is None or "whole" in json.dumps(result.outputs)
    final = run(lesson)
    assert "whole" in text(final)
    assert not list(course.executed("offline").glob(".*"))


def test_workers_and_kernels_die_with_a_killed_build(
    course: Course, make_lesson: MakeLesson, build_script: Path
) -> None:
    make_lesson(
        "import os, time\nopen('pid', 'w').write(f'{os.getpid()} {os.getppid()}')\ntime.sleep(60)"
    )
    process = subprocess.Popen(
        [sys.executable, str(build_script), str(course.root)],
        env=os.environ | {"TMPDIR": str(build_script.parent)},
    )
    pids = course.lessons_dir / "pid"
    for _ in range(300):
        if pids.exists() and len(pids.read_text().split()) == 2:
            break
        time.sleep(0.1)
    process.kill()
    process.wait()

    def alive(pid: int) -> bool:
        state = Path(f"/proc/{pid}/stat")
        try:
            return state.read_text().rsplit(")", 1)[1].split()[0] != "Z"
        except OSError:
            return False

    family = [int(pid) for pid in pids.read_text().split()]
    for _ in range(100):
        if not any(alive(pid) for pid in family):
            break
        time.sleep(0.1)
    assert not any(alive(pid) for pid in family)


def test_two_builds_at_once_both_end_well(
    course: Course, make_lesson: MakeLesson, build_script: Path
) -> None:
    make_lesson("import time\ntime.sleep(1)\nprint('once')")
    command = [sys.executable, str(build_script), str(course.root)]
    builds = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    outputs = [build.communicate(timeout=120)[0] for build in builds]
    assert [build.returncode for build in builds] == [0, 0]
    states = sorted(output.splitlines()[-1] for output in outputs)
    assert states == ["[('cached', 0)]", "[('ran', 1)]"]
    assert any("waiting" in output for output in outputs)


def test_a_read_only_build_folder_is_one_clear_line(course: Course, reader: Lesson) -> None:
    course.build.symlink_to("/sys/kernel")  # not even root may write there
    with pytest.raises(CourseError, match="cannot be written"):
        build.run(course, [reader], "offline", Console(file=io.StringIO()))
