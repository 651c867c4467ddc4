"""Whose a name in code is."""

from __future__ import annotations

import pytest

from coursebuild.render.names import Scope, uses

KNOWN = {"torch.tensor", "torch.nn.functional.relu", "torch.nn.Linear", "downhill.plot.show"}


def named(*cells: str) -> list[str]:
    """The texts that the last of some cells has as known names."""
    scope: Scope = {}
    for cell in cells[:-1]:
        uses(cell, scope, ())
    return [cells[-1][use.start : use.end] for use in uses(cells[-1], scope, KNOWN)]


@pytest.mark.parametrize(
    ("imports", "code", "found"),
    [
        ("import torch", "x = torch.tensor([1])", ["torch.tensor"]),
        ("import torch.nn.functional as F", "F.relu(F.relu(x))", ["F.relu", "F.relu"]),
        ("import torch.nn.functional", "torch.nn.functional.relu", ["torch.nn.functional.relu"]),
        ("from torch import nn", "nn.Linear(2, 1).weight", ["nn.Linear"]),
        ("from downhill.plot import show as see", "see(fig)", ["see"]),
        ("from downhill.plot import show", "def f(fig):\n    show(fig)", ["show"]),
        ("from downhill.plot import show", "[show(x) for x in xs]", ["show"]),
        ("from downhill.plot import show", 'print(f"{show(x)} ≤ {show}")', ["show", "show"]),
        ("from downhill.plot import show", "@show\ndef f(a: show = show): ...", ["show"] * 3),
    ],
)
def test_a_name_is_followed_to_its_import(imports: str, code: str, found: list[str]) -> None:
    assert named(imports, code) == found


@pytest.mark.parametrize(
    "code",
    [
        "import torch",
        "show = print\nshow(1)",
        "def show(): ...\nshow()",
        "def f(show):\n    show(1)",
        "def f():\n    show = print\n    show(1)",
        "[show for show in xs]",
        "lambda show: show(1)",
        "for show in xs:\n    pass\nshow(1)",
        "try:\n    pass\nexcept E as show:\n    pass\nshow(1)",
        "x.show()",
        "'show(1)'  # show(1)",
        "show = 1",
        "1 +",
    ],
)
def test_what_only_looks_like_a_known_name_is_not_taken(code: str) -> None:
    assert named("from downhill.plot import show", code) == []


def test_an_import_holds_for_later_cells_until_the_name_means_something_else() -> None:
    first = "from downhill.plot import show"
    assert named(first, "show(1)\nshow = 2\nshow") == ["show"]
    assert named(first, "def show(x): ...", "show(1)") == []
    assert named(first, "def show(x): ...", first, "show(1)") == ["show"]
    assert named(first, "[show for show in xs]", "show(1)") == ["show"]


def test_places_count_characters_not_bytes_and_step_over_magics() -> None:
    code = '%pip install "x"\nα = "→"; show(α)\n  '
    assert named("from downhill.plot import show", code) == ["show"]


def test_a_chain_over_several_lines_is_named_by_its_last_name() -> None:
    assert named("import torch", "(torch\n    .tensor([1]))") == ["tensor"]
