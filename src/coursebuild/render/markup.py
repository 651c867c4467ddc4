"""The last touch to a page's HTML: boxes that scroll by keyboard, and fewer elements."""

from __future__ import annotations

import re

CODE_BLOCK = re.compile(r"<pre><span></span><code>(.*?)</code></pre>", re.DOTALL)
TABLE = re.compile(r"<table>(.*?)</table>", re.DOTALL)
PREDICT = re.compile(r"<blockquote>(?=\s*<p><strong>Predict\.</strong>)")
# Spaces, names and punctuation look like the code around them: half of a page's elements.
PLAIN_TOKEN = re.compile(r'<span class="(?:w|n|o|p|sa|si)">([^<]*)</span>')


def finish(html: str) -> str:
    """HTML as Markdown made it → HTML as the page shows it."""
    html = TABLE.sub(_scroller, html)
    html = PREDICT.sub('<blockquote class="predict">', html)
    html = PLAIN_TOKEN.sub(r"\1", html)
    return CODE_BLOCK.sub(_code_block, html)


def _scroller(match: re.Match[str]) -> str:
    """A Markdown table in a box that scrolls by itself and can be reached by keyboard."""
    table = match[1].replace("<th></th>", "<td></td>")  # a corner is no header
    return (
        '<div class="nb-scroll" tabindex="0" role="group" aria-label="Table">'
        f'<table class="nb-table">{table}</table></div>'
    )


def _code_block(match: re.Match[str]) -> str:
    """Code that can be scrolled by keyboard and says its height before it is laid out."""
    lines = match[1].count("\n")
    return f'<pre tabindex="0" style="--lines:{lines}"><code>{match[1]}</code></pre>'
