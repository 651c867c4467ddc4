"""What each demo's tests have: a Chromium, a watched context, the page once its demos run."""

from collections.abc import Iterator

import pytest
from demo_page import chromium_browser, start, watched
from playwright.sync_api import Browser, BrowserContext, Page


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with chromium_browser() as browser:
        yield browser


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    with watched(chromium) as context:
        yield context


@pytest.fixture
def page(context: BrowserContext, base: str) -> Page:
    """`base` is the module's own: the address where its demos are served."""
    return start(context.new_page(), base)
