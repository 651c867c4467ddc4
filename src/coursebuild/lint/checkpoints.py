"""Checkpoints are whole: a question, two to four choices, exactly one of them right, each a why."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..checkpoints import read
from .fault import Found, Subject
from .words import line_of, without_code

OLD = re.compile(r"""<details\b[^>]*\bclass=["']checkpoint["'][^>]*>""")


def checkpoints(subject: Subject) -> Iterator[Found]:
    """The form that the page can make interactive; the build refuses any other."""
    for cell in subject.prose:
        for fault in read(cell.source).faults:
            yield Found(cell.id, fault.line, fault.what, fault.do)


def folded_checkpoints(subject: Subject) -> Iterator[Found]:
    """No checkpoint is a mere fold: nothing says there whether the reader was right."""
    for cell in subject.prose:
        quiet = without_code(cell.source)
        for match in OLD.finditer(quiet):
            do = "write it as **Checkpoint.** with choices: CONTRIBUTING.md shows how"
            yield Found(cell.id, line_of(quiet, match.start()), "a checkpoint without choices", do)
