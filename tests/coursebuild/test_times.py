"""`course times`: the last runs side by side, and in the report."""

from __future__ import annotations

import json
from collections.abc import Callable

from click.testing import CliRunner

from coursebuild.cli import main
from coursebuild.course import Course
from coursebuild.lesson import Lesson
from coursebuild.times import table

MakeLesson = Callable[..., Lesson]


def row(seconds: float, device: str) -> dict[str, object]:
    return {"runs": [{"seconds": 99.0, "device": device}, {"seconds": seconds, "device": device}]}


def test_cpu_and_gpu_stand_side_by_side(course: Course, make_lesson: MakeLesson) -> None:
    for name in ("01_net", "02_sums", "03_new"):
        make_lesson("print(1)", name=name)
    known = {
        "offline": {"01_net": row(38.04, "CPU: x"), "02_sums": row(3.0, "CPU: x")},
        "gpu": {
            "01_net": row(12.5, "GPU: H100"),
            "02_sums": row(2.5, "CPU: y"),
            "09_old": row(1, ""),
        },
    }
    course.build.mkdir()
    (course.build / "history.json").write_text(json.dumps(known))
    assert table(course) == [
        "| Lesson | CPU, gpu | CPU, offline | GPU, gpu |",
        "| --- | ---: | ---: | ---: |",
        "| 01_net | – | 38.0 s | 12.5 s |",
        "| 02_sums | 2.5 s | 3.0 s | – |",
    ]


def test_the_report_ends_with_the_times(
    course: Course, make_lesson: MakeLesson, monkeypatch: object
) -> None:
    make_lesson("print(1)")
    runner = CliRunner()
    monkeypatch.chdir(course.root)  # type: ignore[attr-defined]
    none = runner.invoke(main, ["times"])
    assert none.exit_code == 1
    assert "no run is recorded" in none.stderr
    assert runner.invoke(main, ["run"]).exit_code == 0
    shown = runner.invoke(main, ["times"])
    assert shown.output.startswith("| Lesson | CPU, offline |\n")
    report = (course.build / "report.md").read_text()
    assert report.endswith(f"## Times of the last runs\n\n{shown.output}")
