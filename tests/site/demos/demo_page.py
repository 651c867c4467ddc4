"""A page with demos on it, served by itself: what the demos' browser tests share."""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from waiting import ALL_READY, until

ROOT = Path(__file__).parents[3]
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or ""
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update"]  # fmt: skip

MARKS = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not CHROMIUM, reason="no Chromium: set CHROMIUM to its path, or apt-get install chromium"
    ),
]


def html(demos: dict[str, str]) -> str:
    """A page with one section per demo. demos: name → file of its data, beside the page."""
    heads = "".join(
        f'<link rel="stylesheet" href="demos/{name}.css">'
        f'<script type="module" src="demos/{name}.js"></script>'
        for name in demos
    )
    bodies = "".join(
        f'<h2 id="{name}">{name}</h2><downhill-{name} data-src="{data}"><figure>'
        f'<img src="still.png" width="640" height="400" alt="What {name} shows"></figure>'
        f"</downhill-{name}>"
        for name, data in demos.items()
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Demos</title>'
        '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
        f'<link rel="stylesheet" href="demos/demos.css">{heads}</head>'
        '<body style="margin:0 auto;padding:16px;max-width:740px;font-family:sans-serif">'
        f"<main><h1>Demos</h1>{bodies}</main></body></html>"
    )


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """Says nothing."""


@contextmanager
def served(folder: Path, demos: dict[str, str]) -> Iterator[str]:
    """URL of index.html with these demos, and of broken.html, whose data are missing.

    folder: holds the demos' data already; the page, the scripts and a still picture are put there.
    """
    shutil.copytree(ROOT / "docs/demos", folder / "demos")
    Image.new("L", (640, 400), 128).save(folder / "still.png")
    (folder / "index.html").write_text(html(demos))
    (folder / "broken.html").write_text(html(dict.fromkeys(demos, "absent.json")))
    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@contextmanager
def chromium_browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@contextmanager
def watched(browser: Browser, width: int = 1280, height: int = 1800) -> Iterator[BrowserContext]:
    """With motion and touch; every page in it must stay free of errors and of other hosts."""
    context = browser.new_context(viewport={"width": width, "height": height}, has_touch=True)
    problems: list[str] = []

    def watch(page: Page) -> None:
        page.on("console", lambda m: m.type == "error" and problems.append(m.text))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("request", lambda r: "//127.0.0.1" in r.url or problems.append(r.url))

    context.on("page", watch)
    yield context
    context.close()
    assert not [p for p in problems if not p.startswith("data:")]


def start(page: Page, address: str, *names: str) -> Page:
    """The page, once these demos (default: all on it) have started."""
    page.goto(address)
    if names:
        for name in names:
            page.wait_for_selector(f"downhill-{name}[data-state=ready]")
    else:
        until(page, ALL_READY)
    return page


def still_stays_without_scripts(chromium: Browser, base: str, name: str) -> None:
    page = chromium.new_page(java_script_enabled=False)
    page.goto(base)
    expect(page.get_by_alt_text(f"What {name} shows")).to_be_visible()
    page.close()


def still_stays_without_data(chromium: Browser, base: str, name: str) -> None:
    page = chromium.new_page()
    page.goto(f"{base}/broken.html")
    expect(page.get_by_role("alert")).to_contain_text("absent.json could not be read")
    expect(page.get_by_alt_text(f"What {name} shows")).to_be_visible()
    page.close()


def wear(page: Page, scheme: str) -> None:
    """The course's colours, light ("default") or dark ("slate")."""
    page.add_style_tag(path=ROOT / "docs/assets/course.css")
    page.add_style_tag(content="body { background: var(--md-default-bg-color); }")
    page.evaluate("scheme => { document.body.dataset.mdColorScheme = scheme; }", scheme)


def violations(page: Page, name: str, npm_package: Callable[[str], Path]) -> list[tuple[str, str]]:
    """What axe finds in the demo: rule and place."""
    page.evaluate((npm_package("axe-core") / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate(f"axe.run('downhill-{name}')")["violations"]
    return [(violation["id"], violation["nodes"][0]["html"]) for violation in found]
