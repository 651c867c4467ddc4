"""Every page in a real Chromium, at the sizes of a desk and of a phone, in both colour schemes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

SIZES = {"desk": (1280, 800), "phone": (390, 844)}
SHIFT = """
window.layoutShift = 0; window.shifted = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) {
    window.layoutShift += entry.value;
    window.shifted.push(...entry.sources.map((s) => s.node?.outerHTML?.slice(0, 120) ?? "?"));
  }
}).observe({ type: "layout-shift", buffered: true });
"""
SCROLL = """async () => {
  for (let y = 0; y < document.body.scrollHeight; y += innerHeight / 2) {
    scrollTo(0, y);
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  scrollTo(0, 0);
}"""


def pages(site: Path) -> list[str]:
    """URLs of all pages, from the root of the site."""
    found = sorted(site.rglob("index.html"))
    return [p.parent.relative_to(site).as_posix().removeprefix(".") for p in found]


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=list(SIZES))
def page(request: pytest.FixtureRequest, browser: Browser, scheme: str) -> Iterator[Page]:
    width, height = SIZES[request.param]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
    )
    context.add_init_script(SHIFT)
    yield context.new_page()
    context.close()


def test_no_page_asks_another_host_or_complains(page: Page, site: Path, address: str) -> None:
    host = urlsplit(address).netloc
    foreign: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda r: urlsplit(r.url).netloc in (host, "") or foreign.append(r.url))
    page.on("console", lambda m: complaints.append(f"{page.url}: {m.text}"))
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
    page.on("response", lambda r: r.status < 400 or complaints.append(f"{r.status} {r.url}"))
    for url in pages(site):
        page.goto(address + url, wait_until="networkidle")
        page.evaluate(SCROLL)
    assert not foreign
    assert not complaints


def test_nothing_scrolls_sideways_but_code_and_tables(page: Page, site: Path, address: str) -> None:
    for url in pages(site):
        page.goto(address + url, wait_until="networkidle")
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"/{url} is {wide} px too wide"


def test_nothing_jumps_while_a_page_loads_and_scrolls(page: Page, site: Path, address: str) -> None:
    for url in pages(site):
        page.goto(address + url, wait_until="networkidle")
        page.evaluate(SCROLL)
        shift = page.evaluate("window.layoutShift")
        assert shift <= 0.02, f"/{url} shifts by {shift:.3f}: {page.evaluate('window.shifted')}"


def test_axe_finds_no_violation(
    page: Page, site: Path, address: str, npm_package: Callable[[str], Path]
) -> None:
    axe = (npm_package("axe-core") / "axe.min.js").read_text(encoding="utf-8")
    problems: list[str] = []
    for url in pages(site):
        page.goto(address + url, wait_until="networkidle")
        page.evaluate(SCROLL)
        page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")
        page.evaluate(axe)
        for violation in page.evaluate("axe.run()")["violations"]:
            for node in violation["nodes"][:3]:
                what = node["failureSummary"].splitlines()[1:2]
                problems.append(f"/{url} {violation['id']}: {node['target']} {what}")
    assert not problems, "\n".join(problems)


def test_the_scheme_can_be_chosen(page: Page, address: str, scheme: str) -> None:
    """Auto follows the system; the button goes on to light, then to dark."""
    page.goto(address)
    body = page.locator("body")
    seen = [body.get_attribute("data-md-color-scheme")]
    for _ in range(2):
        page.locator("label[for^=__palette]:visible").click()
        seen.append(body.get_attribute("data-md-color-scheme"))
    assert seen == ["default" if scheme == "light" else "slate", "default", "slate"]


def test_a_code_cell_can_be_copied(page: Page, address: str, lesson: str) -> None:
    page.goto(address + lesson, wait_until="networkidle")
    assert page.locator("button.md-code__button[data-md-type=copy]").count() > 0


def test_every_demo_comes_alive(page: Page, site: Path, address: str) -> None:
    """Its module is loaded and defines the element; what it then does, test_demos proves."""
    for url in pages(site):
        page.goto(address + url, wait_until="networkidle")
        for demo in page.locator("[data-src]").all():
            assert demo.evaluate("(e) => !!customElements.get(e.localName)"), f"/{url}"


def test_search_finds_a_section_and_says_how_many(page: Page, address: str, lesson: str) -> None:
    page.goto(address + lesson, wait_until="networkidle")
    heading = page.locator("h2[id]").first
    words = " ".join((heading.text_content() or "").replace("¶", "").split()[:3])
    page.keyboard.press("/")
    page.wait_for_timeout(300)  # the field takes the focus in an animation frame
    page.keyboard.type(words, delay=30)
    result = page.locator(".md-search-result__link").first
    result.wait_for(timeout=10_000)
    assert urlsplit(result.get_attribute("href") or "").path
