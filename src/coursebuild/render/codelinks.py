"""Names in a lesson's code that lead to what they are: our package's page, a library's own.

Each is linked once on a page, where it is first used: more would make the way through the page by
keyboard endless.
"""

from __future__ import annotations

import html
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from nbformat import NotebookNode

from ..lesson import code_cells
from .names import Scope, Use, uses
from .page import Draft
from .problem import PageError

BLOCK = re.compile(
    r'(?P<head><div class="[^"]*\bnb-(?:code|exercise|check)\b[^"]*"><pre[^>]*><code>)'
    r"(?P<code>.*?)(?P<tail></code></pre>)",
    re.DOTALL,
)
TAG = re.compile(r"<[^>]+>")
TOKEN = re.compile(r"<[^>]+>|&[#\w]+;|.", re.DOTALL)


@cache
def documentation() -> dict[str, str]:
    """Qualified name → page of its documentation, for libraries that lessons use."""
    text = Path(__file__).with_name("documentation.toml").read_text(encoding="utf-8")
    return {name: url for names in tomllib.loads(text).values() for name, url in names.items()}


def scopes(notebook: NotebookNode) -> dict[str, Scope]:
    """What is imported when a cell begins, for each code cell: the earlier pages' imports too."""
    found: dict[str, Scope] = {}
    scope: Scope = {}
    for cell in code_cells(notebook):
        found[cell.id] = dict(scope)
        uses(cell.source, scope, ())
    return found


def link(page: str, draft: Draft, before: Mapping[str, Scope], urls: Mapping[str, str]) -> str:
    """A lesson's page whose code is linked.

    before: what is imported when a cell begins; urls: qualified name → URL from the page.
    """
    blocks = list(BLOCK.finditer(page))
    if len(blocks) != len(draft.code):
        what = f"{len(draft.code)} code cells became {len(blocks)} blocks"
        raise PageError(what, "the page of a lesson", "mend coursebuild.render.codelinks.BLOCK")
    pieces = [block["code"] for block in blocks]
    found = [
        uses(html.unescape(TAG.sub("", piece)), dict(before[cell]), urls)
        for piece, (cell, _) in zip(pieces, draft.code, strict=True)
    ]
    seen: set[str] = set()
    folded = [number for number, (_, shut) in enumerate(draft.code) if shut]
    for number in sorted(range(len(pieces)), key=lambda number: number in folded):
        new = []
        for use in found[number]:
            if urls[use.name] not in seen:
                seen.add(urls[use.name])
                new.append(use)
        pieces[number] = _marked(pieces[number], new, urls)
    rest = iter(pieces)
    return BLOCK.sub(lambda block: block["head"] + next(rest) + block["tail"], page)


def _marked(code: str, found: list[Use], urls: Mapping[str, str]) -> str:
    """Highlighted code with links. A name is one or more whole tokens, so tags stay nested."""
    starts = {use.start: use for use in found}
    out: list[str] = []
    position, end = 0, -1
    for token in TOKEN.findall(code):
        if not token.startswith("</"):
            if position == end:
                out.append("</a>")
                end = -1
            if use := starts.pop(position, None):
                out.append(f'<a href="{html.escape(urls[use.name])}">')
                end = use.end
        out.append(token)
        position += not token.startswith("<")
    return "".join(out) + ("</a>" if end >= 0 else "")
