"""The confusion explorer on its page: URL, no scripts, no data, sizes, axe."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from confusion_explorer_page import NAME, make_data, part, reveal
from demo_page import (
    MARKS,
    served,
    start,
    still_stays_without_data,
    still_stays_without_scripts,
    violations,
    wear,
)
from playwright.sync_api import Browser, BrowserContext, Page, expect

pytestmark = MARKS


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_data(tmp_path_factory)


@pytest.fixture(scope="module")
def base(folder: Path) -> Iterator[str]:
    """URL of a page with the explorer."""
    with served(folder, {NAME: "drawn.json"}) as address:
        yield address


def test_the_url_brings_back_order_cell_and_game(context: BrowserContext, base: str) -> None:
    page = start(context.new_page(), f"{base}/?other=1#{NAME}")
    page.get_by_role("button", name="Mistakes").click()
    page.get_by_role("button", name="The label is wrong").click()
    page.get_by_role("button", name="Next picture").click()
    page.get_by_role("button", name="The label is right").click()
    reveal(page)
    expect(page).to_have_url(
        re.compile(rf"\?other=1&cf-sort=mistakes&cf-game=wr&cf-cell=\d+_\d+#{NAME}$|"
                   rf"\?other=1&cf-sort=mistakes&cf-cell=\d+_\d+&cf-game=wr#{NAME}$")
    )  # fmt: skip
    again = start(context.new_page(), page.url)
    for name in ("status", "gameText"):
        expect(part(again, name)).to_have_text(part(page, name).inner_text())
    expect(again.get_by_role("button", name="Mistakes")).to_have_attribute("aria-pressed", "true")
    expect(again.locator(".dl-wait")).to_be_hidden()


def test_nonsense_in_the_url_starts_at_the_beginning(context: BrowserContext, base: str) -> None:
    page = start(context.new_page(), f"{base}/?cf-sort=toString&cf-cell=99_1&cf-game=xyz")
    expect(page.get_by_role("button", name="Name")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".dl-wait")).to_be_visible()
    expect(part(page, "verdict")).to_have_text("")
    long = start(context.new_page(), f"{base}/?cf-game={'w' * 500}")
    expect(part(long, "gameText")).to_contain_text("done.")


def test_without_scripts_the_picture_and_its_words_stay(chromium: Browser, base: str) -> None:
    still_stays_without_scripts(chromium, base, NAME)


def test_without_data_the_picture_stays_and_a_message_says_why(
    chromium: Browser, base: str
) -> None:
    still_stays_without_data(chromium, base, NAME)


@pytest.mark.parametrize("width", [320, 360, 375, 390, 768, 1280])
def test_nothing_jumps_and_nothing_is_wider_than_the_screen(
    chromium: Browser, base: str, width: int
) -> None:
    """The demo is as high as its picture was; the controls stay under the finger all along."""
    page = chromium.new_page(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    height = f"document.querySelector('downhill-{NAME}').firstElementChild.offsetHeight"
    places = """[...document.querySelectorAll('.dl-confusion .dl-tools button, .dl-views > *,'
        + '.dl-game, [data-part=strip], [data-part=replies], [data-part=verdict]')]
        .map((e) => e.getBoundingClientRect().top + scrollY)"""
    page.route("**/*.json", lambda route: route.abort())
    page.goto(base)
    page.wait_for_selector(f"downhill-{NAME}[data-state=failed]")
    before = page.evaluate(height)
    page.unroute("**/*.json")
    start(page, base)
    assert page.evaluate(height) == before
    tops = page.evaluate(places)
    for guess in ("0", "1", "2", "show"):
        page.click(f"[data-guess='{guess}']")
        assert page.evaluate(places) == tops, guess
    for step in range(4):
        page.get_by_role("button", name="Next confusion").click()
        part(page, "matrix").focus()
        page.keyboard.press("Home" if step % 2 else "ArrowRight")
        page.wait_for_timeout(200)
        assert page.evaluate(places) == tops, step
    for answer in ("w", "next", "r", "next", "w"):
        page.click(f"[data-answer={answer}]")
        assert page.evaluate(places) == tops, answer
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(height) == before
    page.close()


def test_targets_are_large_enough_for_a_finger(page: Page) -> None:
    sizes = page.evaluate(
        """() => [...document.querySelectorAll('button')]
        .map(node => [node.textContent, node.getBoundingClientRect().height])"""
    )
    assert len(sizes) == 4 + 4 + 2 + 2
    assert all(height >= 44 for _, height in sizes), sizes


@pytest.mark.parametrize("scheme", ["default", "slate"])
def test_axe_finds_no_violation(
    context: BrowserContext, base: str, npm_package: Callable[[str], Path], scheme: str
) -> None:
    page = start(context.new_page(), f"{base}/?cf-cell=0_1&cf-game=w")
    wear(page, scheme)
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 1800})
        assert not violations(page, NAME, npm_package)
