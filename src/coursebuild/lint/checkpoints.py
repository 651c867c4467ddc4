"""Checkpoints are whole: a question, two to four choices, exactly one of them right, each a why."""

from __future__ import annotations

from collections.abc import Iterator

from ..checkpoints import read
from .fault import Found, Subject


def checkpoints(subject: Subject) -> Iterator[Found]:
    """The form that the page can make interactive; the build refuses any other."""
    for cell in subject.prose:
        for fault in read(cell.source).faults:
            yield Found(cell.id, fault.line, fault.what, fault.do)
