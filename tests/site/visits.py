"""One look at every page in a real Chromium, and what all pages must be: test_pages_*.py use it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import axe
import pytest
from budgets import Weight, weighing
from playwright.sync_api import Browser, Page, Request, Response, TimeoutError, ViewportSize
from reflow import lost
from waiting import ALL_READY, until

REPOSITORY = Path(__file__).parents[2]
SIZES: dict[str, ViewportSize] = {
    "desk": {"width": 1280, "height": 800},
    "phone": {"width": 390, "height": 844},
}
TABLET: ViewportSize = {"width": 768, "height": 1024}
WATCH = """
window.layoutShift = 0; window.shifted = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) {
    window.layoutShift += entry.value;
    window.shifted.push(...entry.sources.map((s) => s.node?.outerHTML?.slice(0, 120) ?? "?"));
  }
}).observe({ type: "layout-shift", buffered: true });
window.frames_drawn = 0;
const draw = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (action) => { window.frames_drawn += 1; return draw(action); };
"""
# What moves while nobody does anything: animations, and frames that a script asks for. A loop asks
# for eighteen in this time; a page that settles, for one.
STIRRING = """async () => {
  const before = window.frames_drawn;
  await new Promise((resolve) => setTimeout(resolve, 300));
  const moving = document.getAnimations().filter((a) => a.playState === "running");
  const names = moving.map((a) => `${a.effect.target?.outerHTML.slice(0, 80)} moves`);
  const playing = [...document.querySelectorAll("video, audio")].filter((e) => !e.paused);
  names.push(...playing.map((e) => `${e.outerHTML.slice(0, 80)} plays`));
  const drawn = window.frames_drawn - before;
  return drawn > 3 ? [...names, `${drawn} frames drawn`] : names;
}"""
SCROLL = """async () => {
  for (let y = 0; y < document.body.scrollHeight; y += innerHeight) {
    scrollTo(0, y);
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  for (const demo of document.querySelectorAll("[data-src]")) { // who scrolls past starts none
    demo.scrollIntoView({ block: "center" });
    for (let i = 0; i < 100 && !/ready|failed/.test(demo.dataset.state); i += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  scrollTo(0, 0);
}"""


def pages(site: Path) -> list[str]:
    """URLs of all pages, from the root of the site: "", "about/" …"""
    found = sorted(path.parent.relative_to(site) for path in site.rglob("index.html"))
    return ["" if path == Path() else f"{path.as_posix()}/" for path in found]


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
    stirring: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)  # of axe, where it is here
    first: Weight = field(default_factory=Weight)  # before anybody scrolls; of a phone's visit
    lost: list[str] = field(default_factory=list)  # narrow and spaced; of a phone's visit


def visit(page: Page, address: str, url: str, phone: bool, axe_script: str) -> Visit:
    """One look. A phone's is slow at first and is weighed, then a tablet's, and ends narrow."""
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
    with weighing(page) if phone else nullcontext(found.first) as found.first:
        page.goto(address + url, wait_until="networkidle")
        if phone:  # workers, and what is fetched for a demo in sight, begin late on such a line
            page.wait_for_timeout(800)
            page.wait_for_load_state("networkidle")
    found.first.measure()
    found.too_wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    page.evaluate(SCROLL)
    page.wait_for_load_state("networkidle")
    found.shift = page.evaluate("window.layoutShift")
    found.shifted = page.evaluate("window.shifted")
    with suppress(TimeoutError):  # scripts that come when they are seen take a moment; then: who?
        until(page, ALL_READY, timeout=15_000)
    found.dead_demos = page.evaluate(
        "[...document.querySelectorAll('[data-src]')].filter((e) => e.dataset.state !== 'ready')"
        ".map((e) => `${e.localName}: ${e.dataset.state}`)"
    )
    found.stirring = page.evaluate(STIRRING)
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")
    if axe_script:
        page.evaluate(axe_script)
        found.violations = axe.in_both_schemes(page, sample=phone)
    if phone and axe_script:
        page.set_viewport_size(TABLET)
        found.violations += [f"768 px: {each}" for each in axe.in_both_schemes(page)]
    if phone:
        found.lost = lost(page)
        page.set_viewport_size(SIZES["phone"])
    for event, watcher in watchers.items():
        page.remove_listener(event, watcher)
    return found


@contextmanager
def tab(browser: Browser, size: str, scheme: str = "light") -> Iterator[Page]:
    context = browser.new_context(
        viewport=SIZES[size], color_scheme=scheme, reduced_motion="reduce"
    )
    context.add_init_script(WATCH)
    context.set_default_navigation_timeout(120_000)  # a slow line, on a machine with other work
    yield context.new_page()
    context.close()


class Pages:
    """Tests of all pages at one size; in dark colours too where colours matter."""

    size: str

    @pytest.fixture(scope="class")
    @classmethod
    def visits(cls, browser: Browser, site: Path, compressed: str) -> list[Visit]:
        """One look at every page, for all the tests below: most of their time is in axe."""
        script = REPOSITORY / axe.SCRIPT
        text = script.read_text(encoding="utf-8") if script.exists() else ""
        found = []
        for url in pages(site):
            with tab(browser, cls.size) as page:  # a new one each: forty pages fill a tab's memory
                found.append(visit(page, compressed, url, cls.size == "phone", text))
        return found

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

    def test_nothing_moves_for_readers_who_want_less_motion(self, visits: list[Visit]) -> None:
        assert not {v.url: v.stirring for v in visits if v.stirring}
