"""Who is not taken: other versions, no scheduler, no worker, no GPU."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from distributed import Client
from machines import PATIENCE, Machines, computer
from running import (
    MakeLesson,
    Start,
    run_all,
    text,
)

from coursebuild import cluster
from coursebuild.course import Course
from coursebuild.errand import Errand
from coursebuild.errors import CourseError
from coursebuild.job import Job
from coursebuild.versions import installed
from coursebuild.worker import perform


def test_a_worker_with_other_sources_is_refused_with_both_versions(
    course: Course, make_lesson: MakeLesson, start: Start, tmp_path: Path
) -> None:
    other = computer(tmp_path / "other")
    module = next((tmp_path / "other").rglob("coursebuild/execute.py"))
    module.write_text(module.read_text() + "\n# another commit\n")
    machines = start(1)
    machines.add_worker(python=other)
    machines.wait(2)
    make_lesson("print(1)")
    with pytest.raises(CourseError, match=r"coursebuild \w{12} here, \w{12} there"):
        run_all(course, machines)


def test_a_worker_that_came_later_refuses_what_others_ask(two: Machines, tmp_path: Path) -> None:
    job = Job("01_test", "", str(tmp_path), {})
    errand = Errand(job, "", "", "", installed() | {"nbclient": "0.0.1"})
    with Client(two.address, set_as_default=False) as client:
        asked = client.submit(perform, errand, pure=False)
        with pytest.raises(CourseError, match=r"nbclient 0.0.1 here, [\d.]+ there — worker tcp:"):
            asked.result(PATIENCE)


def test_a_worker_without_the_package_is_refused(
    course: Course, make_lesson: MakeLesson, start: Start, tmp_path: Path
) -> None:
    bare = computer(tmp_path / "bare")
    shutil.rmtree(next((tmp_path / "bare").rglob("site-packages/coursebuild")))
    machines = start(0)
    machines.add_worker(python=bare)
    machines.wait(1)
    make_lesson("print(1)")
    with pytest.raises(CourseError, match="does not have this version of the package"):
        run_all(course, machines)


def test_a_scheduler_without_workers_says_so(
    course: Course, make_lesson: MakeLesson, start: Start
) -> None:
    make_lesson("print(1)")
    with pytest.raises(CourseError, match="the scheduler has no workers"):
        run_all(course, start(0))


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense://x", "127.0.0.1:99999"])
def test_no_scheduler_is_one_line(
    course: Course, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr(cluster, "CONNECT", 1.0)
    with pytest.raises(CourseError) as error:
        cluster.connect(address)
    assert address in str(error.value)
    assert "dask scheduler" in str(error.value)
    assert len(str(error.value).splitlines()) == 1


def test_tls_without_a_certificate_is_one_line() -> None:
    with pytest.raises(
        CourseError, match=r"no certificate is named for TLS — tls://127\.0\.0\.1:9"
    ):
        cluster.connect("tls://127.0.0.1:9")


def test_without_distributed_the_line_says_how_to_get_it() -> None:
    code = (
        "import sys; sys.modules['distributed'] = None\n"
        "from coursebuild import cluster; cluster.connect('tcp://127.0.0.1:9')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "CourseError: the package distributed is not installed" in done.stderr
    assert "pip install 'downhill[remote]'" in done.stderr


DEVICES = "import os\nprint('devices', repr(os.environ.get('CUDA_VISIBLE_DEVICES')))"


def test_a_lesson_that_needs_a_gpu_is_not_waited_for_where_no_worker_offers_one(
    course: Course, make_lesson: MakeLesson, two: Machines
) -> None:
    make_lesson(DEVICES, name="01_plain")
    make_lesson(DEVICES, name="02_needy", gpu=True)
    with pytest.raises(CourseError) as error:
        run_all(course, two, "gpu")
    assert "lesson 02_needy needs a GPU" in str(error.value)
    assert "--resources GPU=1" in str(error.value)


def test_a_lesson_that_declares_a_gpu_goes_to_a_worker_that_has_one_and_others_see_none(
    course: Course, make_lesson: MakeLesson, start: Start
) -> None:
    machines = start(1)
    machines.add_worker("--resources", "GPU=1")
    machines.wait(2)
    make_lesson(DEVICES, name="01_plain")
    make_lesson(DEVICES + "; print(os.environ['HOME'])", name="02_needy", gpu=True)
    runs = run_all(course, machines, "gpu")
    assert text(runs["01_plain"]) == "devices ''\n"
    assert text(runs["02_needy"]) == f"devices None\n{machines.home(1)}\n"


def test_outside_the_gpu_profile_no_lesson_needs_one(
    course: Course, make_lesson: MakeLesson, two: Machines
) -> None:
    make_lesson(DEVICES, gpu=True)
    assert text(run_all(course, two)["01_test"]) == "devices ''\n"
