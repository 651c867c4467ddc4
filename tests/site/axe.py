"""axe-core in a page: all its rules, and its contrast on one element of each look.

Contrast takes two thirds of axe's time, on pages with thousands of coloured words of code. What it
says of a word depends on the word's own colours, size and weight and on the grounds under it, so
one element stands for all that are equal in these. Words that overlap others are no loss: axe
calls these incomplete and never a violation. One run per page looks at every word nevertheless
(visits.py), so that a fault in this reasoning shows.
"""

from __future__ import annotations

from playwright.sync_api import Page

SCRIPT = "node_modules/axe-core/axe.min.js"
EVERYTHING = "{ rules: { 'target-size': { enabled: true } } }"  # best practice is on by default
COLOURS = "{ runOnly: ['color-contrast', 'link-in-text-block'] }"
SAMPLE = """() => {
  const grounds = new Map();
  const ground = (element) => {
    if (!element) return "";
    if (!grounds.has(element)) {
      const s = getComputedStyle(element);
      const own = `${s.backgroundColor} ${s.backgroundImage} ${s.opacity} ${s.filter}`;
      const clear = own === "rgba(0, 0, 0, 0) none 1 none";
      grounds.set(element, ground(element.parentElement) + (clear ? "" : `|${own}`));
    }
    return grounds.get(element);
  };
  const seen = new Set();
  for (const element of document.body.querySelectorAll("*")) {
    delete element.dataset.sample;
    const words = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!words && !element.matches("input, select, textarea")) continue;
    if (!element.checkVisibility({ visibilityProperty: true })) continue;
    const s = getComputedStyle(element);
    const look = [s.color, s.fontSize, s.fontWeight, s.textShadow, s.position, ground(element)];
    if (!seen.has(look.join("~"))) element.dataset.sample = "";
    seen.add(look.join("~"));
  }
  axe.configure({ rules: [{ id: "color-contrast", selector: "[data-sample]" }] });
}"""
ALL_WORDS = '() => axe.configure({ rules: [{ id: "color-contrast", selector: "*" }] })'


def violations(page: Page, options: str, sample: bool = True) -> list[str]:
    """What axe finds: rule, place and reason, the first three places of each rule."""
    page.evaluate(SAMPLE if sample else ALL_WORDS)
    report = page.evaluate(f"axe.run(document, {{ resultTypes: ['violations'], ...{options} }})")
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary'].splitlines()[1:2]}"
        for violation in report["violations"]
        for node in violation["nodes"][:3]
    ]


def in_both_schemes(page: Page, sample: bool = True) -> list[str]:
    """All rules in light colours; the rules of colours in dark ones, where nothing else differs."""
    found = violations(page, EVERYTHING, sample)
    page.emulate_media(color_scheme="dark")
    page.wait_for_selector("body[data-md-color-scheme=slate]")
    page.evaluate("Promise.all(document.getAnimations().map((a) => a.finished))")
    found += [f"dark: {violation}" for violation in violations(page, COLOURS)]
    page.emulate_media(color_scheme="light")
    page.wait_for_selector("body[data-md-color-scheme=default]")
    return found
