"""Outputs that attack, in a real Chromium: with the policy, and with the sanitiser alone."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

import hostile_lesson
import nbformat
import pytest
import small_course
from playwright.sync_api import Browser
from visits import SCROLL
from watching import Plain, search, served, watched

from coursebuild.site import render

pytestmark = pytest.mark.browser

# What Chromium says of files that are not there, which the attacks ask for.
NOT_THERE = re.compile(r"404 \(File not found\)")


@pytest.fixture(scope="module")
def attacked(
    executed_lessons: dict[str, nbformat.NotebookNode], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A small course whose second lesson attacks."""
    lessons = dict(executed_lessons)
    lessons["02_another_lesson"] = hostile_lesson.hostile(lessons["02_another_lesson"])
    made = small_course.make_course(tmp_path_factory.mktemp("hostile"), lessons)
    render(made, "offline", made.site)
    return made.site


@pytest.fixture(scope="module")
def attacked_address(attacked: Path) -> Iterator[str]:
    with served(attacked, Plain) as address:
        yield address


ATTACKED = ("lessons/02_another_lesson/", "claims/", "status/")


@pytest.mark.parametrize("url", ATTACKED)
def test_hostile_outputs_do_nothing_even_without_the_policy(
    browser: Browser, attacked_address: str, url: str
) -> None:
    with watched(browser, bypass=True) as (page, foreign, said):
        page.goto(attacked_address + url, wait_until="networkidle")
        page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")
        page.evaluate(SCROLL)
        for bait in page.locator("article .bait").all():
            for event in ("mouseover", "focus", "click"):
                with contextlib.suppress(Exception):
                    bait.dispatch_event(event)
        page.wait_for_timeout(300)
        assert page.url == attacked_address + url
        assert page.evaluate("window.ran") == []
        assert foreign == []
        assert [words for words in said if not NOT_THERE.search(words)] == []


@pytest.mark.parametrize("url", ATTACKED)
def test_hostile_outputs_leave_no_element_that_could(
    browser: Browser, attacked_address: str, url: str
) -> None:
    """Nor do they meet the policy, which would only be the second lock."""
    with watched(browser) as (page, _, _said):
        page.goto(attacked_address + url, wait_until="networkidle")
        assert page.evaluate("window.violated") == []
        left = page.evaluate(
            """[...document.querySelectorAll("article *")].filter((element) =>
              element.matches("script:not([src]), iframe, form, style, link, base, object, embed,"
                + "meta, template, input, svg script, [href^='java' i], [href^=data], [src^=http]")
              || [...element.attributes].some((a) => a.name.startsWith("on"))
            ).map((element) => element.outerHTML.slice(0, 120))"""
        )
        # Material ends an article with a script of its own: its hash is in the policy
        assert [html for html in left if not html.startswith("<script>var target=")] == []


def test_hostile_outputs_are_there_to_be_read(browser: Browser, attacked_address: str) -> None:
    """Harmless does not mean gone: text is shown as text."""
    with watched(browser) as (page, _, _said):
        page.goto(attacked_address + ATTACKED[0])
        text = page.locator("article").text_content() or ""
        for place in ("stream", "error", "plain", "svg text", "h"):
            assert f"window.ran.push('{place}: script')" in text
        alt = page.locator("article figure img").last.get_attribute("alt") or ""
        assert "window.ran.push('alt: script')" in alt


def test_a_claim_that_attacks_is_found_by_search_and_does_nothing(
    browser: Browser, attacked_address: str
) -> None:
    with watched(browser, bypass=True) as (page, foreign, _):
        page.goto(attacked_address, wait_until="networkidle")
        search(page, "over all")
        page.wait_for_timeout(300)
        assert page.evaluate("window.ran") == []
        assert foreign == []
