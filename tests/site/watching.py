"""A served site and a page that notes what it ran, what it asked for, and what was said."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Request
from waiting import until

WATCH = """
window.ran = [];
window.violated = [];
document.addEventListener("securitypolicyviolation", (event) => window.violated.push(
  `${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile} ${event.sample}`));
"""
UNDER = "/downhill"  # the path of site_url in mkdocs.yml


class Plain(http.server.SimpleHTTPRequestHandler):
    """Files, without a line per request."""

    def log_message(self, format: str, *args: object) -> None:
        pass

    def translate_path(self, path: str) -> str:
        """The site's own folder on its host, /downhill/, is the root: 404.html says it in full."""
        return super().translate_path(path.removeprefix(UNDER))


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
    until(page, "document.activeElement?.name === 'query'")  # it comes in an animation frame
    page.keyboard.type(words, delay=20)
    page.locator(".md-search-result__link").first.wait_for()
