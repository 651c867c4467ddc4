"""Kernels forked from one process: as fresh as fresh ones, and none of them touches another."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import nbformat
import pytest
from click.testing import CliRunner
from nbformat.v4 import new_code_cell, new_notebook
from rich.console import Console

from coursebuild.course import Course
from coursebuild.dependencies import dependencies
from coursebuild.execute import execute
from coursebuild.forking import Warm, obstacle, warm_process
from coursebuild.job import Job, Outcome
from coursebuild.lesson import Lesson
from coursebuild.means import Means
from coursebuild.options import means_options
from coursebuild.progress import Progress
from coursebuild.run import Run, run_lessons

MakeLesson = Callable[..., Lesson]
Execute = Callable[..., Outcome]

MODULES = ("torch", "numpy", "matplotlib.pyplot", "pandas")
SETTINGS = "figure.figsize: 3, 2\n"

# What a lesson could find out of those that ran before it, and of where its kernel comes from.
PROBES = (
    "import os, sys, signal, threading, random, warnings\nsum(map(hash, ('a', 'b')))",
    "import numpy as np, pandas as pd, torch\nimport matplotlib, matplotlib.pyplot as plt",
    "os.getcwd(), sys.path, sys.argv[0], sys.flags, sys.getrecursionlimit()",
    "hidden = {'JPY_PARENT_PID', 'COURSE_OBSERVED', 'COURSE_WARNINGS', 'IPYTHONDIR',\n"
    "          'JUPYTER_CONFIG_DIR'}\n"
    "sorted((k, v) for k, v in os.environ.items() if k not in hidden and 'PYTEST' not in k)",
    "torch.get_num_threads(), torch.get_default_dtype(), torch.tensor(1.0).device",
    "torch.manual_seed(1); random.seed(1); np.random.seed(1)\n"
    "torch.rand(2), random.random(), np.random.rand()",
    "os.listdir('.'), 'planted' in sys.modules, os.path.exists('planted')",
    "[signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD)]",
    "sorted(thread.name.rstrip('0123456789') for thread in threading.enumerate())",
    "plt.get_backend(), plt.get_fignums(), sorted(plt.rcParams.items())",
    "plt.plot([1, 3, 2]);",
    "pd.DataFrame([range(30)])",
    "torch.ones(300, 300) @ torch.ones(300, 300), np.ones((500, 500)) @ np.ones((500, 500))",
    "[f for f in warnings.filters if f[1] is None and f[3] is None]",
    "files = [os.readlink(f'/proc/self/fd/{fd}') for fd in range(3, 200)\n"
    "         if os.path.exists(f'/proc/self/fd/{fd}')]\n"
    "sorted(os.path.basename(file) for file in files if file.startswith('/'))",
    "numbers = [fd for fd in os.listdir('/proc/self/fd') if int(fd) > 2]\n"
    "links = [os.readlink(f'/proc/self/fd/{fd}') for fd in numbers[:-1]]\n"
    "sorted(link.split(':')[0] for link in links if ':' in link)",
    "import inspect\n[call for call in inspect.stack() if call.code_context is None][:0]",
    "os.getpgid(0) == os.getsid(0) == os.getpid()",
)
# One that leaves all of it behind.
PLANT = """
import os, random, sys, types, warnings, numpy, torch, matplotlib.pyplot as plt
os.environ["PLANTED"] = "1"
sys.path.append("/planted")
sys.modules["planted"] = types.ModuleType("planted")
torch.manual_seed(7); random.seed(7); numpy.random.seed(7)
torch.set_default_dtype(torch.float64); torch.set_default_device("meta")
torch.set_num_threads(3)
plt.rcParams["lines.linewidth"] = 9; plt.switch_backend("agg"); plt.figure()
sys.setrecursionlimit(5000)
warnings.simplefilter("error")
left_open = open(__import__("os").devnull)
os.chdir("/")
"""


def notebook(*cells: str) -> str:
    nodes = [new_code_cell(text, id=f"c{i}") for i, text in enumerate(cells)]
    spec = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    return str(nbformat.writes(new_notebook(cells=nodes, metadata=spec)))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with settings for matplotlib, which are read while that is imported."""
    root = tmp_path_factory.mktemp("forked")
    for folder in ("lessons", "src"):
        (root / folder).mkdir()
    (root / "lessons" / "matplotlibrc").write_text(SETTINGS)
    return root


