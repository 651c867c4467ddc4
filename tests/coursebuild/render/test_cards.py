"""Cards: drawn once, small, and with the words of the page."""

from __future__ import annotations

import io
import math
from pathlib import Path

import pytest
from PIL import Image, ImageColor

from coursebuild.render import cards
from coursebuild.render.assets import Assets


def test_a_card_is_drawn_once_and_then_taken_from_the_cache(
    assets: Assets, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = cards.card(assets, "Pet breeds", "Lesson 3", "Downhill", 3)
    [kept] = (assets.cache / "cards").iterdir()
    before = kept.stat().st_mtime_ns
    elsewhere = Assets(assets.site.parent / "another", assets.cache)
    assert cards.card(elsewhere, "Pet breeds", "Lesson 3", "Downhill", 3) == first
    assert kept.stat().st_mtime_ns == before
    assert (elsewhere.site / first).read_bytes() == (assets.site / first).read_bytes()
    assert first.startswith("assets/cards/")
    assert cards.card(assets, "Pet breeds", "Lesson 4", "Downhill", 4) != first


@pytest.mark.parametrize(
    "title", ["Status", "Stochastic gradient descent", "A title of many words " * 4]
)
def test_a_card_is_small_and_has_our_colours(title: str) -> None:
    data = cards.draw(title, "Lesson 2", "Downhill", 2)
    assert len(data) <= 60_000
    with Image.open(io.BytesIO(data)) as image:
        assert image.size == (1200, 630)
        colours = {colour for _, colour in image.convert("RGB").getcolors(1 << 16) or []}
    for colour in (cards.PAPER, cards.INK, cards.LAKE, cards.RUST):
        assert ImageColor.getrgb(colour) in colours


def test_words_stay_clear_of_the_path() -> None:
    """Between the column of text and the leftmost step nothing but contour lines is drawn."""
    for number in range(1, 8):
        places = [cards._place(*point)[0] / cards.FINER for point in cards.steps(number)]
        assert min(places) > cards.MARGIN + cards.WIDTH
        assert max(places) < cards.SIZE[0]


def test_each_of_seven_lessons_goes_its_own_way_and_arrives() -> None:
    found = {number: cards.steps(number) for number in range(7)}
    assert len({str(path) for path in found.values()}) == 7
    assert all(math.hypot(*path[-1]) <= 0.06 for path in found.values())


def test_lines_are_even() -> None:
    font = cards._font(cards.TITLE, 80)
    lines = cards.wrapped("Deep learning, one step downhill at a time", font, 650 * cards.FINER)
    assert lines == ["Deep learning,", "one step downhill", "at a time"] or len(lines) <= 3
    widths = [font.getlength(line) for line in lines]
    assert max(widths) <= 650 * cards.FINER
    assert min(widths) > max(widths) / 3


def test_the_fonts_are_found_without_importing_matplotlib(tmp_path: Path) -> None:
    import subprocess
    import sys

    code = (
        "import sys; from coursebuild.render import cards; cards._font(cards.SMALL, 9);"
        "assert 'matplotlib' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
