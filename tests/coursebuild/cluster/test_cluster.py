"""Lessons on many machines are what they are on this one: real schedulers and workers."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest
from machines import NOBODY, PATIENCE, Machines, below
from running import (
    MakeLesson,
    Start,
    dependencies,
    meeting,
    outputs,
    run_all,
    until,
)

from coursebuild import cluster
from coursebuild.course import Course
from coursebuild.execute import execute
from coursebuild.job import Job


@pytest.mark.parametrize("workers", [2, 4])
def test_workers_give_what_this_machine_gives_cell_by_cell(
    course: Course, make_lesson: MakeLesson, two: Machines, start: Start, workers: int,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for name in ("DOWNHILL_SITE", "DOWNHILL_REQUIRE_BROWSER"):  # of these tests, not of a lesson
        monkeypatch.delenv(name, raising=False)
    (course.source_dir / "outer.py").write_text("from inner import VALUE\n")
    (course.source_dir / "inner.py").write_text("VALUE = 42\n")
    (course.lessons_dir / "numbers.csv").write_text("1,2,3\n")
    for number in range(1, workers + 1):
        make_lesson(
            "# Lesson",
            "import outer\nprint('value', outer.VALUE)",
            f"import numpy as np\nnp.random.default_rng({number}).normal(size=3)",
            "import os, pathlib\n"
            "print(open('numbers.csv').read(), sorted(pathlib.Path('.').glob('*.csv')))",
            "print(sorted(n for n in os.environ if n.startswith(('DOWN', 'CUDA', 'COURSE_OB'))))",
            "1 / 0",
            meeting(tmp_path / "room", str(number), workers),
            name=f"{number:02}_lesson",
        )
        path = course.lessons_dir / f"{number:02}_lesson.ipynb"
        facts = json.loads(path.read_text())
        facts["cells"][5]["metadata"]["tags"] = ["raises-exception"]
        path.write_text(json.dumps(facts))
    elsewhere = Course(tmp_path / "elsewhere")
    shutil.copytree(course.root, elsewhere.root)

    machines = two if workers == 2 else start(workers)
    there = run_all(elsewhere, machines)
    here = run_all(course)

    for name in here:
        assert [strip(o) for o in outputs(there[name])] == [strip(o) for o in outputs(here[name])]
    assert dependencies(elsewhere) == dependencies(course)
    assert any("code:src/inner.py" in reads for reads in dependencies(course).values())
    assert {run.state for run in run_all(elsewhere).values()} == {"cached"}


def strip(cell: list[Any]) -> list[Any]:
    """Without a traceback's frames, which show the number of the kernel's process."""
    return [{k: v for k, v in output.items() if k != "traceback"} for output in cell]


def test_what_a_lesson_draws_is_drawn_on_the_worker_and_the_same(
    course: Course, make_lesson: MakeLesson, two: Machines
) -> None:
    library = Path(__file__).parents[3] / "src" / "downhill"
    shutil.copytree(library, course.source_dir / "downhill")
    make_lesson(
        "from downhill import data\nfolder = data.mnist_sample()",
        "print(len(list(folder.rglob('*.png'))))",
        data=["mnist_sample"],
    )
    run = run_all(course, two)["01_test"]
    assert run.state == "ran", run.failure
    (reads,) = dependencies(course).values()
    assert len(reads["data:course/mnist_sample"]) == 64
    drawn = [two.home(n) / ".cache" / "course-worker" / "data" for n in (0, 1)]
    assert any(list(folder.rglob("mnist_sample/labels.csv")) for folder in drawn)


def test_a_result_says_where_it_comes_from(
    course: Course, make_lesson: MakeLesson, two: Machines
) -> None:
    make_lesson("print(1)")
    run = run_all(course, two)["01_test"]
    assert run.notebook is not None
    provenance = run.notebook.metadata.downhill.provenance
    assert provenance.device.startswith("CPU")
    assert "torch" in provenance.versions


def test_a_lesson_that_fails_there_says_what_it_says_here(
    course: Course, make_lesson: MakeLesson, two: Machines
) -> None:
    make_lesson("# Words", "x = 1\nprint(y)")
    there, here = (run_all(course, machines)["01_test"] for machines in (two, None))
    assert there.failure == here.failure
    assert there.failure.line == 2


def test_cells_that_are_done_are_told_while_the_lesson_runs(
    course: Course, make_lesson: MakeLesson, two: Machines, tmp_path: Path
) -> None:
    lesson, told = make_lesson("print(1)", meeting(tmp_path / "room", "x", 2)), tmp_path / "told"
    job = Job(
        name=lesson.name,
        notebook=lesson.path.read_text(),
        folder=str(course.lessons_dir),
        environment={"DOWNHILL_PROFILE": "offline"},
        progress=str(told),
    )
    with cluster.pool(course, two.address) as pool:
        answer = pool.submit(execute, job)
        until(lambda: told.exists() and '{"done": 1}' in told.read_text())
        (tmp_path / "room" / "here").touch()
        assert answer.result(PATIENCE).failure is None


def test_a_worker_forgets_what_no_lesson_has_used_for_long(
    course: Course, make_lesson: MakeLesson, start: Start
) -> None:
    machines = start(1)
    store = machines.home() / ".cache" / "course-worker"
    for path in (store / "parcels" / "old.zip", store / "data" / "old" / "x", store / "data/new/x"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    for path in (store / "parcels" / "old.zip", store / "data" / "old"):
        os.utime(path, (0, 0))
    make_lesson("print(1)")
    run_all(course, machines)
    assert not (store / "parcels" / "old.zip").exists()
    assert not (store / "data" / "old").exists()
    assert (store / "data" / "new").exists()
    assert len(list((store / "parcels").iterdir())) == 1


def test_data_of_the_worker_s_own_must_be_the_same_as_here(
    course: Course, make_lesson: MakeLesson, start: Start, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    machines = start(1)
    for folder, content in ((machines.home() / ".fastai", "4,5,6"), (tmp_path / "fastai", "1,2,3")):
        for name, numbers in (("same", "1,2,3"), ("other", content)):
            (folder / "data" / name).mkdir(parents=True)
            (folder / "data" / name / "all.csv").write_text(numbers)
    monkeypatch.setenv("FASTAI_HOME", str(tmp_path / "fastai"))
    for name in ("01_same", "02_other"):
        file = f".fastai/data/{name[3:]}/all.csv"
        make_lesson(f"import pathlib\n(pathlib.Path.home() / '{file}').read_text()", name=name)
    runs = run_all(course, machines)
    assert runs["01_same"].state == "ran"
    assert "it read what is not the same here: fastai/other" in str(runs["02_other"].failure)


def test_data_that_a_worker_does_not_have_are_named(
    course: Course, make_lesson: MakeLesson, two: Machines, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    library = Path(__file__).parents[3] / "src" / "downhill"
    shutil.copytree(library, course.source_dir / "downhill")
    photos = tmp_path / "fastai" / "data" / "oxford-iiit-pet" / "images"
    photos.mkdir(parents=True)
    for number in range(74):  # two photos of each of 37 breeds count as the data set
        (photos / f"breed{number // 2}_{number}.jpg").write_bytes(b"photo")
    monkeypatch.setenv("FASTAI_HOME", str(tmp_path / "fastai"))
    make_lesson("print(1)", data=["pets"])
    failure = run_all(course, two, "cpu")["01_test"].failure
    assert "does not have its data" in str(failure)
    assert "FASTAI_HOME" in str(failure)
    assert len(str(failure).splitlines()) == 1


def test_ctrl_c_stops_what_runs_on_the_workers(
    course: Course, make_lesson: MakeLesson, two: Machines, tmp_path: Path
) -> None:
    make_lesson(meeting(tmp_path / "room", "x", 2))
    course_run = subprocess.Popen(
        [sys.executable, "-m", "coursebuild.cli", "run"],
        cwd=course.root,
        env=os.environ | {"COURSE_SCHEDULER": two.address, "HTTPS_PROXY": NOBODY},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    until((tmp_path / "room" / "x").exists)
    kernels = [child for worker in two.workers for child in below(worker.pid)]
    course_run.send_signal(signal.SIGINT)
    said, _ = course_run.communicate(timeout=PATIENCE)
    assert course_run.returncode == 130
    assert said.splitlines()[-1] == "course: stopped; what was finished is kept"
    assert "Traceback" not in said
    assert kernels
    _, left = psutil.wait_procs(kernels, timeout=PATIENCE)
    assert not left
    (tmp_path / "room" / "here").touch()
    assert run_all(course, two)["01_test"].state == "ran"  # the workers go on
