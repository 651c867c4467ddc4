"""A term's explanation beside the word: by pointer, by keyboard, by touch, and without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

BOX = "(e) => { const r = e.getBoundingClientRect(); return [r.left, r.top, r.right, r.bottom]; }"


@pytest.fixture(scope="module")
def explained(site: Path) -> str:
    """URL of a lesson's page that has at least two terms."""
    for page in sorted((site / "lessons").glob("*/index.html")):
        if page.read_text(encoding="utf-8").count('class="term"') >= 2:
            return f"lessons/{page.parent.name}/"
    raise AssertionError("no lesson uses two terms of the glossary")


@pytest.fixture
def desk(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context: BrowserContext = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    yield context.new_page()
    context.close()


def overlapping_or_outside(page: Page) -> bool:
    """Whether the tip hides its own word or leaves the window's width."""
    left, top, right, bottom = page.locator(".term-tip").evaluate(BOX)
    word = page.locator("a.term").first.evaluate(BOX)
    width = page.evaluate("document.documentElement.clientWidth")
    return left < 0 or right > width or (top < word[3] - 0.5 and bottom > word[1] + 0.5)


def test_pointing_opens_it_and_it_stays_while_the_pointer_is_on_it(
    desk: Page, address: str, explained: str
) -> None:
    desk.goto(address + explained)
    term, tip = desk.locator("a.term").first, desk.locator(".term-tip")
    height = desk.evaluate("document.documentElement.scrollHeight")
    term.hover()
    expect(tip).to_be_visible()
    described = desk.locator(f"#{term.get_attribute('aria-describedby')}")
    assert tip.inner_text() == described.text_content()
    assert not overlapping_or_outside(desk)
    assert desk.evaluate("document.documentElement.scrollHeight") == height
    tip.hover()
    desk.wait_for_timeout(400)  # longer than the tip waits before it closes
    expect(tip).to_be_visible()
    desk.mouse.move(5, 5)
    expect(tip).to_be_hidden()


def test_escape_closes_it_and_the_pointer_need_not_move(
    desk: Page, address: str, explained: str
) -> None:
    desk.goto(address + explained)
    desk.locator("a.term").first.hover()
    expect(desk.locator(".term-tip")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.locator(".term-tip")).to_be_hidden()


def test_the_tab_key_opens_it_and_enter_leads_to_the_glossary(
    desk: Page, address: str, explained: str
) -> None:
    desk.goto(address + explained)
    desk.locator("a.term").first.evaluate(
        "(e) => { const s = document.createElement('button'); e.before(s); s.focus(); }"
    )
    desk.keyboard.press("Tab")
    assert desk.evaluate("document.activeElement.matches('a.term')")
    expect(desk.locator(".term-tip")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.locator(".term-tip")).to_be_hidden()
    assert desk.evaluate("document.activeElement.matches('a.term')")  # the focus stays
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/glossary/#*")


def test_leaving_by_keyboard_closes_it(desk: Page, address: str, explained: str) -> None:
    desk.goto(address + explained)
    desk.locator("a.term").first.evaluate("(e) => e.focus({ focusVisible: true })")
    expect(desk.locator(".term-tip")).to_be_visible()
    desk.evaluate("document.activeElement.blur()")
    expect(desk.locator(".term-tip")).to_be_hidden()


def test_a_tap_opens_it_and_a_second_one_leads_to_the_glossary(
    phone: Page, address: str, explained: str
) -> None:
    phone.goto(address + explained)
    phone.locator("a.term").first.tap()
    expect(phone.locator(".term-tip")).to_be_visible()
    assert "glossary" not in phone.url
    assert not overlapping_or_outside(phone)
    phone.locator("a.term").first.tap()
    phone.wait_for_url("**/glossary/#*")


def test_a_tap_elsewhere_closes_it(phone: Page, address: str, explained: str) -> None:
    phone.goto(address + explained)
    phone.locator("a.term").first.tap()
    expect(phone.locator(".term-tip")).to_be_visible()
    phone.locator("article h1").tap()
    expect(phone.locator(".term-tip")).to_be_hidden()


def test_screen_readers_get_the_explanation_with_the_link(
    desk: Page, address: str, explained: str
) -> None:
    desk.goto(address + explained)
    term = desk.locator("a.term").first
    text = desk.locator(f"#{term.get_attribute('aria-describedby')}").text_content()
    expect(term).to_have_accessible_description(str(text))


def test_without_scripts_a_term_is_a_link(browser: Browser, address: str, explained: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + explained)
    page.locator("a.term").first.click()
    page.wait_for_url("**/glossary/#*")
    context.close()
