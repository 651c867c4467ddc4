"""What a reader does on a page: choose the colours, copy code, search."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page
from visits import tab

pytestmark = pytest.mark.browser


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def page(browser: Browser, scheme: str) -> Iterator[Page]:
    with tab(browser, "desk", scheme) as page:
        yield page


def test_the_scheme_can_be_chosen(page: Page, address: str, scheme: str) -> None:
    """Auto follows the system; the button goes on to light, then to dark."""
    page.goto(address)
    body = page.locator("body")
    seen = [body.get_attribute("data-md-color-scheme")]
    for _ in range(2):
        page.locator("label[for^=__palette]:visible").click()
        seen.append(body.get_attribute("data-md-color-scheme"))
    assert seen == ["default" if scheme == "light" else "slate", "default", "slate"]


def test_a_code_cell_can_be_copied(page: Page, address: str, lesson: str) -> None:
    page.goto(address + lesson, wait_until="networkidle")
    assert page.locator("button.md-code__button[data-md-type=copy]").count() > 0


def test_search_finds_a_section_and_says_how_many(page: Page, address: str, lesson: str) -> None:
    page.goto(address + lesson, wait_until="networkidle")
    heading = page.locator("h2[id]").first
    words = " ".join((heading.text_content() or "").replace("¶", "").split()[:3])
    page.keyboard.press("/")
    page.wait_for_timeout(300)  # the field takes the focus in an animation frame
    page.keyboard.type(words, delay=30)
    result = page.locator(".md-search-result__link").first
    result.wait_for(timeout=10_000)
    assert urlsplit(result.get_attribute("href") or "").path
