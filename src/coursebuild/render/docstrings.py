"""Docstrings as HTML: paragraphs, code in backticks, indented blocks, a line per parameter."""

from __future__ import annotations

import html
import inspect
import re

PARAMETER = re.compile(r"\n(?=[A-Za-z_*][\w, *]*: )")
CODE = re.compile(r"`([^`\n]+)`")


def text(docstring: str) -> str:
    pieces = []
    for block in re.split(r"\n\s*\n", docstring.strip()) if docstring.strip() else ():
        escaped = html.escape(block, quote=False)
        if all(line.startswith("    ") for line in block.splitlines()):
            pieces.append(f'<pre tabindex="0">{inspect.cleandoc(escaped)}</pre>')
        else:
            inner = PARAMETER.sub("<br>", CODE.sub(r"<code>\1</code>", escaped))
            pieces.append(f"<p>{inner}</p>")
    return "".join(pieces)
