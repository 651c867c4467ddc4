"""A notebook as Markdown: prose as it stands, code fenced, outputs as numbered places."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from nbformat import NotebookNode

from ..lesson import OUTCOMES, tags
from . import outputs

PLACE = re.compile(r'<div class="nb-place" data-nb="(\d+)"></div>')
TITLE = re.compile(r"^# .+$", re.MULTILINE)
# Raw HTML in a lesson that holds Markdown: python-markdown must be told so.
FOLDED = re.compile(r"<(details|summary)\b(?![^>]*\bmarkdown=)([^>]*)>")
DOCS_LINK = re.compile(r"(\]\()\.\./docs/")
FENCE = re.compile(r"^(`{3,}|~{3,})", re.MULTILINE)


@dataclass
class Draft:
    """A page on its way: Markdown, and the HTML that goes into its places afterwards."""

    markdown: str = ""
    places: list[str] = field(default_factory=list)
    code: list[tuple[str, bool]] = field(default_factory=list)  # cells shown, and if folded away

    def place(self, html: str) -> str:
        """Keep HTML from Markdown's hands; the element that stands for it."""
        self.places.append(html)
        return f'<div class="nb-place" data-nb="{len(self.places) - 1}"></div>'

    def fill(self, content: str) -> str:
        """Rendered Markdown with the kept HTML back in its places."""
        return PLACE.sub(lambda match: self.places[int(match[1])], content)


def draft(cells: Iterable[NotebookNode], page: outputs.Page, head: str, foot: str) -> Draft:
    """A page of a lesson. head: HTML that goes under the title; foot: after the last cell."""
    result = Draft()
    pieces = [_cell(cell, page, result) for cell in cells]
    text = "\n\n".join(piece for piece in pieces if piece)
    title = TITLE.search(text)
    if title and head:
        where = title.end()
        text = f"{text[:where]}\n\n{result.place(head)}\n\n{text[where:]}"
    if foot:
        text += f"\n\n## How this page was made {{ #provenance }}\n\n{result.place(foot)}"
    result.markdown = text + "\n"
    return result


def _cell(cell: NotebookNode, page: outputs.Page, result: Draft) -> str:
    marks = tags(cell)
    if "remove-cell" in marks:
        return ""
    if cell.cell_type == "markdown":
        return _prose(cell.source)
    if cell.cell_type != "code":
        return ""
    pieces = []
    if "hide-input" not in marks and cell.source.strip():
        kind = next((mark for mark in ("exercise", "check") if mark in marks), "code")
        longest = max((len(match[1]) for match in FENCE.finditer(cell.source)), default=3)
        fence = "`" * (longest + 1)
        pieces.append(f"{fence} {{ .python .nb-{kind} }}\n{cell.source}\n{fence}")
        result.code.append((cell.id, bool({"solution", "setup"} & set(marks))))
    shown = "" if "hide-output" in marks else outputs.render(cell, page)
    if shown:
        # <section>: Material's search ends an exclusion at the first closing tag of its name
        pieces.append(
            result.place(f'<section class="nb-out" data-search-exclude>{shown}</section>')
        )
    body = "\n\n".join(pieces)
    for mark, name in (("solution", "Solution"), ("setup", "Set-up: what this lesson imports")):
        if mark in marks and body:
            return (
                f'<details class="{mark}" markdown="1"><summary>{name}</summary>\n\n'
                f"{body}\n\n</details>"
            )
    return body


def _prose(source: str) -> str:
    """A Markdown cell; links to ../docs/ work on GitHub and become links of the site."""
    source = DOCS_LINK.sub(r"\1../", FOLDED.sub(r'<\1\2 markdown="1">', source))
    return OUTCOMES.sub(_outcomes, source)


def _outcomes(match: re.Match[str]) -> str:
    """What the lesson promises, in a box."""
    return f'<div class="outcomes" markdown="1">\n\n{match[0].rstrip()}\n\n</div>\n'
