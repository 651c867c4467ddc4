"""A lesson says first what its reader will be able to do."""

from __future__ import annotations

from collections.abc import Iterator

from ..lesson import OUTCOMES
from .fault import Found, Subject

FEWEST, MOST = 3, 5  # more are not read, fewer say no more than the title


def outcomes(subject: Subject) -> Iterator[Found]:
    """The first cell of prose has a short list of outcomes under the title."""
    title = next(subject.prose, None)
    if title is None:
        return  # `headings` says that there is no title
    found = OUTCOMES.search(title.source)
    if not found:
        do = "write **After this lesson you can** under the title, and a list of 3 to 5 below"
        yield Found(title.id, 0, "the lesson does not say what its reader will be able to do", do)
    elif not FEWEST <= (count := found["list"].count("\n- ") + 1) <= MOST:
        line = title.source.count("\n", 0, found.start()) + 1
        yield Found(title.id, line, f"{count} outcomes", f"name {FEWEST} to {MOST}")