@pytest.fixture(scope="module")
def environment(root: Path) -> dict[str, str]:
    return {
        "PYTHONPATH": str(root / "src"),
        "CUDA_VISIBLE_DEVICES": "",
        "OMP_NUM_THREADS": "2",
        "MKL_NUM_THREADS": "2",
    }


@pytest.fixture(scope="module")
def warm(root: Path, environment: dict[str, str]) -> Iterator[str]:
    said: list[str] = []
    with warm_process(str(root / "lessons"), environment, MODULES, said.append) as path:
        yield path
    assert not said


@pytest.fixture(scope="module")
def run_cells(root: Path, environment: dict[str, str]) -> Execute:
    def run(*cells: str, warm: str = "") -> Outcome:
        job = Job("x", notebook(*cells), str(root / "lessons"), environment, warm=warm)
        return execute(job)

    return run


@pytest.fixture(scope="module")
def fresh(run_cells: Execute) -> Outcome:
    return run_cells(*PROBES)


def compare(found: Outcome, fresh: Outcome) -> None:
    assert found.failure is None
    for probe, mine, its in zip(PROBES, found.outputs, fresh.outputs, strict=True):
        assert mine == its, probe


def test_a_forked_kernel_gives_what_a_fresh_one_gives(
    run_cells: Execute, warm: str, fresh: Outcome
) -> None:
    compare(run_cells(*PROBES, warm=warm), fresh)


def test_a_lesson_finds_nothing_that_another_left_behind(
    run_cells: Execute, warm: str, fresh: Outcome
) -> None:
    assert run_cells(PLANT, warm=warm).failure is None
    compare(run_cells(*PROBES, warm=warm), fresh)


def test_what_the_warm_process_read_counts_for_its_kernels(
    run_cells: Execute, warm: str, fresh: Outcome, root: Path
) -> None:
    seen = run_cells(*PROBES, warm=warm).seen
    found = dependencies(Course(root), seen)
    assert "file:lessons/matplotlibrc" in found
    assert found == dependencies(Course(root), fresh.seen)
    # A lesson that lists its callers reads the files of all of them.
    assert not [path for _, path in seen if path.endswith("coursebuild/warm.py")]


def test_numbers_without_a_seed_differ_between_kernels(run_cells: Execute, warm: str) -> None:
    load = "import random, numpy as np, torch"
    draw = ("random.random()", "np.random.rand()", "torch.rand(1)")
    first, second = (run_cells(load, *draw, warm=warm) for _ in range(2))
    for number in (1, 2, 3):
        assert first.outputs[number] != second.outputs[number]


def test_a_kernel_is_forked_and_reached_without_a_port(run_cells: Execute, warm: str) -> None:
    cells = (
        "import sys, json, ipykernel\n'torch' in sys.modules, 'fastcore' in sys.modules",
        "json.loads(ipykernel.get_connection_info())['transport']",
    )
    for socket, loaded in ((warm, "(True, False)"), ("", "(False, False)")):
        outputs = run_cells(*cells, warm=socket).outputs
        assert [cell[0]["data"]["text/plain"] for cell in outputs] == [loaded, "'ipc'"]


