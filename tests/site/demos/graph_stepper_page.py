"""The graph stepper's page and data, and what a reader does there: for its two test files."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from demo_page import served
from playwright.sync_api import Locator, Page

NAME = "graph-stepper"


def node(name: str, op: str, of: str, value: float, grad: float) -> dict[str, object]:
    return {"id": name, "op": op, "of": of.split(), "value": value, "grad": grad}


# Values and gradients by hand; that the page computes torch's, tests/demos proves.
CHAIN = [
    node("a", "input", "", 2, 12),
    node("b", "input", "", -3, -8),
    node("q", "*", "a b", -6, -4),
    node("c", "input", "", 4, -4),
    node("s", "+", "q c", -2, -4),
    node("L", "**2", "s", 4, 1),
]
TWICE = [
    node("a", "input", "", 2, -1),
    node("b", "input", "", -1, 2),
    node("h", "*", "a b", -2, 1),
    node("c", "input", "", 5, -2),
    node("u", "**2", "h", 4, 1),
    node("v", "*", "h c", -10, 1),
    node("L", "+", "u v", -6, 1),
]
NEURON = [
    node("w", "input", "", 1.5, -12),
    node("x", "input", "", 2, -9),
    node("p", "*", "w x", 3, -6),
    node("b", "input", "", -1, -6),
    node("z", "+", "p b", 2, -6),
    node("yhat", "relu", "z", 2, -6) | {"label": "ŷ"},
    node("y", "input", "", 5, 6),
    node("e", "-", "yhat y", -3, -6),
    node("L", "**2", "e", 9, 1),
]
GRAPHS = [
    {"name": "A chain", "nodes": CHAIN, "output": "L", "ask": "a"},
    {"name": "A value used twice", "nodes": TWICE, "output": "L", "ask": "h"},
    {"name": "One neuron", "nodes": NEURON, "output": "L", "ask": "w"},
]


@contextmanager
def served_graphs(folder: Path) -> Iterator[str]:
    """URL of the demo; wrong.html has a value that the graph does not give."""
    (folder / "graph.json").write_text(json.dumps({"graphs": GRAPHS}))
    wrong = [{**GRAPHS[0], "nodes": [*CHAIN[:-1], node("L", "**2", "s", 5, 1)]}]
    with served(folder, {NAME: "graph.json"}) as address:
        (folder / "wrong.json").write_text(json.dumps({"graphs": wrong}))
        page = (folder / "index.html").read_text()
        (folder / "wrong.html").write_text(page.replace("graph.json", "wrong.json"))
        yield address


def part(page: Page, name: str) -> Locator:
    return page.locator(f'[data-part="{name}"]')


def press(page: Page, action: str, times: int = 1) -> None:
    for _ in range(times):
        # forced: Playwright waits for ever for a button that is aria-disabled
        page.locator(f"[data-do={action}]").click(force=True)


def pick(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()
