"""The site with the Tab key alone: everything is reached, in order, and is seen when it is.

Home, a lesson's page, and the page of each demo of the lessons. What a demo's keys then do, its
own tests in tests/site/demos prove.
"""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from playwright.sync_api import Browser, Page
from visits import tab
from waiting import until

pytestmark = pytest.mark.browser

# What the Tab key shall stop at, in the order of the document; of radio buttons, one per group.
# Each gets a number, by which a stop is recognised.
TARGETS = """() => {
  const all = "a[href], button, input, select, textarea, summary, video[controls], [tabindex]";
  const groups = new Set();
  const found = [...document.querySelectorAll(all)].filter((e) => {
    if (e.tabIndex < 0 || e.disabled || e.closest("[inert], [hidden]")) return false;
    if (!e.checkVisibility({ visibilityProperty: true })) return false;
    if (e.type !== "radio") return true;
    const chosen = document.querySelector(`input[name="${e.name}"]:checked`);
    const first = chosen ? chosen === e : !groups.has(e.name);
    groups.add(e.name);
    return first;
  });
  window.targets = found;
  return found.map((e) => `${e.localName}.${e.className} “${e.textContent.trim().slice(0, 40)}”`);
}"""
# How an element looks that the focus may change: its own and its label's.
LOOK = """(e) => {
  const looks = [e, e.labels?.[0], e.nextElementSibling, e.parentElement].filter(Boolean);
  return looks.map((each) => {
    const s = getComputedStyle(each);
    const outline = s.outlineStyle === "none" ? "" : `${s.outlineWidth} ${s.outlineColor}`;
    return [outline, s.boxShadow, s.backgroundColor, s.borderColor, s.color, s.opacity].join();
  }).join("|");
}"""
# The stop: its number, whether it can be seen, and whether focus changes how it looks.
STOP = f"""() => {{
  const look = {LOOK};
  const e = document.activeElement;
  const number = window.targets.indexOf(e);
  if (number < 0) return {{ number, what: e.outerHTML.slice(0, 120), seen: true, marked: true }};
  if (e.matches("video, audio")) return {{ number, seen: true, marked: true }}; // its own buttons
  // Material draws its choice of colours as the label after the option.
  const shown = e.matches(".md-option") ? e.nextElementSibling : e;
  const box = shown.getClientRects()[0] ?? shown.getBoundingClientRect(); // a link may go on below
  const height = (Math.max(0, box.top) + Math.min(innerHeight, box.bottom)) / 2;
  const middle = [box.left + box.width / 2, height];
  const top = document.elementFromPoint(...middle);
  const seen = box.bottom > 0 && box.top < innerHeight && box.width > 0
    && (!top || shown.contains(top) || top.contains(shown) || [...e.labels ?? []].includes(top));
  const focused = look(e);
  e.blur();
  const plain = look(e);
  e.focus({{ preventScroll: true }});
  return {{ number, seen, marked: focused !== plain }};
}}"""
STILL = "* { transition: none !important; scroll-behavior: auto !important; }"


def walk(page: Page, targets: list[str]) -> list[dict[str, Any]]:
    """Press Tab from the top until the focus has left the page again."""
    stops: list[dict[str, Any]] = []
    for _ in range(len(targets) + 50):  # a film has several stops of its own
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stops and stop["number"] == stops[-1]["number"] >= 0:
            continue
        if stops and stop["number"] in (-1, stops[0]["number"]):
            break
        stops.append(stop)
    return stops


def faults(page: Page, address: str) -> dict[str, list[str]]:
    """What is wrong with the page for a reader who has no pointer."""
    targets = opened(page, address)
    stops = walk(page, targets)
    numbers = [stop["number"] for stop in stops]
    found = {
        "never reached": [each for n, each in enumerate(targets) if n not in numbers],
        "out of order": [targets[b] for a, b in itertools.pairwise(numbers) if b <= a],
        "hidden": [targets[stop["number"]] for stop in stops if not stop["seen"]],
        "not marked": [targets[stop["number"]] for stop in stops if not stop["marked"]],
        "unexpected": [stop["what"] for stop in stops if stop["number"] < 0],
    }
    return {what: those[:5] for what, those in found.items() if those}