def test_a_module_that_warns_is_left_to_the_lesson(
    run_cells: Execute, root: Path, environment: dict[str, str]
) -> None:
    """Its news is the lesson's, as with a fresh kernel."""
    (root / "src" / "noisy.py").write_text(
        "import warnings\nwarnings.warn('soon gone', DeprecationWarning, stacklevel=1)\n"
    )
    (root / "src" / "silent.py").touch()
    cell = "import sys\nprint('noisy' in sys.modules, 'silent' in sys.modules)\nimport noisy"
    names = ["silent", "noisy"]
    with warm_process(str(root), environment, names, print) as path:
        found = run_cells(cell, warm=path)
    assert found.outputs[0][0]["text"] == "False True\n"
    assert found.warnings
    assert found.warnings == run_cells(cell).warnings


def test_a_forked_kernel_that_dies_while_it_starts_is_told(
    environment: dict[str, str], warm: str, tmp_path: Path
) -> None:
    """Here, since the folder is gone that it is to run in."""
    job = Job("x", notebook("1"), str(tmp_path / "gone"), environment, warm=warm)
    found = execute(job).failure
    assert found is not None
    assert "the kernel did not start" in found.problem
    assert "No such file or directory" in found.problem


def test_a_job_whose_warm_process_is_gone_gets_a_fresh_kernel(
    run_cells: Execute, tmp_path: Path, environment: dict[str, str]
) -> None:
    process = Warm(tmp_path, str(tmp_path), environment, [])
    process.process.kill()
    assert run_cells("6 * 7", warm=str(process.path)).outputs[0][0]["data"]["text/plain"] == "42"
    assert process.close() == "exit -9"


def test_where_no_process_can_be_started_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / ("long" * 30)  # longer than the address of a socket may be
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    said: list[str] = []
    with warm_process(str(tmp_path), {}, [], said.append) as path:
        assert path == ""
    assert len(said) == 1
    assert "kernels are started afresh" in said[0]


def test_what_uses_a_gpu_is_not_forked() -> None:
    assert obstacle("cuda")
    assert not obstacle("cpu")


