"""The confusion explorer in a real Chromium: mouse, touch, keys, the game."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from confusion_explorer_page import NAME, make_data, part, reveal
from demo_page import MARKS, served, start
from playwright.sync_api import Browser, BrowserContext, Page, expect

pytestmark = MARKS


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_data(tmp_path_factory)


@pytest.fixture(scope="module")
def data(folder: Path) -> dict:
    return json.loads((folder / "drawn.json").read_text())


@pytest.fixture(scope="module")
def base(folder: Path) -> Iterator[str]:
    """URL of a page with the explorer."""
    with served(folder, {NAME: "drawn.json"}) as address:
        yield address


@pytest.fixture
def names(data: dict) -> list[str]:
    return [name.replace("_", " ") for name in data["vocab"]]


def fullest(data: dict) -> tuple[int, int, int]:
    """The cell with most mistakes: label, prediction, count."""
    cells = [(m["true"], m["predicted"]) for m in data["mistakes"]]
    label, said = max(set(cells), key=cells.count)
    return label, said, cells.count((label, said))


def test_the_prediction_comes_before_the_matrix(page: Page, data: dict, names: list[str]) -> None:
    expect(page.locator(".dl-wait")).to_be_visible()
    expect(part(page, "status")).to_be_hidden()
    label, said, _ = fullest(data)
    pair = " and ".join(names[i] for i in sorted((label, said)))
    page.get_by_role("button", name=pair).click()
    expect(part(page, "answer")).to_have_text(
        re.compile(rf"You say: {pair}\. Yes: \d+ times, both ways together\.")
    )
    expect(page.locator(".dl-wait")).to_be_hidden()
    expect(part(page, "status")).to_be_visible()


def test_the_fullest_cell_comes_with_its_pictures(page: Page, data: dict, names: list[str]) -> None:
    reveal(page)
    label, said, count = fullest(data)
    expect(part(page, "status")).to_contain_text(
        f"Labelled {names[label]}, called {names[said]}: {count} of"
    )
    here = [m for m in data["mistakes"] if (m["true"], m["predicted"]) == (label, said)]
    cards = part(page, "strip").locator("li")
    expect(cards).to_have_count(count)
    pictured = [m for m in here if m["thumb"] is not None]
    assert pictured, "the worst mistakes are among them"
    expect(part(page, "strip").locator("canvas")).to_have_count(len(pictured))
    expect(cards.first).to_contain_text(f"loss {here[0]['loss']:.2f}")
    colours = (
        part(page, "strip")
        .locator("canvas")
        .first.evaluate(
            "c => new Set(c.getContext('2d').getImageData(0, 0, c.width, c.height).data).size"
        )
    )
    assert colours > 10


def test_keyboard_only_walks_through_the_matrix(page: Page, names: list[str]) -> None:
    part(page, "matrix").focus()
    page.keyboard.press("ArrowRight")  # shows the matrix, and moves
    expect(part(page, "status")).to_contain_text(f"Labelled {names[0]}, called {names[1]}:")
    page.keyboard.press("ArrowDown")
    expect(part(page, "status")).to_contain_text(
        re.compile(rf"^{names[1]}: \d+ of \d+ recognised, a recall of \d+ % \(95 % interval")
    )
    page.keyboard.press("End")
    expect(part(page, "status")).to_contain_text(f"Labelled {names[1]}, called {names[-1]}:")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")  # stops at the edge
    expect(part(page, "status")).to_contain_text(f"{names[0]}: ")
    page.keyboard.press("Tab")  # leaves the matrix
    expect(part(page, "matrix")).not_to_be_focused()


def test_next_leads_from_the_fullest_cell_to_emptier_ones(page: Page) -> None:
    reveal(page)

    def count() -> int:
        page.wait_for_timeout(250)  # the status line waits for a pause
        return int(re.search(r": (\d+) of", part(page, "status").inner_text())[1])

    found = [count()]
    for _ in range(3):
        page.get_by_role("button", name="Next confusion").click()
        found.append(count())
    assert found == sorted(found, reverse=True)
    page.get_by_role("button", name="Fuller").click()
    assert count() == found[2]


def test_sorting_changes_the_order_of_the_rows_and_keeps_the_cell(
    page: Page, names: list[str]
) -> None:
    reveal(page)
    expect(part(page, "status")).to_contain_text("Labelled")  # after a pause
    before = part(page, "status").inner_text()
    rows = page.locator('[data-part="matrix"] .dl-all > text[text-anchor="end"]')
    assert rows.all_text_contents() == names
    seen = set()
    for by in ("Recall", "Mistakes", "Likeness"):
        page.get_by_role("button", name=by, exact=True).click()
        expect(page.get_by_role("button", name=by, exact=True)).to_have_attribute(
            "aria-pressed", "true"
        )
        order = rows.all_text_contents()
        assert sorted(order) == sorted(names)
        seen.add(tuple(order))
        assert part(page, "status").inner_text() == before
    assert len(seen) >= 2
    assert tuple(names) not in seen
    right = [float(x) for x in page.locator(".dl-recall").evaluate_all(
        "all => all.map((c) => c.getAttribute('cx'))")]  # fmt: skip
    page.get_by_role("button", name="Recall", exact=True).click()
    by_recall = [float(x) for x in page.locator(".dl-recall").evaluate_all(
        "all => all.map((c) => c.getAttribute('cx'))")]  # fmt: skip
    assert by_recall == sorted(right)


def test_a_finger_opens_a_cell(context: BrowserContext, base: str, names: list[str]) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 900})
    start(page, base)
    page.tap("text=Just show me")
    box = page.locator(".dl-blank").evaluate(
        "e => ['x','y','width'].map((a) => +e.getAttribute(a))"
    )
    cell = box[2] / len(names)
    at = {"x": box[0] + 2.5 * cell, "y": box[1] + 4.5 * cell}
    part(page, "matrix").tap(position=at)
    expect(part(page, "status")).to_contain_text(f"Labelled {names[4]}, called {names[2]}:")
    part(page, "matrix").tap(position={"x": 10, "y": at["y"]})  # a name: that class itself
    expect(part(page, "status")).to_contain_text(f"{names[4]}: ")


def test_the_game_is_won_by_who_knows_the_wrong_labels(
    page: Page, data: dict, names: list[str]
) -> None:
    pictured = [m for m in data["mistakes"] if m["thumb"] is not None]
    assert any(m["wrong_label"] for m in pictured)
    for n, mistake in enumerate(pictured, start=1):
        expect(part(page, "claim")).to_contain_text(f"The label says {names[mistake['true']]}.")
        wrong = "wrong" if mistake["wrong_label"] else "right"
        page.get_by_role("button", name=f"The label is {wrong}").click()
        expect(part(page, "verdict")).to_contain_text("Yes: ")
        expect(part(page, "gameText")).to_contain_text(f"{n} of {n} answers right.")
        if n < len(pictured):
            button = page.get_by_role("button", name="Next picture")
            expect(button).to_be_focused()
            page.keyboard.press("Enter")
    expect(part(page, "gameText")).to_contain_text(f"All {n} done.")
    page.get_by_role("button", name="Play again").click()
    expect(part(page, "gameText")).to_have_text(f"The {n} pictures with the largest losses.")


def test_a_wrong_answer_is_told_what_the_picture_shows(page: Page, data: dict) -> None:
    pictured = [m for m in data["mistakes"] if m["thumb"] is not None]
    first = pictured[0]
    opposite = "right" if first["wrong_label"] else "wrong"
    page.get_by_role("button", name=f"The label is {opposite}").click()
    shows = (first["wrong_label"] or "").replace("_", " ")
    expect(part(page, "verdict")).to_contain_text(
        f"No: it shows a {shows}" if shows else "No: the label is right"
    )


def test_where_no_list_exists_nobody_is_told_right_or_wrong(
    chromium: Browser, folder: Path, tmp_path: Path
) -> None:
    """Real photos; and 37 classes with long names fit a phone."""
    (tmp_path / "large.json").write_text((folder / "large.json").read_text())
    with served(tmp_path, {NAME: "large.json"}) as address:
        page = chromium.new_page(viewport={"width": 390, "height": 900})
        start(page, address)
        page.get_by_role("button", name="The label is wrong").click()
        expect(part(page, "verdict")).to_contain_text("No list says who is right")
        expect(part(page, "gameText")).to_contain_text("You call 1 of 1 wrong.")
        reveal(page)
        expect(part(page, "matrix")).to_have_attribute("aria-label", re.compile("of 37 breeds"))
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.close()