def opened(page: Page, address: str) -> list[str]:
    """The page with its demos started, nothing in motion, and its targets."""
    page.goto(address, wait_until="networkidle")
    for demo in page.locator("[data-src]").all():
        demo.scroll_into_view_if_needed()
        until(page, "(e) => e.dataset.state === 'ready'", arg=demo.element_handle())
    page.evaluate(
        "(css) => { const s = new CSSStyleSheet(); s.replaceSync(css);"
        " document.adoptedStyleSheets = [s]; scrollTo(0, 0); }",
        STILL,
    )
    until(page, "!document.querySelector('.md-top:not([hidden])')")  # it comes and goes
    targets: list[str] = page.evaluate(TARGETS)
    return targets


def with_demos(site: Path) -> list[str]:
    """URLs of the pages with a demo: home first."""
    found = []
    for path in sorted(site.rglob("index.html")):
        if lxml.html.fromstring(path.read_bytes()).xpath("//*[@data-src]"):
            url = path.parent.relative_to(site).as_posix()
            found.append("" if url == "." else f"{url}/")
    return sorted(found)


def test_tab_alone_reaches_everything_in_order_and_it_is_seen(
    browser: Browser, site: Path, compressed: str, lesson: str
) -> None:
    found = {}
    for url in dict.fromkeys([*with_demos(site), lesson]):
        with tab(browser, "desk") as page:
            found[url] = faults(page, compressed + url)
    assert not {url: those for url, those in found.items() if those}


def test_so_it_does_in_a_narrow_window(browser: Browser, compressed: str, lesson: str) -> None:
    with tab(browser, "phone") as page:
        assert not faults(page, compressed + lesson)


def test_the_list_of_pages_is_opened_walked_and_closed_by_keyboard(
    browser: Browser, compressed: str, lesson: str
) -> None:
    with tab(browser, "phone") as page:
        page.goto(compressed + lesson, wait_until="networkidle")
        button = page.get_by_role("button", name="List of pages")
        button.focus()
        page.keyboard.press("Enter")
        links = page.locator(".md-sidebar--primary a:visible")
        links.first.wait_for()
        for _ in range(20):
            page.keyboard.press("Tab")
            if page.evaluate("!!document.activeElement.closest('.md-sidebar--primary')"):
                break
        assert page.evaluate("!!document.activeElement.closest('.md-sidebar--primary')")
        page.keyboard.press("Escape")
        links.first.wait_for(state="hidden")
        assert button.evaluate("(e) => e === document.activeElement")


def test_the_first_stop_skips_to_the_content(
    browser: Browser, compressed: str, lesson: str
) -> None:
    with tab(browser, "desk") as page:
        page.goto(compressed + lesson, wait_until="networkidle")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.matches('.md-skip')")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("!!document.activeElement.closest('article')")


def test_a_demo_far_below_loads_nothing_until_a_reader_comes_near(
    browser: Browser, site: Path, compressed: str
) -> None:
    """The budget of scripts counts on it."""
    place = '<div class="downhill-demo">'
    text = (site / "index.html").read_text(encoding="utf-8")
    with tab(browser, "phone") as page:
        far = text.replace(place, f'<div style="height: 5000px"></div>{place}')
        page.route(compressed, lambda route: route.fulfill(body=far, content_type="text/html"))
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(compressed, wait_until="networkidle")
        page.mouse.wheel(0, 2000)
        page.wait_for_timeout(500)
        assert not [each for each in asked if "/demos/" in each and each.endswith(".js")]
        demo = page.locator("[data-src]").first
        demo.scroll_into_view_if_needed()
        until(page, "(e) => e.dataset.state === 'ready'", arg=demo.element_handle())
        assert [each for each in asked if "/demos/" in each and each.endswith(".js")]


def test_a_demo_whose_script_does_not_load_keeps_its_picture_and_says_so(
    browser: Browser, compressed: str
) -> None:
    with tab(browser, "desk") as page:
        page.route("**/demos/*.js", lambda route: route.abort())
        page.goto(compressed, wait_until="networkidle")
        demo = page.locator("[data-src]").first
        demo.scroll_into_view_if_needed()
        demo.get_by_role("alert").wait_for()
        assert ".js could not be loaded" in demo.inner_text()
        assert demo.locator("figure").is_visible()
