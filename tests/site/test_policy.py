"""What a page may run and load, in a real Chromium: the policy, and outputs that attack."""

from __future__ import annotations

import contextlib
import functools
import http.server
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import hostile_lesson
import nbformat
import pytest
import small_course
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Route
from visits import SCROLL, pages

from coursebuild.render import policy
from coursebuild.site import render

pytestmark = pytest.mark.browser

WATCH = """
window.ran = [];
window.violated = [];
document.addEventListener("securitypolicyviolation", (event) => window.violated.push(
  `${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile} ${event.sample}`));
"""
UNDER = "/downhill"  # the path of site_url in mkdocs.yml
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
# What Chromium says of files that are not there, which the attacks ask for.
NOT_THERE = re.compile(r"404 \(File not found\)")


class Plain(http.server.SimpleHTTPRequestHandler):
    """Files, without a line per request."""

    def log_message(self, format: str, *args: object) -> None:
        pass

    def translate_path(self, path: str) -> str:
        """The site's own folder on its host, /downhill/, is the root: 404.html says it in full."""
        return super().translate_path(path.removeprefix(UNDER))


class WithHeaders(Plain):
    """Sends what the site's `_headers` says, as Netlify and Cloudflare Pages do."""

    def end_headers(self) -> None:
        lines = (Path(self.directory) / "_headers").read_text(encoding="utf-8").splitlines()
        assert lines[0] == "/*"
        for line in lines[1:]:
            self.send_header(*line.strip().split(": ", 1))
        super().end_headers()


@contextmanager
def served(site: Path, kind: type[Plain]) -> Iterator[str]:
    """Address of a site while it is served."""
    handler = functools.partial(kind, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@contextmanager
def watched(browser: Browser, bypass: bool = False) -> Iterator[tuple[Page, list[str], list[str]]]:
    """A page, what it asked of other hosts, and what the console said.

    bypass: the policy is off, so that what is tested holds without it.
    """
    context = browser.new_context(bypass_csp=bypass, reduced_motion="reduce")
    context.add_init_script(WATCH)
    page = context.new_page()
    foreign: list[str] = []
    said: list[str] = []

    def asked(request: Request) -> None:
        if urlsplit(request.url).hostname not in ("127.0.0.1", None):
            foreign.append(request.url)

    def stopped(request: Request) -> None:
        """Chromium speaks of a request that the policy stopped before it left."""
        if request.failure == "csp":
            foreign.remove(request.url)

    def heard(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            said.append(message.text)

    page.on("request", asked)
    page.on("requestfailed", stopped)
    page.on("console", heard)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    yield page, foreign, said
    context.close()


def search(page: Page, words: str) -> None:
    page.keyboard.press("/")
    page.locator(".md-search__input:focus").wait_for()  # it comes in an animation frame
    page.keyboard.type(words, delay=20)
    page.locator(".md-search-result__link").first.wait_for()


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


# --- outputs that attack


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
