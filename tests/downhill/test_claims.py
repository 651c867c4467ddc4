"""Claims in cells and in functions: what they show, and what they refuse."""

import numpy as np
import pytest
import torch
from IPython.core.interactiveshell import InteractiveShell

from coursebuild.render import outputs
from downhill.claims import PLACES, ClaimError, as_text, claim
from downhill.errors import DownhillError
from downhill.mime import CLAIM


@pytest.fixture(autouse=True)
def profile(monkeypatch):
    monkeypatch.setenv("DOWNHILL_PROFILE", "offline")


def test_a_true_claim_shows_a_tick_and_the_values_it_compared(cell):
    bundles, error, _ = cell("linear, mean = 0.974412, 0.951\nclaim('Better', linear > mean)")
    assert error is None
    assert bundles == [
        {
            CLAIM: {
                "text": "Better",
                "on": "any",
                "state": "held",
                "measured": {"linear": "0.9744", "mean": "0.951"},
                "profile": "offline",
            },
            "text/plain": "✓ Better (linear = 0.9744, mean = 0.951)",
        }
    ]


def test_a_false_claim_is_shown_and_then_raises_with_its_values(cell):
    bundles, error, shown = cell("a = 1\n\nclaim('Two', a == 2)")
    assert bundles[0][CLAIM]["state"] == "failed"
    assert isinstance(error, ClaimError)
    assert str(error) == "This claim does not hold: Two — a = 1"
    assert "ClaimError: This claim does not hold: Two — a = 1" in shown
    assert "----> 3 claim('Two', a == 2)" in shown
    assert "claims.py" not in shown


def test_numbers_that_stand_in_the_claim_are_not_shown_as_measured(cell):
    bundles, _, _ = cell("seen = [6, 12]\n\nclaim('Piles up', seen == [6, 12] and -1 < seen[0])")
    assert "[6, 12]" not in bundles[0][CLAIM]["measured"]
    assert bundles[0][CLAIM]["measured"]["seen"] == "[6, 12]"


def test_a_claim_on_the_real_data_is_not_enforced_elsewhere(cell):
    bundles, error, _ = cell("accuracy = 0.5\nclaim('Good', accuracy > 0.9, on='real')")
    assert error is None
    assert bundles[0][CLAIM]["state"] == "elsewhere"
    assert bundles[0]["text/plain"] == ("○ Good (checked on the real data; here accuracy = 0.5)")


def test_a_claim_on_the_real_data_is_enforced_there(cell, monkeypatch):
    monkeypatch.setenv("DOWNHILL_PROFILE", "cpu")
    bundles, error, _ = cell("claim('Good', 0.5 > 0.9, on='real')")
    assert bundles[0][CLAIM]["state"] == "failed"
    assert bundles[0][CLAIM]["profile"] == "cpu"
    assert isinstance(error, ClaimError)


@pytest.mark.parametrize(
    ("on", "profile", "state"),
    [
        ("drawn", "offline", "held"),
        ("drawn", "cpu", "elsewhere"),
        ("drawn", "gpu", "elsewhere"),
        ("real", "gpu", "held"),
        ("gpu", "offline", "elsewhere"),
        ("gpu", "cpu", "elsewhere"),
        ("gpu", "gpu", "held"),
    ],
)
def test_a_claim_is_enforced_where_it_says(cell, monkeypatch, on, profile, state):
    monkeypatch.setenv("DOWNHILL_PROFILE", profile)
    bundles, error, _ = cell(f"claim('Good', 2 > 1, on={on!r})")
    assert (bundles[0][CLAIM]["state"], error) == (state, None)


def test_the_site_names_the_same_places():
    assert outputs.PLACES == PLACES


def test_outside_a_notebook_the_claim_is_a_line_of_text(capsys):
    InteractiveShell.clear_instance()
    n, right = 2038, torch.tensor(1939)
    claim("Most are right", right / n > 0.9)
    claim("Nothing to name", 1 < 2)
    claim("Elsewhere", 1 > 2, on="real")
    assert capsys.readouterr().out.splitlines() == [
        "✓ Most are right (right = 1939, n = 2038)",
        "✓ Nothing to name",
        "○ Elsewhere (checked on the real data)",
    ]


def test_keywords_replace_the_values_found(capsys):
    right, n = 9, 10
    claim("Most", right / n > 0.5, accuracy=right / n)
    assert capsys.readouterr().out == "✓ Most (accuracy = 0.9)\n"


def test_the_condition_may_be_a_keyword(capsys):
    k = 3
    claim(text="Odd", condition=k % 2 == 1)
    assert capsys.readouterr().out == "✓ Odd (k % 2 = 1)\n"


def test_methods_are_not_called_again_and_their_objects_are_shown(capsys):
    calls = []

    class Model:
        def accuracy(self):
            calls.append(1)
            return 0.75

    model, w = Model(), torch.tensor(2.0)
    claim("Once", model.accuracy() > 0.5 and w.item() > 1 and not torch.isnan(w))
    assert len(calls) == 1
    assert capsys.readouterr().out == "✓ Once (model = Model, w = 2)\n"


def test_without_source_a_claim_still_holds(capsys):
    exec("claim('From a string', 1 < 2)", {"claim": claim})
    arguments = ("Starred", True)
    claim(*arguments)
    assert capsys.readouterr().out == "✓ From a string\n✓ Starred\n"


@pytest.mark.parametrize("condition", [np.bool_(True), torch.tensor(True), np.array(True)])
def test_one_truth_value_of_any_library_is_a_condition(condition, capsys):
    claim("True", condition)
    assert capsys.readouterr().out.startswith("✓ True")
    with pytest.raises(ClaimError):
        claim("False", ~condition if not isinstance(condition, np.ndarray) else condition == 0)


def test_several_values_need_all_or_any():
    with pytest.raises(DownhillError, match=r"shape \[3\].*\.all\(\)"):
        claim("Each", torch.ones(3) > 0)


@pytest.mark.parametrize("condition", [0.97, 1, "yes", None, torch.tensor(0.97), [True]])
def test_a_number_alone_is_not_a_condition(condition):
    with pytest.raises(DownhillError, match=r"not a truth value.*compare"):
        claim("Accurate", condition)


def test_on_is_a_place_that_there_is():
    with pytest.raises(DownhillError, match="on must be one of"):
        claim("Text", True, on="moon")


def test_nan_never_holds():
    loss = float("nan")
    with pytest.raises(ClaimError, match="loss = nan"):
        claim("The loss is small", loss < 1)


def test_say_shows_markdown(cell):
    bundles, _, _ = cell("say(f'**{1 / 3:.1%}**')")
    assert bundles == [{"text/markdown": "**33.3%**", "text/plain": "**33.3%**"}]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.123456, "0.1235"),
        (1e-9, "1e-09"),
        (torch.tensor(2.5), "2.5"),
        (np.float32(0.1), "0.1"),
        (torch.zeros(2, 3), "Tensor [2, 3] float32"),
        (np.zeros((2, 3), np.uint8), "ndarray [2, 3] uint8"),
        (12345, "12345"),
        ("x" * 99, "x" * 57 + "…"),
        ([0.5, 0.25], "[0.5, 0.25]"),
        (list(range(100)), "list of 100"),
        ({"a": 1}, "dict of 1"),
        (object(), "object"),
        (None, "None"),
    ],
)
def test_values_are_shown_in_few_characters(value, text):
    assert as_text(value) == text
