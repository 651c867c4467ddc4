"""No result is typed into prose: it comes from the run, by print, say(…) or claim(…).

Seen as results are rates, counts out of a total, numbers with a decimal point and times. Passed
over are questions, and what stands in a code cell of the lesson too, for that is a setting. Where
such a number is right, the line says why: <!-- number: published by the makers of the data -->
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nbformat import NotebookNode

from .fault import Found, Subject
from .words import TAG, blank, line_of, words

RESULT = re.compile(
    r"(?<![\w.,/-])[-−+]?(?:(?P<rate>\d+(?:\.\d+)?) ?(?:%|per ?cent\b)"
    r"|(?P<time>\d+(?:\.\d+)?) "
    r"(?:ms|milliseconds?|seconds?|minutes?|hours?|times (?:faster|slower))\b"
    r"|(?P<count>\d[\d,]*) (?:out )?of (?:the )?\d[\d,]+(?!\.?\d)"
    r"|(?P<decimal>\d*\.\d+)(?![\d.]*\w))"
)
SURE = re.compile(r"\b(?:95|99) ?(?:%|per ?cent)(?= (?:\w+ )?(?:interval|confidence|sure))")
QUESTION = re.compile(r"^ *>[^\n]*$|<summary\b.*?</summary>", re.MULTILINE | re.DOTALL)
EXCUSE = re.compile(r"<!--\s*number:\s*(.*?)\s*-->", re.DOTALL)
LITERAL = re.compile(r"(?<![\w.])(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?(?![\w.])", re.IGNORECASE)
NEITHER = (0.0, 100.0)  # nothing and all are no measurements


def typed_numbers(subject: Subject) -> Iterator[Found]:
    """A number in prose that only a run could know."""
    settings = _settings(subject.code)
    for cell in subject.prose:
        asked = _asked(cell.source)
        plain = blank(SURE, words(blank(QUESTION, cell.source)))
        excused = _excused(cell.source)
        for match in RESULT.finditer(plain):
            line = line_of(plain, match.start())
            digits = next(filter(None, match.groups())).replace(",", "")
            value = float(digits)
            known = {value, value / 100} if match["rate"] else {value}
            if line in excused or known & settings or value in asked:
                continue
            if (match["rate"] and value in NEITHER) or _is_power_of_ten(value):
                continue
            do = "print it, say(…) it or claim(…) it; else <!-- number: why --> in the line"
            yield Found(cell.id, line, f"“{match[0].strip()}” is typed into prose", do)
        for match in EXCUSE.finditer(cell.source):
            if not match[1]:
                line = line_of(cell.source, match.start())
                do = "say why: <!-- number: published in … -->"
                yield Found(cell.id, line, "a number is excused without a reason", do)


def _is_power_of_ten(value: float) -> bool:
    return f"{value:e}".startswith("1.000000e")


def _settings(cells: Iterator[NotebookNode]) -> set[float]:
    """Every number that a code cell states."""
    return {float(found) for cell in cells for found in LITERAL.findall(cell.source)}


def _asked(source: str) -> set[float]:
    """The numbers of a cell's questions, which its answers may take up."""
    asked = "\n".join(blank(TAG, match[0]) for match in QUESTION.finditer(source))
    return {float(found.replace(",", "")) for found in re.findall(r"\d+\.?\d*|\.\d+", asked)}


def _excused(source: str) -> set[int]:
    return {line_of(source, match.start()) for match in EXCUSE.finditer(source) if match[1]}
