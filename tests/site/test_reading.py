"""What stands around a lesson's text, in a real Chromium: claims, folds, links, progress, keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urldefrag, urljoin

import lxml.html
import pytest
from playwright.sync_api import Browser, Page
from visits import tab
from waiting import until

pytestmark = pytest.mark.browser

KEYS = ["/", "s", "f", "n", ".", "p", ",", "j", "k"]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with tab(browser, "desk") as page:
        yield page


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    with tab(browser, "phone") as page:
        yield page


def with_mark(site: Path, mark: str) -> str:
    """URL of the first page of a lesson that has these words in its HTML."""
    pages = sorted((site / "lessons").glob("*/index.html"))
    found = (p for p in pages if mark in p.read_text(encoding="utf-8"))
    return next(found).parent.relative_to(site).as_posix() + "/"


@pytest.fixture
def claimed(site: Path) -> str:
    return with_mark(site, '<details class="claim')


def test_the_outcomes_stand_before_the_first_section(page: Page, address: str, site: Path) -> None:
    page.goto(address + with_mark(site, 'class="outcomes"'))
    box, section = page.locator(".outcomes"), page.locator("article h2").first
    assert 3 <= box.locator("li").count() <= 5
    assert box.bounding_box()["y"] < section.bounding_box()["y"]  # type: ignore[index]


def test_a_claim_opens_by_click_and_by_key(page: Page, address: str, claimed: str) -> None:
    page.goto(address + claimed)
    claim = page.locator("details.claim").first
    value = claim.locator(".claim-value")
    assert not value.is_visible()
    claim.locator("summary").click()
    assert "in this run" in value.inner_text()
    page.keyboard.press("Enter")
    assert not value.is_visible()
    page.keyboard.press("Space")
    assert value.is_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_link_from_the_page_of_claims_opens_the_claim(
    scripts: bool, browser: Browser, address: str, site: Path, claimed: str
) -> None:
    anchor = lxml.html.fromstring((site / claimed / "index.html").read_bytes()).xpath(
        "//details[contains(@class, 'claim')]//@id"
    )[0]
    context = browser.new_context(java_script_enabled=scripts)
    page = context.new_page()
    page.goto(address + "claims/")
    page.locator(f"a[href$='{claimed}#{anchor}']").click()
    line = page.locator("details.claim", has=page.locator(f"#{anchor}"))
    page.locator(f"#{anchor}").wait_for()  # visible: unfolded
    top = line.bounding_box()["y"]  # type: ignore[index]
    assert 40 < top < page.viewport_size["height"]  # type: ignore[index]  # below the header
    context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_paper_shows_what_claims_measured(
    scripts: bool, browser: Browser, address: str, claimed: str
) -> None:
    context = browser.new_context(java_script_enabled=scripts)
    page = context.new_page()
    page.goto(address + claimed)
    page.emulate_media(media="print")
    box = page.locator(".claim-value").first.bounding_box()
    assert box
    assert box["height"] > 10
    context.close()


def test_a_long_output_shows_its_beginning_and_all_of_it_on_demand(
    page: Page, address: str, site: Path
) -> None:
    page.goto(address + with_mark(site, "nb-fold-"))
    for fold in page.locator(".nb-fold").all():
        box, more = fold.locator("> :first-child"), fold.locator(".nb-more summary")
        hidden = "box => box.scrollHeight - box.clientHeight"
        assert box.evaluate(hidden) > 20
        assert "Show all" in more.inner_text()
        more.focus()
        page.keyboard.press("Enter")
        assert box.evaluate(hidden) <= 1
        assert "Show the first" in more.inner_text()
        page.keyboard.press("Enter")
        assert box.evaluate(hidden) > 20
        page.emulate_media(media="print")
        assert box.evaluate(hidden) <= 1
        page.emulate_media(media="screen")


def test_a_search_in_the_page_finds_what_a_fold_does_not_show(
    page: Page, address: str, site: Path
) -> None:
    page.goto(address + with_mark(site, "nb-fold-text"))
    box = page.locator(".nb-fold-text pre").first
    last = (box.text_content() or "").strip().splitlines()[-1]
    assert page.evaluate("words => window.find(words)", last.strip())
    assert box.evaluate("box => box.contains(getSelection().anchorNode)")
    assert page.evaluate("getSelection().getRangeAt(0).getBoundingClientRect().height") > 5


def test_a_name_in_code_is_linked_once_a_page_and_leads_to_its_own_place(site: Path) -> None:
    linked = 0
    for path in sorted((site / "lessons").glob("*/index.html")):
        base = path.relative_to(site).as_posix()
        links = lxml.html.fromstring(path.read_bytes()).xpath("//article//pre//a")
        urls = [link.get("href") for link in links]
        assert len(urls) == len(set(urls)), base
        linked += len(urls)
        for link in links:
            url, anchor = urldefrag(urljoin(f"https://site/{base}", link.get("href")))
            if url == "https://site/api/":
                assert anchor.endswith("." + link.text_content().rpartition(".")[2]), base
            else:
                assert url.startswith("https://"), url
    assert linked


def test_a_name_in_code_is_reached_by_keyboard_and_copied_as_code(
    page: Page, address: str, site: Path
) -> None:
    page.goto(address + with_mark(site, '<a href="../../api/#'), wait_until="networkidle")
    block = page.locator("pre:has(code a)").locator("visible=true").first
    link = block.locator("a").first
    block.focus()
    for _ in range(2):  # past the button that copies
        page.keyboard.press("Tab")
    assert link.evaluate("link => link === document.activeElement")
    outline = link.evaluate("link => getComputedStyle(link).outlineStyle")
    assert outline != "none"
    assert "http" not in block.locator("code").inner_text()
    where = link.get_attribute("href") or ""
    page.keyboard.press("Enter")
    page.wait_for_url("**" + where.replace("../", "/").replace("//", "/"))


def test_a_phone_is_told_which_section_it_shows(phone: Page, address: str, site: Path) -> None:
    phone.goto(address + with_mark(site, 'class="outcomes"'))
    label = phone.locator(".section-now")
    assert not label.is_visible()
    sections = phone.locator("article h2[id]")
    for number in range(sections.count()):
        sections.nth(number).evaluate("section => section.scrollIntoView()")
        name = (sections.nth(number).text_content() or "").replace("¶", "").strip()
        until(
            phone,
            "name => document.querySelector('.section-now').textContent.endsWith(name)",
            arg=name,
        )
        assert label.is_visible()
        assert (label.text_content() or "").endswith(f"/{sections.count()} · {name}")
        below = label.bounding_box()
        assert below
        heading = sections.nth(number).bounding_box()
        assert heading
        if heading["y"] < 200:  # the last ones cannot be scrolled to the top
            assert heading["y"] >= below["y"] + below["height"]


def test_where_the_contents_stand_no_label_does(page: Page, address: str, site: Path) -> None:
    page.goto(address + with_mark(site, 'class="outcomes"'))
    page.locator("article h2[id]").last.evaluate("section => section.scrollIntoView()")
    until(page, "!document.querySelector('.section-now').hidden")
    assert not page.locator(".section-now").is_visible()


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_a_line_grows_with_what_has_been_read(
    motion: str, browser: Browser, address: str, lesson: str
) -> None:
    """Drawn by the style sheet; who wants less motion has none of it."""
    context = browser.new_context(reduced_motion=motion)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(address + lesson)
    width = (
        "() => new DOMMatrix(getComputedStyle(document.querySelector('.md-header'), '::after')"
        ".transform).a"
    )
    assert page.evaluate(width) == 0
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.wait_for_timeout(200)  # a frame in which the timeline is sampled
    assert page.evaluate(width) == pytest.approx(0 if motion == "reduce" else 1, abs=0.02)
    context.close()


def test_the_page_names_the_keys_that_are_tested_here(site: Path) -> None:
    text = lxml.html.fromstring((site / "keyboard" / "index.html").read_bytes())
    first = text.xpath("(//article//table)[1]//td[1]//kbd")
    assert [key.text_content() for key in first] == KEYS


@pytest.mark.parametrize("key", KEYS)
def test_each_key_does_what_the_page_says_and_nothing_when_turned_off(
    key: str, page: Page, address: str, site: Path
) -> None:
    lesson = with_mark(site, 'class="outcomes"')
    _press(page, address + lesson, key)
    assert _happened(page, key), key
    page.goto(address + "keyboard/")
    page.get_by_label("Use these single keys").uncheck()
    _press(page, address + lesson, key)
    assert not _happened(page, key), key
    page.goto(address + "keyboard/")
    assert not page.get_by_label("Use these single keys").is_checked()


def _press(page: Page, url: str, key: str) -> None:
    page.goto("about:blank")
    page.goto(url, wait_until="networkidle")
    if key == "k":
        page.locator("article h2[id]").last.evaluate("section => section.scrollIntoView()")
    page.evaluate("document.documentElement.dataset.before = 'yes'")
    page.evaluate("window.before = scrollY")
    page.keyboard.press(key)
    page.wait_for_timeout(700)  # another page may come, or nothing: the test is of both


def _happened(page: Page, key: str) -> bool:
    if key in "/sf":
        return bool(page.evaluate("document.activeElement.name === 'query'"))
    if key in "jk":
        moved = page.evaluate("scrollY - window.before")
        focused = page.evaluate("document.activeElement.localName") == "h2"
        return focused and (moved > 0 if key == "j" else moved < 0)
    return page.evaluate("document.documentElement.dataset.before") != "yes"  # another page


def test_keys_are_letters_where_one_types(page: Page, address: str, lesson: str) -> None:
    page.goto(address + lesson, wait_until="networkidle")
    page.keyboard.press("/")
    until(page, "document.activeElement.name === 'query'")
    page.keyboard.type("jk")
    assert page.locator("input[name=query]").input_value() == "jk"
    assert page.url.endswith(lesson)
