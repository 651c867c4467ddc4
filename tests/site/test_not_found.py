"""The page for addresses that lead nowhere, as a host serves it: at any depth, below a folder."""

from __future__ import annotations

import functools
import re
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from waiting import until


class Host(SimpleHTTPRequestHandler):
    """A static host: the site lies below a folder, and 404.html answers for what is not there."""

    folder = ""

    def log_message(self, format: str, *args: object) -> None:
        pass

    def translate_path(self, path: str) -> str:
        return super().translate_path(path.removeprefix(self.folder) or "/")

    def send_error(self, code: int, *args: object, **more: object) -> None:
        body = (Path(self.directory) / "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture(scope="module")
def folder(site: Path) -> str:
    """Path under which the site was made to lie, as its canonical addresses say."""
    home = (site / "index.html").read_text(encoding="utf-8")
    found = re.search(r'<link rel="canonical" href="([^"]+)"', home)
    assert found
    return urlsplit(found[1]).path.rstrip("/")


@pytest.fixture(scope="module")
def host(site: Path, folder: str) -> Iterator[str]:
    kind = type("Below", (Host,), {"folder": folder})
    handler = functools.partial(kind, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}{folder}/"
        server.shutdown()
        thread.join()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("url", ["nothing", "lessons/01/deep/down/nothing/"])
def test_it_has_its_style_and_its_links_at_any_depth(page: Page, host: str, url: str) -> None:
    failed: list[str] = []
    page.on("response", lambda r: failed.append(r.url) if r.status >= 400 else None)
    answer = page.goto(host + url, wait_until="networkidle")
    assert answer is not None
    assert answer.status == 404
    assert failed == [host + url]
    expect(page.locator("h1")).to_have_text("There is no page at this address")
    assert page.locator(".md-header").evaluate("(e) => getComputedStyle(e).position") == "sticky"
    page.locator(".not-found li a", has_text="Glossary").click()
    page.wait_for_url(host + "glossary/")


def test_a_mistyped_address_gets_a_guess(page: Page, host: str) -> None:
    page.goto(host + "glosary/")
    expect(page.locator(".not-found-near a")).to_have_text("Glossary")
    page.goto(host + "qqqqqqqqqqqqqqqqqqqqqqqqqqqq")
    expect(page.locator(".not-found-near")).to_be_hidden()


def test_search_works_on_it(page: Page, host: str) -> None:
    page.goto(host + "deep/down/nothing/", wait_until="networkidle")
    page.keyboard.press("/")
    until(page, "document.activeElement.name === 'query'")
    page.keyboard.type("gradient", delay=20)
    expect(page.locator(".md-search-result__link").first).to_be_visible()
    page.locator(".md-search-result__link").first.click()
    page.wait_for_url(re.compile(re.escape(host) + r"(?!deep)"))


def test_axe_finds_no_violation_on_it(page: Page, host: str, npm_package: object) -> None:
    assert callable(npm_package)
    page.goto(host + "deep/nothing/", wait_until="networkidle")
    page.evaluate((npm_package("axe-core") / "axe.min.js").read_text(encoding="utf-8"))
    report = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    assert [v["id"] for v in report["violations"]] == []