def test_a_long_folder_is_no_obstacle_to_a_kernel(
    run_cells: Execute, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / ("long" * 30)
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    assert run_cells("6 * 7").outputs[0][0]["data"]["text/plain"] == "42"


# --- in a run


def run_all(course: Course, jobs: int = 1, kernels: str = "warm") -> tuple[list[Run], str]:
    """What became of all lessons, and what was said meanwhile."""
    said = io.StringIO()
    progress = Progress(Console(file=said, width=200))
    runs = run_lessons(
        course, course.lessons(), "offline", progress, Means(jobs=jobs, kernels=kernels)
    )
    return runs, said.getvalue()


@pytest.mark.parametrize(
    ("lessons", "jobs", "kernels", "forked"),
    [(2, 1, "", True), (2, 2, "", False), (2, 1, "fresh", False), (1, 1, "warm", True)],
)
def test_kernels_are_forked_where_there_are_more_lessons_than_processes_or_on_request(
    course: Course, make_lesson: MakeLesson, lessons: int, jobs: int, kernels: str, forked: bool
) -> None:
    parent = "import os\nprint(open(f'/proc/{os.getppid()}/cmdline').read().split('\\0')[2])"
    for number in range(lessons):
        make_lesson(parent, name=f"0{number}_x")
    for run in run_all(course, jobs, kernels)[0]:
        assert run.notebook is not None
        said = run.notebook.cells[0].outputs[0].text
        assert (said == "coursebuild.warm\n") == forked


@pytest.mark.parametrize(
    ("words", "variable", "found"),
    [([], "", ""), ([], "warm", "warm"), (["--kernels", "fresh"], "warm", "fresh")],
)
def test_the_word_and_the_variable_choose_the_kernels(
    words: list[str], variable: str, found: str
) -> None:
    command = click.command(means_options(lambda means: print(means.kernels)))
    result = CliRunner().invoke(command, words, env={"COURSE_KERNELS": variable})
    assert result.output == f"{found}\n"


def test_kernels_that_crash_take_no_other_with_them(
    course: Course, make_lesson: MakeLesson
) -> None:
    make_lesson("import os\nos._exit(3)", name="01_exits")
    make_lesson("import ctypes\nctypes.string_at(0)", name="02_crashes")
    make_lesson("while True: pass", name="03_hangs", timeout=2)
    make_lesson("import time\ntime.sleep(3)\nprint('whole')", name="04_lives")
    (exits, crashes, hangs, lives), said = run_all(course, jobs=2, kernels="")
    assert "the kernel died" in str(exits.failure)
    assert "the kernel died" in str(crashes.failure)
    assert "more than 2 s" in str(hangs.failure)
    assert lives.state == "ran"
    assert "afresh" not in said


def test_a_warm_process_that_dies_is_told_in_one_line(
    course: Course, make_lesson: MakeLesson
) -> None:
    """Its kernels die with it; the lessons after them run all the same."""
    make_lesson("import os\nos.kill(os.getppid(), 9)\nos.read(0, 1)\nwhile True: pass", name="01_a")
    make_lesson("print('one')", name="02_b")
    make_lesson("print('two')", name="03_c")
    (first, *others), said = run_all(course)
    assert "the kernel died" in str(first.failure)
    assert [run.state for run in others] == ["ran", "ran"]
    assert len([line for line in said.splitlines() if "kernels are started afresh" in line]) == 1


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_nothing_is_left_of_a_build_that_is_stopped(
    course: Course, make_lesson: MakeLesson, how: int, tmp_path: Path
) -> None:
    """Worker, warm process, kernel, and what the lesson itself had started."""
    make_lesson(
        "import os, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "open('part', 'w').write(f'{os.getpid()} {os.getppid()} {child.pid}')\n"
        "os.rename('part', 'pids')\n"
        "time.sleep(60)"
    )
    script = tmp_path / "script.py"
    script.write_text(
        "import sys\nfrom pathlib import Path\nfrom rich.console import Console\n"
        "from coursebuild.course import Course\nfrom coursebuild.means import Means\n"
        "from coursebuild.progress import Progress\nfrom coursebuild.run import run_lessons\n"
        "if __name__ == '__main__':\n"
        "    course = Course(Path(sys.argv[1]))\n"
        "    run_lessons(course, course.lessons(), 'offline', Progress(Console()),\n"
        "                Means(kernels='warm'))\n"
    )
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    build = subprocess.Popen(
        [sys.executable, str(script), str(course.root)],
        env=os.environ | {"TMPDIR": str(scratch)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    pids = course.lessons_dir / "pids"
    while not pids.exists():
        assert build.poll() is None
        time.sleep(0.1)
    build.send_signal(how)
    build.wait()
    family = [int(pid) for pid in pids.read_text().split()]
    while any(alive(pid) for pid in family):  # else the test's own timeout says so
        time.sleep(0.1)
    if how == signal.SIGINT:  # nobody can clear up after SIGKILL
        assert not list(scratch.iterdir())


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_a_run_with_forked_kernels_stores_what_one_with_fresh_ones_stores(
    course: Course, make_lesson: MakeLesson
) -> None:
    (course.source_dir / "own.py").write_text("import numpy\nVALUE = numpy.arange(3).sum()\n")
    for name in ("01_a", "02_b"):
        make_lesson("import own\nprint(own.VALUE)", name=name)
    first, _ = run_all(course, kernels="fresh")
    assert [run.state for run in run_all(course, kernels="warm")[0]] == ["cached", "cached"]
    (course.source_dir / "own.py").write_text("VALUE = 4\n")
    second, _ = run_all(course, kernels="warm")
    assert [run.state for run in second] == ["ran", "ran"]
    assert [run.state for run in run_all(course, kernels="fresh")[0]] == ["cached", "cached"]
    texts = [json.dumps([cell.outputs for cell in run.notebook.cells]) for run in (*first, *second)]
    assert ["3\\n" in text for text in texts] == [True, True, False, False]
    assert os.environ.get("PYTHONHASHSEED") != "0"
