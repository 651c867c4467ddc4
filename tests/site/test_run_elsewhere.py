"""The ways to run a lesson, under its title."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Browser
from visits import tab

pytestmark = pytest.mark.browser

HOSTS = {"colab.research.google.com", "www.kaggle.com", "codespaces.new"}


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_each_button_leads_somewhere_and_can_be_hit_by_a_thumb(
    browser: Browser, address: str, lesson: str, size: str
) -> None:
    with tab(browser, size) as page:
        page.goto(address + lesson)
        links = page.locator(".lesson-actions a")
        found = {link.get_attribute("href") or "" for link in links.all()}
        assert {urlsplit(url).netloc for url in found} >= HOSTS
        for url in found:
            whole = urljoin(page.url, url)
            if whole.startswith(address):
                assert page.request.get(whole).ok, url
        boxes = [link.bounding_box() for link in links.all()]
        assert all(box and box["height"] >= 24 and box["width"] >= 24 for box in boxes)


def test_the_guide_says_what_each_offers(browser: Browser, address: str, lesson: str) -> None:
    with tab(browser, "desk") as page:
        page.goto(address + lesson)
        names = page.locator(".lesson-actions a").all_text_contents()
        page.get_by_role("link", name="Which one?").click()
        assert page.locator("h2#elsewhere").count() == 1
        told = page.locator("dl dt").all_text_contents()
        assert told == [name for name in names if name not in ("Which one?", "Edit")]


def test_the_command_is_copied_with_the_keyboard(
    browser: Browser, address: str, lesson: str
) -> None:
    with tab(browser, "desk") as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.goto(address + lesson, wait_until="networkidle")
        button = page.locator("pre.lesson-command button[data-md-type=copy]")
        button.focus()
        page.keyboard.press("Enter")
        page.get_by_text("Copied to clipboard").wait_for()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied.strip().startswith(".venv/bin/course edit 0")
