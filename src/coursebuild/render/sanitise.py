"""HTML that a kernel sent, made harmless and readable: no scripts, tables that scroll."""

from __future__ import annotations

import lxml.html
import nh3
from lxml.html import HtmlElement

from . import folding

TEXT = {"b", "br", "code", "del", "em", "i", "ins", "kbd", "mark", "q", "s", "small", "span"}
TEXT |= {"strong", "sub", "sup", "u", "var", "a", "abbr"}
BLOCKS = {"blockquote", "dd", "div", "dl", "dt", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol"}
BLOCKS |= {"p", "pre", "ul", "details", "summary"}
TABLES = {"caption", "col", "colgroup", "table", "tbody", "td", "tfoot", "th", "thead", "tr"}
ATTRIBUTES = {
    "*": {"class", "title", "lang", "dir"},
    "a": {"href"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start"},
}


def clean(html: str) -> str:
    """Only what shows text, tables and links. No ids: they would collide with the page's own."""
    return nh3.clean(
        html,
        tags=TEXT | BLOCKS | TABLES,
        attributes=ATTRIBUTES,
        attribute_filter=_plain,
        clean_content_tags={"script", "style"},
        url_schemes={"http", "https", "mailto"},
    )


def _plain(_tag: str, _name: str, value: str) -> str:
    """An attribute without angle brackets. What reads the page's text for marks and for elements
    would find them there; and libxml2 writes a comment in an attribute as it stands.
    """
    return value.replace("<", "").replace(">", "")


def table_html(html: str, label: str) -> str:
    """Cleaned HTML in which each table scrolls by itself and can be reached by keyboard.

    A long one shows its first rows.
    """
    root = lxml.html.fragment_fromstring(clean(html), create_parent="div")
    for number, table in enumerate(list(root.iter("table")), 1):
        table.set("class", "nb-table")
        for head in table.iter("th"):
            _name_head(head)
        parent, box = table.getparent(), lxml.html.Element("div")
        assert parent is not None  # its root is the div made above
        name = label if number == 1 else f"{label} ({number})"
        for key, value in {
            "class": "nb-scroll",
            "tabindex": "0",
            "role": "region",
            "aria-label": name,
        }.items():
            box.set(key, value)
        parent.replace(table, box)
        tail, table.tail = table.tail, None
        box.append(table)
        rows = len(table.findall("tbody/tr"))
        shown = folding.table(lxml.html.tostring(box, encoding="unicode"), rows)
        folded = lxml.html.fragment_fromstring(shown)
        parent.replace(box, folded)
        folded.tail = tail
    return "".join(
        [root.text or "", *(lxml.html.tostring(child, encoding="unicode") for child in root)]
    )


def _name_head(head: HtmlElement) -> None:
    """An empty header cell (pandas' corner) is no header; the others say what they head."""
    if not head.text_content().replace("\xa0", " ").strip():
        head.tag = "td"
        head.attrib.pop("scope", None)
    elif "scope" not in head.attrib and "colspan" not in head.attrib:
        in_head = any(ancestor.tag == "thead" for ancestor in head.iterancestors())
        head.set("scope", "col" if in_head else "row")
