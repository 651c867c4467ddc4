"""What is kept free for a demo is what it takes once it runs, however wide its page is."""

from __future__ import annotations

from absence import missing
from playwright.sync_api import Browser
from visits import REPOSITORY, SCROLL
from waiting import ALL_READY, until

DEMOS = REPOSITORY / "docs" / "demos"
NARROW, WIDE = 300, 740  # px; course.css lets no demo be wider
STEP = 10
GROWN = """async ([names, width]) => {
  const demos = names.map((name) => document.querySelector(name));
  for (const demo of demos) demo.parentElement.style.width = `${width}px`;
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  for (let i = 0; i < 4; i += 1) await frame(); // what draws by its width has drawn
  return demos.flatMap((demo) => {
    const box = demo.firstElementChild;
    const over = box.getBoundingClientRect().height - parseFloat(getComputedStyle(box).minHeight);
    return over <= 1 ? [] : [`${demo.localName}: ${Math.round(over)} px more`]; // NaN: none is kept
  });
}"""


def test_no_demo_grows_beyond_what_is_kept_for_it(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.goto(f"{address}demos/", wait_until="networkidle")
    there = set(page.evaluate("[...document.querySelectorAll('[data-src]')].map(e => e.localName)"))
    ours = sorted(there & {f"downhill-{path.stem}" for path in DEMOS.glob("*.css")})
    if not ours:
        missing("the page of the course's demos", "make site, and DOWNHILL_SITE=build/site")
    page.evaluate(SCROLL)
    until(page, ALL_READY, timeout=15_000)
    assert page.evaluate("document.querySelector('.downhill-demo').clientWidth") == WIDE
    found = {width: page.evaluate(GROWN, [ours, width]) for width in range(NARROW, WIDE + 1, STEP)}
    assert not {width: over for width, over in found.items() if over}
