"""The words of a Markdown cell: code, mathematics and addresses blanked, lines in their place."""

from __future__ import annotations

import re

FENCED = re.compile(r"^[ >]*(```+|~~~+).*?^[ >]*\1[^\n]*$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)|<(code|pre)\b.*?</\2>", re.DOTALL)
MATHS = re.compile(r"\$\$.*?\$\$|(?<![\\$])\$[^$\n]+\$", re.DOTALL)
TARGET = re.compile(r"(?<=\])\([^()\s]*(?:\s+\"[^\"]*\")?\)")
ADDRESS = re.compile(r"<?https?://[^\s)>]+>?")
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
TAG = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)


def blank(pattern: re.Pattern[str], text: str) -> str:
    """Spaces in place of what matches; line breaks stay."""
    return pattern.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)


def without_code(markdown: str) -> str:
    """Blank code blocks, code in a line and comments."""
    for pattern in (FENCED, CODE, COMMENT):
        markdown = blank(pattern, markdown)
    return markdown


def words(markdown: str) -> str:
    """Blank all that is not written to be read as words."""
    markdown = without_code(markdown)
    for pattern in (MATHS, TARGET, ADDRESS, TAG):
        markdown = blank(pattern, markdown)
    return markdown


def line_of(text: str, position: int) -> int:
    """The line, from 1, of a position in a text."""
    return text.count("\n", 0, position) + 1
