"""One look at every page in a real Chromium, and what all pages must be: test_pages_*.py use it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, Response, TimeoutError

REPOSITORY = Path(__file__).parents[2]
SIZES = {"desk": (1280, 800), "phone": (390, 844)}
OF_COLOUR = "{ runOnly: ['color-contrast', 'link-in-text-block'] }"
SHIFT = """
window.layoutShift = 0; window.shifted = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) {
    window.layoutShift += entry.value;
    window.shifted.push(...entry.sources.map((s) => s.node?.outerHTML?.slice(0, 120) ?? "?"));
  }
}).observe({ type: "layout-shift", buffered: true });
"""
ALL_READY = "[...document.querySelectorAll('[data-src]')].every((e) => e.dataset.state === 'ready')"
SCROLL = """async () => {
  for (let y = 0; y < document.body.scrollHeight; y += innerHeight) {
    scrollTo(0, y);
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  scrollTo(0, 0);
}"""


def pages(site: Path) -> list[str]:
    """URLs of all pages, from the root of the site."""
    found = sorted(site.rglob("index.html"))
    return [p.parent.relative_to(site).as_posix().removeprefix(".") for p in found]


@dataclass
class Visit:
    """What one look at a page found: read from top to bottom, then everything unfolded."""

    url: str
    foreign: list[str] = field(default_factory=list)  # requests to other hosts
    complaints: list[str] = field(default_factory=list)  # console, exceptions, failed requests
    too_wide: int = 0  # pixels
    shift: float = 0.0
    shifted: list[str] = field(default_factory=list)
    dead_demos: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)  # of axe, where it is here
    dark_violations: list[str] = field(default_factory=list)  # in dark colours


def visit(page: Page, address: str, url: str, axe: str) -> Visit:
    found = Visit(url)
    host = urlsplit(address).netloc

    def asked(request: Request) -> None:
        if urlsplit(request.url).netloc not in (host, ""):
            found.foreign.append(request.url)

    def answered(response: Response) -> None:
        if response.status >= 400:
            found.complaints.append(f"{response.status} {response.url}")

    watchers: dict[str, Callable[..., None]] = {
        "request": asked,
        "response": answered,
        "console": lambda message: found.complaints.append(message.text),
        "pageerror": lambda error: found.complaints.append(str(error)),
    }
    for event, watcher in watchers.items():
        page.on(event, watcher)  # type: ignore[call-overload]
    page.goto(address + url, wait_until="networkidle")
    found.too_wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    page.evaluate(SCROLL)
    page.wait_for_load_state("networkidle")
    found.shift = page.evaluate("window.layoutShift")
    found.shifted = page.evaluate("window.shifted")
    with suppress(TimeoutError):  # scripts that come when they are seen take a moment; then: who?
        page.wait_for_function(ALL_READY, timeout=15_000)
    found.dead_demos = page.evaluate(
        "[...document.querySelectorAll('[data-src]')].filter((e) => e.dataset.state !== 'ready')"
        ".map((e) => `${e.localName}: ${e.dataset.state}`)"
    )
    if axe:
        page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")
        page.evaluate(axe)
        found.violations = violations(page, "{}")
        page.emulate_media(color_scheme="dark")  # another scheme changes colours and nothing else
        page.wait_for_selector("body[data-md-color-scheme=slate]")
        page.evaluate("Promise.all(document.getAnimations().map((a) => a.finished))")
        found.dark_violations = violations(page, OF_COLOUR)
        page.emulate_media(color_scheme="light")
    for event, watcher in watchers.items():
        page.remove_listener(event, watcher)
    return found


def violations(page: Page, options: str) -> list[str]:
    """What axe finds: rule, place and reason, the first three places of each rule."""
    report = page.evaluate(f"axe.run(document, {{ resultTypes: ['violations'], ...{options} }})")
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary'].splitlines()[1:2]}"
        for violation in report["violations"]
        for node in violation["nodes"][:3]
    ]


@contextmanager
def tab(browser: Browser, size: str, scheme: str = "light") -> Iterator[Page]:
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
    )
    context.add_init_script(SHIFT)
    yield context.new_page()
    context.close()


class Pages:
    """Tests of all pages at one size; in dark colours too where colours matter."""

    size: str

    @pytest.fixture(scope="class")
    @classmethod
    def visits(cls, browser: Browser, site: Path, address: str) -> list[Visit]:
        """One look at every page, for all the tests below: most of their time is in loading."""
        script = REPOSITORY / "node_modules/axe-core/axe.min.js"
        axe = script.read_text(encoding="utf-8") if script.exists() else ""
        with tab(browser, cls.size) as page:
            return [visit(page, address, url, axe) for url in pages(site)]

    def test_no_page_asks_another_host_or_complains(self, visits: list[Visit]) -> None:
        assert not {v.url: v.foreign for v in visits if v.foreign}
        assert not {v.url: v.complaints for v in visits if v.complaints}

    def test_nothing_scrolls_sideways_but_code_and_tables(self, visits: list[Visit]) -> None:
        assert not {v.url: f"{v.too_wide} px too wide" for v in visits if v.too_wide > 0}

    def test_nothing_jumps_while_a_page_loads_and_scrolls(self, visits: list[Visit]) -> None:
        assert not {v.url: (v.shift, v.shifted) for v in visits if v.shift > 0.02}

    def test_every_demo_comes_alive(self, visits: list[Visit]) -> None:
        """It has its data and has built itself; what it then does, its own tests prove."""
        assert not {v.url: v.dead_demos for v in visits if v.dead_demos}

    def test_axe_finds_no_violation(
        self, visits: list[Visit], npm_package: Callable[[str], Path]
    ) -> None:
        npm_package("axe-core")
        assert not {v.url: v.violations for v in visits if v.violations}
        assert not {v.url: v.dark_violations for v in visits if v.dark_violations}
