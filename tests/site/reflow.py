"""What is lost of a page when it is narrow or its words stand wider: WCAG 1.4.10 and 1.4.12."""

from __future__ import annotations

from playwright.sync_api import Page, ViewportSize

NARROW: ViewportSize = {"width": 320, "height": 256}  # 1280 × 1024 at 400 %
# The distances of WCAG 1.4.12. A style sheet made by script is allowed by the pages' policy. A
# formula is set by its own distances: it has a box that scrolls, and MathML beside it.
SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :is(body, body *):not(.katex *, svg *) {
      line-height: 1.5 !important;
      letter-spacing: 0.12em !important;
      word-spacing: 0.16em !important;
    }
    p { margin-bottom: 2em !important; }`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}"""
# Words that a box cuts off where nobody can scroll to them, or that stand beside the page.
LOST = """() => {
  const lost = [];
  const name = (e) => `${e.localName}.${e.className} “${e.textContent.trim().slice(0, 40)}”`;
  const scrolls = (e, axis) => /auto|scroll/.test(getComputedStyle(e)[`overflow${axis}`]);
  for (const e of document.querySelectorAll("main *, .md-header *, .md-footer *")) {
    // The closed drawer's frame hides the panes that it slides in: what is in them is looked at.
    if (!e.textContent.trim() || e.matches(".md-sidebar__scrollwrap")) continue;
    if (e.closest("svg, .katex, [hidden]")) continue;
    if (!e.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const style = getComputedStyle(e);
    const unseen = e.clientWidth <= 1 || e.clientHeight <= 1 || style.position === "fixed";
    if (unseen || style.clipPath !== "none" || style.display === "inline") continue;
    const cuts = (axis) => /hidden|clip/.test(style[`overflow${axis}`]);
    if (cuts("X") && e.scrollWidth > e.clientWidth + 1) lost.push(`cut at the side: ${name(e)}`);
    if (cuts("Y") && e.scrollHeight > e.clientHeight + 1) lost.push(`cut below: ${name(e)}`);
    let inside = false; // a box that scrolls
    for (let up = e; up !== document.body; up = up.parentElement) inside ||= scrolls(up, "X");
    const box = e.getBoundingClientRect();
    if (!inside && e.closest("article") && (box.right > innerWidth + 1 || box.left < -1)) {
      lost.push(`beside the page: ${name(e)}`);
    }
  }
  const wide = document.documentElement.scrollWidth - innerWidth;
  if (wide > 0) lost.push(`the page is ${wide} px too wide`);
  return lost.slice(0, 5);
}"""


def lost(page: Page) -> list[str]:
    """What a reader loses at 400 %, and with the words further apart; leaves the page narrow."""
    page.set_viewport_size(NARROW)
    found = [f"at 400 %: {each}" for each in page.evaluate(LOST)]
    page.evaluate(SPACED)
    return found + [f"spaced: {each}" for each in page.evaluate(LOST)]
