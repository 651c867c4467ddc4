"""What a screen reader is told of each built page: language, headings, landmarks, links, formulas.

Read from the files, without a browser: every page, everything that is folded included.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from urllib.parse import urljoin

import lxml.html
import pytest
from lxml.html import HtmlElement

ROOT = "http://course.test/"
# Words that say nothing of where a link leads when a screen reader lists the links of a page.
EMPTY_WORDS = {"here", "click here", "this", "link", "more", "read more", "page", "see", "there"}
Finder = Callable[[HtmlElement, str], Iterator[str]]


def words(element: HtmlElement) -> str:
    return " ".join(str(element.text_content()).split())


def name(page: HtmlElement, element: HtmlElement) -> str:
    """What a screen reader calls an element: its label, else its words and pictures, its title."""
    if label := element.get("aria-label"):
        return label
    if ids := element.get("aria-labelledby", "").split():
        found = (page.get_element_by_id(each, None) for each in ids)
        return " ".join(words(each) for each in found if each is not None)
    alts = " ".join(image.get("alt", "") for image in element.iter("img"))
    return f"{words(element)} {alts}".strip() or element.get("title", "")


def headings(page: HtmlElement, _: str) -> Iterator[str]:
    """One h1, and no level left out on the way down."""
    levels = [int(each.tag[1]) for each in page.xpath("//h1|//h2|//h3|//h4|//h5|//h6")]
    if levels.count(1) != 1:
        yield f"{levels.count(1)} h1"
    before = 1
    for each in page.xpath("//h1|//h2|//h3|//h4|//h5|//h6"):
        if (level := int(each.tag[1])) > before + 1:
            yield f"h{level} after h{before}: {words(each)}"
        if not name(page, each):
            yield f"an empty h{level}"
        before = level


def language(page: HtmlElement, _: str) -> Iterator[str]:
    if page.get("lang") != "en":
        yield f"lang={page.get('lang')}"
    if not words(page.find(".//title")):
        yield "no title"


def landmarks(page: HtmlElement, _: str) -> Iterator[str]:
    """One main; of several of a kind each has a name of its own, tables of contents apart.

    Material has the page's own list twice, for wide and narrow windows: one of them is hidden.
    """
    if len(page.xpath("//main")) != 1:
        yield "not one main"
    names: dict[str, list[str]] = defaultdict(list)
    for each in page.xpath("//nav[not(@role)]|//aside|//*[@role='region' or @role='search']"):
        if each.xpath("ancestor::nav[contains(@class, 'md-nav')]"):
            continue  # lists within the list of pages
        named = each.get("aria-label") or each.get("aria-labelledby")
        names[each.get("role", each.tag)].append(name(page, each) if named else "")
    for tag, found in names.items():
        if len(found) > 1 and not all(found):
            yield f"a {tag} without a name, of {len(found)}"
        twice = {each for each in found if found.count(each) > 1} - {"Table of contents"}
        if twice:
            yield f"{tag} of the same name: {twice}"


def context(page: HtmlElement, link: HtmlElement) -> str:
    """What tells links of the same words apart: the sentence, item or row that they stand in.

    In the list of pages it is the name of their part of the list; else what stands above.
    """
    for up in link.iterancestors("nav"):
        if up.get("aria-labelledby"):
            return name(page, up)
    for up in link.iterancestors("li", "tr", "td", "p", "summary", "figcaption"):
        if (around := words(up)) != words(link):
            return around
    above = "(preceding::h2 | preceding::h3 | preceding::h4)[last()]", "preceding::dt[1]"
    return " ".join(words(node) for way in above for node in link.xpath(way))  # technique H80


def links(page: HtmlElement, base: str) -> Iterator[str]:
    """Each link says where it leads; the same words lead to the same place, or stand in context.

    WCAG 2.4.4: the sentence, list item or row around it counts, in the list of pages its lesson.
    """
    called: dict[str, list[HtmlElement]] = defaultdict(list)
    for link in page.xpath("//a[@href]"):
        if "headerlink" in link.get("class", ""):
            if not link.get("title"):
                yield "a link to a section without a title"
            continue
        if link.xpath("ancestor-or-self::*[@hidden]"):  # for a script to fill and to show
            continue
        called[name(page, link)].append(link)
    for said, those in called.items():
        if not said or said.lower().strip(".… ") in EMPTY_WORDS:
            yield f"{said!r} leads to {those[0].get('href')}"
        if len({urljoin(base, link.get("href")) for link in those}) < 2:
            continue
        places: dict[str, set[str]] = defaultdict(set)
        for link in those:
            places[context(page, link)].add(urljoin(base, link.get("href")))
        for targets in places.values():
            if len(targets) > 1:
                yield f"{said!r} leads to {len(targets)} places: {sorted(targets)[:2]}"


def media(page: HtmlElement, _: str) -> Iterator[str]:
    """Pictures have an alt, tables have headers, films have words and wait to be started."""
    for image in page.iter("img"):
        if image.get("alt") is None or (not image.get("alt") and image.xpath("ancestor::article")):
            yield f"no alt: {image.get('src')}"
    for drawing in page.xpath("//article//*[local-name()='svg']"):
        hidden = drawing.xpath("ancestor-or-self::*[@aria-hidden='true']")
        titled = drawing.get("aria-label") or drawing.get("aria-labelledby")
        inside = drawing.xpath("ancestor::a | ancestor::button | ancestor::*[@role='img']")
        if not (hidden or titled or inside or drawing.xpath("./*[local-name()='title']")):
            yield f"a drawing without a name: {lxml.html.tostring(drawing)[:80]!r}"
    for table in page.iter("table"):
        if not table.xpath(".//th") and table.get("role") != "presentation":
            yield f"a table without headers: {words(table)[:60]}"
    for film in page.iter("video"):
        if not film.get("aria-label"):
            yield f"a film without words: {film.get('src')}"
        if film.get("autoplay") is not None or film.get("controls") is None:
            yield f"a film that nobody starts or stops: {film.get('src')}"


def formulas(page: HtmlElement, _: str) -> Iterator[str]:
    """A formula is MathML for screen readers; its drawn twin is hidden from them."""
    for formula in page.xpath("//*[@class='katex' or @class='katex-display']"):
        if formula.xpath("ancestor::*[@aria-hidden='true']"):
            yield f"hidden whole: {words(formula)[:40]}"
    for drawn in page.find_class("katex-html"):
        twin = drawn.getprevious()
        if drawn.get("aria-hidden") != "true":
            yield f"read twice: {words(drawn)[:40]}"
        if twin is None or not twin.xpath(".//*[local-name()='math']"):
            yield f"no MathML: {words(drawn)[:40]}"
        elif not words(twin):
            yield "empty MathML"


FINDERS: list[Finder] = [headings, language, landmarks, links, media, formulas]


@cache
def parsed(path: Path) -> HtmlElement:
    return lxml.html.fromstring(path.read_bytes())


@pytest.mark.parametrize("finder", FINDERS, ids=lambda finder: finder.__name__)
def test_every_page_tells_a_screen_reader_what_it_shows(site: Path, finder: Finder) -> None:
    found: dict[str, list[str]] = {}
    for path in sorted(site.rglob("*.html")):
        url = path.parent.relative_to(site).as_posix()
        if faults := list(finder(parsed(path), urljoin(ROOT, f"{url}/"))):
            found[path.relative_to(site).as_posix()] = faults[:5]
    assert not found


BROKEN = """<html><head><title></title></head><body><main></main><nav></nav><nav></nav>
<h1>A</h1><h3>B</h3><a href="x">here</a><p><a href="y">Same</a></p><p><a href="z">Same</a></p>
<article><img src="i"><svg></svg></article><table><tr><td>1</td></tr></table>
<video src="v" autoplay></video>
<span class="katex"><span class="katex-html">x</span></span></body></html>"""


@pytest.mark.parametrize(("finder", "least"), list(zip(FINDERS, [1, 2, 1, 2, 5, 2], strict=True)))
def test_each_of_these_faults_is_seen(finder: Finder, least: int) -> None:
    """The checks themselves: they would be silent as well if they saw nothing."""
    assert len(list(finder(lxml.html.fromstring(BROKEN), ROOT))) >= least
