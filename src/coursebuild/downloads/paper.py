"""Several pages of the built site as one document for paper: what Chromium makes a PDF of.

The document holds no script, so demos are there as the pictures that stand for them; everything
folded is open; links between its pages lead within it, and all others to the published site.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from pathlib import Path
from typing import cast
from urllib.parse import urldefrag, urljoin, urlsplit

import lxml.html
from lxml.html import HtmlElement

ROOT = "https://built.invalid/"  # the site while links are resolved; never asked
LESSON = re.compile(r"lessons/(\d{2,3}_\w+?)(?:_\d+)?/$")
NOT_ON_PAPER = (
    "//script | //template | //noscript | //*[@data-save] | //a[contains(@class, 'headerlink')]"
    " | //a[contains(@class, 'md-content__button')] | //ul[contains(@class, 'lesson-actions')]"
)
# What stands on every page of a lesson: the row under its title, and how its run was made.
SAID_ONCE = (
    ".//div[contains(@class, 'lesson-bar')] | .//*[@id='provenance']"
    " | .//*[contains(@class, 'provenance')]"
)
REFERENCES = ("for", "headers", "aria-labelledby", "aria-describedby", "aria-controls")
PAINT = re.compile(r"url\(#([^)]+)\)")
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


@dataclass(frozen=True)
class Sheet:
    """A page of the site. url: from the root, "" for home."""

    url: str
    lesson: str = ""  # its lesson's name
    first: bool = True  # of its lesson

    def file(self, site: Path) -> Path:
        return site / self.url / "index.html"


def sheets(site: Path) -> list[Sheet]:
    """The pages in the order of the site's navigation."""
    home = lxml.html.fromstring((site / "index.html").read_bytes())
    found: dict[str, Sheet] = {}
    seen: set[str] = set()
    way = "//nav[contains(@class, 'md-nav--primary')]//a[contains(@class, 'md-nav__link')]/@href"
    for link in strings(home, way):
        target, _ = urldefrag(urljoin(ROOT, link))
        url = target.removeprefix(ROOT)
        if not target.startswith(ROOT) or not (site / url / "index.html").is_file():
            continue
        match = LESSON.match(url)
        lesson = match[1] if match else ""
        found.setdefault(url, Sheet(url, lesson, not lesson or lesson not in seen))
        seen.add(lesson)
    return list(found.values())


def document(site: Path, pages: list[Sheet], published: str) -> str:
    """HTML of these pages, one after the other. published: the site's address."""
    where = {page.url: f"p{number}" for number, page in enumerate(pages, 1)}
    trees = [lxml.html.fromstring(page.file(site).read_bytes()) for page in pages]
    styles = dict.fromkeys(
        (site / page.url / link).resolve().as_uri()
        for page, tree in zip(pages, trees, strict=True)
        for link in strings(tree, "//head/link[@rel='stylesheet']/@href")
    )
    parts = [
        _part(site, page, tree, where, published) for page, tree in zip(pages, trees, strict=True)
    ]
    title = _title(trees[0], whole=len({page.lesson for page in pages}) > 1)
    links = "".join(f'<link rel="stylesheet" href="{html.escape(style)}">' for style in styles)
    corner = title.replace("\\", "").replace('"', "”")
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{html.escape(title)}</title>{links}"
        f'<style>@page {{ @top-right {{ content: "{corner}" }} }}</style></head>'
        '<body data-md-color-scheme="default" data-md-color-primary="custom" class="paper">'
        f"<main>{''.join(parts)}</main></body></html>"
    )


def _title(tree: HtmlElement, whole: bool) -> str:
    site_name = strings(tree, "//head/title/text()")[0].rpartition(" - ")[2].strip()
    heading = elements(tree, "//article//h1")[0]
    name = heading.text_content().strip().removesuffix("¶")
    return f"{site_name}, the whole course" if whole else f"{name} – {site_name}"


def _part(site: Path, page: Sheet, tree: HtmlElement, where: dict[str, str], published: str) -> str:
    """One page's article, its names made unique and its links turned."""
    [article] = elements(tree, "//article[contains(@class, 'md-content__inner')]")
    for element in elements(article, f".{NOT_ON_PAPER.replace(' | //', ' | .//')}"):
        element.drop_tree()
    for video in elements(article, ".//video[@poster]"):
        video.tag = "img"
        words = {"src": video.get("poster", ""), "alt": video.get("aria-label", "")}
        tail = video.tail
        video.clear()
        video.attrib.update(words)
        video.tail = tail
    if not page.first:
        for element in elements(article, SAID_ONCE):
            element.drop_tree()
    me = where[page.url]
    for element in article.iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag == "details":
            element.set("open", "open")
        if not page.first and element.tag in HEADINGS[:-1]:  # a part of a lesson, in the outline
            element.tag = HEADINGS[HEADINGS.index(element.tag) + 1]
        element.attrib.pop("loading", None)
        _rename(element, me)
        for name in ("src", "href", "{http://www.w3.org/1999/xlink}href"):
            if (link := element.get(name)) is not None:
                element.set(name, _turn(site, page, link, where, published, element.tag))
    article.set("id", me)
    return str(lxml.html.tostring(article, encoding="unicode", with_tail=False))


def elements(tree: HtmlElement, path: str) -> list[HtmlElement]:
    """What an XPath that selects elements finds."""
    return cast(list[HtmlElement], tree.xpath(path))


def strings(tree: HtmlElement, path: str) -> list[str]:
    """What an XPath that selects attributes or text finds."""
    return [str(value) for value in cast(list[str], tree.xpath(path))]


def _rename(element: HtmlElement, me: str) -> None:
    if name := element.get("id"):
        element.set("id", f"{me}-{name}")
    for attribute in REFERENCES:
        if value := element.get(attribute):
            element.set(attribute, " ".join(f"{me}-{name}" for name in value.split()))
    for attribute, value in element.attrib.items():
        if "url(#" in value:
            element.set(attribute, PAINT.sub(rf"url(#{me}-\1)", value))


def _turn(
    site: Path, page: Sheet, link: str, where: dict[str, str], published: str, tag: str
) -> str:
    """Where a link of a page leads from the document."""
    target, anchor = urldefrag(urljoin(ROOT + page.url, link))
    if not target.startswith(ROOT):
        return link
    url = urlsplit(target)._replace(query="").geturl().removeprefix(ROOT)
    if tag not in ("a", "use"):
        return (site / url).as_uri()
    if url in where:
        return f"#{where[url]}-{anchor}" if anchor else f"#{where[url]}"
    return published + url + (f"#{anchor}" if anchor else "")
