"""What a page may run and load, in a real Chromium. Outputs: test_hostile_outputs.py."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route
from visits import SCROLL, pages
from watching import Plain, search, served, watched

from coursebuild.render import policy

pytestmark = pytest.mark.browser

INJECTED = """
<script>window.ran.push("inline script")</script>
<script type="module">window.ran.push("inline module")</script>
<img src="none.png" onerror="window.ran.push('event handler')" alt="">
<a id="lure" href="javascript:window.ran.push('link')">x</a>
<script src="data:text/javascript,window.ran.push('data script')"></script>
<script src="https://evil.example/a.js"></script>
<img src="https://evil.example/a.png" alt=""><iframe src="https://evil.example/"></iframe>
<object data="https://evil.example/o"></object><base href="https://evil.example/">
<style>@import "https://evil.example/s.css";</style>
<script src="/probe.js"></script>
<form id="sent" action="https://evil.example/"><button>send</button></form>
"""
PROBE = """
document.documentElement.dataset.evaluated =
  [() => eval("1"), () => new Function("return 1")(), () => setTimeout("1")]
    .map((run) => { try { return run(); } catch (error) { return error.name; } });
"""


class WithHeaders(Plain):
    """Sends what the site's `_headers` says, as Netlify and Cloudflare Pages do."""

    def end_headers(self) -> None:
        lines = (Path(self.directory) / "_headers").read_text(encoding="utf-8").splitlines()
        assert lines[0] == "/*"
        for line in lines[1:]:
            self.send_header(*line.strip().split(": ", 1))
        super().end_headers()


# --- the policy lets the site work


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    with served(site, Plain) as address:
        yield address


def test_no_page_offends_its_own_policy(browser: Browser, site: Path, address: str) -> None:
    offences: dict[str, list[str]] = {}
    with watched(browser) as (page, foreign, said):
        for url in [*pages(site), "404.html"]:
            page.goto(address + url, wait_until="networkidle")
            page.evaluate(SCROLL)  # demos wake when they are seen
            page.wait_for_load_state("networkidle")
            found = [*page.evaluate("window.violated"), *said, *foreign]
            said.clear()
            foreign.clear()
            if found:
                offences[url] = found
        assert page.context.cookies() == []
    assert not offences


def test_search_and_the_choice_of_colours_work_under_the_policy(
    browser: Browser, address: str, lesson: str
) -> None:
    with watched(browser) as (page, _, said):
        page.goto(address + lesson, wait_until="networkidle")
        search(page, "cell")
        page.keyboard.press("Escape")
        page.locator("label[for^=__palette]:visible").first.click()
        chosen = page.locator("body").get_attribute("data-md-color-media")
        page.reload(wait_until="networkidle")  # an inline script of the theme brings it back
        assert page.locator("body").get_attribute("data-md-color-media") == chosen
        assert page.evaluate("window.violated") == []
        assert said == []


@pytest.fixture(scope="module")
def with_headers(site: Path) -> Iterator[str]:
    with served(site, WithHeaders) as address:
        yield address


def test_the_site_works_with_the_headers_too(
    browser: Browser, with_headers: str, lesson: str
) -> None:
    """They hold for the worker of the search as well, which a meta element does not reach."""
    with watched(browser) as (page, _, said):
        for url in ("", lesson, "404.html"):
            page.goto(with_headers + url, wait_until="networkidle")
            page.evaluate(SCROLL)
        page.goto(with_headers + lesson, wait_until="networkidle")
        search(page, "cell")
        assert page.evaluate("window.violated") == []
        assert said == []


def test_a_page_from_a_file_keeps_its_style_and_its_inline_scripts(
    browser: Browser, site: Path, lesson: str, tmp_path: Path
) -> None:
    """file:// knows neither modules nor fetch; what is left of a page is not blocked besides."""
    whole = (site / lesson / "index.html").read_text(encoding="utf-8")
    assert "script-src 'self' file: 'sha256-" in policy.for_file(whole)
    (tmp_path / "assets").symlink_to(site / "assets")
    copy = tmp_path / lesson / "index.html"
    copy.parent.mkdir(parents=True)
    for text in (whole, policy.for_file(whole)):
        copy.write_text(text, encoding="utf-8")
        with watched(browser) as (page, _, _said):
            page.goto(copy.as_uri())
            assert page.evaluate("typeof __md_get") == "function"
            assert (
                page.evaluate("getComputedStyle(document.querySelector('h1')).fontWeight") > "400"
            )
            assert page.evaluate("window.violated") == []


# --- and nothing else


@pytest.fixture
def injected(browser: Browser, site: Path, address: str, lesson: str) -> Iterator[Page]:
    """A lesson into which somebody has put scripts, after the build."""
    text = (site / lesson / "index.html").read_text(encoding="utf-8")
    changed = text.replace("</article>", f"{INJECTED}</article>", 1)
    assert changed != text

    def answer(route: Route) -> None:
        route.fulfill(body=changed, content_type="text/html; charset=utf-8")

    with watched(browser) as (page, foreign, _):
        page.route(address + lesson, answer)
        page.route(
            address + "probe.js",
            lambda route: route.fulfill(body=PROBE, content_type="text/javascript"),
        )
        page.goto(address + lesson, wait_until="networkidle")
        yield page
        assert foreign == []


def test_injected_scripts_handlers_links_and_forms_do_nothing(injected: Page) -> None:
    injected.locator("#lure").dispatch_event("click")
    injected.locator("#sent button").dispatch_event("click")
    injected.wait_for_timeout(200)
    assert injected.evaluate("window.ran") == []
    blocked = {line.split()[0] for line in injected.evaluate("window.violated")}
    assert blocked >= {
        *("script-src-elem", "script-src-attr", "img-src", "frame-src", "object-src"),
        *("base-uri", "form-action", "style-src-elem"),
    }


def test_text_is_not_run_as_code(injected: Page) -> None:
    answered = injected.locator("html[data-evaluated]")
    answered.wait_for(state="attached")
    assert answered.get_attribute("data-evaluated") == "EvalError,EvalError,0"
