"""Headings: one title, no level left out, none twice in a section."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .fault import Found, Subject, short
from .words import CODE, COMMENT, FENCED, MATHS, blank, line_of

HEADING = re.compile(r"^(#{1,6})(?: +(.*?))?(?: +#+)? *$", re.MULTILINE)
SECTION = 2  # the level of a lesson's sections
NUMBERED = re.compile(r"^(\d+)\. ")


def headings(subject: Subject) -> Iterator[Found]:
    """Levels in order, sections numbered without a gap, and each with a name of its own."""
    level, section = 0, -1
    seen: set[tuple[str, str]] = set()
    above = ""
    for cell in subject.prose:
        source = blank(COMMENT, blank(FENCED, cell.source))
        for match in HEADING.finditer(source):
            line, depth, text = line_of(source, match.start()), len(match[1]), match[2] or ""
            if not text:
                yield Found(cell.id, line, "a heading is empty", "give it words, or take it out")
            if depth == 1 and level:
                yield Found(
                    cell.id, line, f"a second title: “{short(text)}”", "begin a section with ##"
                )
            elif depth > level + 1:
                here = "#" * depth
                do = f"a lesson begins with one #, and {here} stands under {here[1:]}"
                yield Found(cell.id, line, f"“{short(text)}” leaves out a level", do)
            if depth == SECTION and (numbered := NUMBERED.match(text)):
                if int(numbered[1]) not in ((0, 1) if section < 0 else (section + 1,)):
                    before = f"follows {section}" if section >= 0 else "is the first"
                    do = f"call it {max(section + 1, 1)}"
                    yield Found(cell.id, line, f"section {numbered[1]} {before}", do)
                section = int(numbered[1])
            if MATHS.search(blank(CODE, text)):
                do = "write it in words: a heading is a link and an entry of the menu"
                yield Found(cell.id, line, f"mathematics in the heading “{short(text)}”", do)
            above = text if depth <= SECTION else above
            if text and (above, text) in seen:
                do = "give one of them another name, so that a link finds it"
                yield Found(cell.id, line, f"two headings are called “{short(text)}”", do)
            seen.add((above, text))
            level = depth
    if not level:
        yield Found("", 0, "the lesson has no title", "begin with a cell “# Title”")
