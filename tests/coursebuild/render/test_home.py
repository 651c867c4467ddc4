"""The home page says what the runs say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from lxml import html as lxml_html

from coursebuild.render import home
from coursebuild.render.bundles import CLAIM

REPOSITORY = Path(__file__).parents[3]


def step(make: Any, name: str, *states: str, pages: int = 1) -> home.Step:
    cell = make.shown(*({CLAIM: {"text": "t", "state": state}} for state in states))
    book = make.notebook(cell, reading_minutes=64, provenance={"profile": "offline"})
    times = {"CPU": "22 s (offline), about 4 min (cpu)", "GPU": "9.0 s"}
    return home.Step(name, "X & Y", f"lessons/{name}/", book, times, pages)


@pytest.fixture
def steps(make: Any) -> list[home.Step]:
    return [
        step(make, "01_one", "held", "held", "elsewhere", pages=7),
        step(make, "02_two", "held", "failed"),
        step(make, "03_three"),
    ]


def text(page: str) -> str:
    return " ".join(str(lxml_html.fromstring(page).text_content()).split())


def test_the_path_has_each_lesson_with_its_times_and_claims(steps: list[home.Step]) -> None:
    page = home.path(steps, {"01_one": "Tell a < from a >."})
    first, second, third = (text(item) for item in re.findall(r"<li>.*?</li>", page))
    assert first.startswith("1X & YTell a < from a >.Reading64 min on 7 pages")
    assert "Running (CPU)22 s (offline), about 4 min (cpu)" in first
    assert "Running (GPU)9.0 s" in first
    assert "Claims held2 of 2" in first
    assert "Claims held1 of 2" in second
    assert "pages" not in second
    assert "Claims" not in third
    assert 'href="lessons/02_two/"' in page


def test_the_proof_counts_the_claims_of_all_lessons(steps: list[home.Step]) -> None:
    page = home.proof(steps, "claims/")
    assert "3 of 4 claims held" in text(page)
    assert "1 more, the hollow squares, are about the real data or a GPU" in text(page)
    assert "X & Y 1 held, 1 failed" in text(page)
    assert page.count("<li>") == 2  # a lesson without claims has no squares
    assert 'href="claims/"' in page


def test_there_is_a_square_for_each_claim() -> None:
    states = ["held"] * 41 + ["elsewhere", "held"]
    drawn = home.mosaic(states)
    assert 'viewBox="0 0 400 20"' in drawn
    [held] = re.findall(r'class="claim-is-held" d="(.*?)"', drawn)
    [other] = re.findall(r'class="claim-is-elsewhere" d="(.*?)"', drawn)
    assert (held.count("M"), other.count("M")) == (42, 1)
    assert other.startswith("M11 11")  # the second of the second row


def test_a_page_without_places_stays_as_it_is(steps: list[home.Step]) -> None:
    assert home.fill("<p>text</p>", steps, "") == "<p>text</p>"
    filled = home.fill(f"<!-- downhill:path\n01_one: Lead: more.\n-->{home.PROOF}", steps, "c/")
    assert "Lead: more." in filled
    assert "<!--" not in filled


def test_the_home_page_says_of_each_lesson_what_it_is_for_and_types_no_number() -> None:
    page = (REPOSITORY / "docs" / "index.md").read_text(encoding="utf-8")
    [match] = home.PATH.finditer(page)
    lessons = (REPOSITORY / "lessons").glob("*.ipynb")
    appendix = '"appendix": true'
    on_the_way = {path.stem for path in lessons if appendix not in path.read_text("utf-8")}
    assert set(home.leads(match["leads"])) == on_the_way
    prose = page[: match.start()].split("---", 2)[2] + page[match.end() :]
    plain = re.sub(r"\(.*?\)|lesson 1|a 3 or a 7|<.*?>", "", prose)
    assert not re.search(r"\d", plain)
