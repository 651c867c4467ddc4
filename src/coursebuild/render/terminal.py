"""Text that was meant for a terminal, as HTML: progress bars and ANSI colours."""

from __future__ import annotations

import html
import re

SGR = re.compile(r"\x1b\[([\d;]*)m")
OTHER_CONTROL = re.compile(r"\x1b\[[\d;?]*[A-Za-ln-z]|[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f]")
COLORS = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")


def settle(text: str) -> str:
    r"""What stays on the screen: of each line, what follows its last carriage return."""
    lines = (line.rstrip("\r").rsplit("\r", 1)[-1] for line in text.split("\n"))
    return "\n".join(lines)


def to_html(text: str) -> str:
    """Escaped text; bold and the eight colours become classes that both schemes can style.

    256 colours and backgrounds are dropped: they cannot follow the colour scheme.
    """
    pieces: list[str] = []
    classes: set[str] = set()
    position = 0
    text = OTHER_CONTROL.sub("", settle(text))
    for match in SGR.finditer(text):
        pieces.append(_span(text[position : match.start()], classes))
        classes = _apply(match[1], classes)
        position = match.end()
    pieces.append(_span(text[position:], classes))
    return "".join(pieces)


def _span(text: str, classes: set[str]) -> str:
    if not text:
        return ""
    escaped = html.escape(text, quote=False)
    return f'<span class="{" ".join(sorted(classes))}">{escaped}</span>' if classes else escaped


def _apply(codes: str, classes: set[str]) -> set[str]:
    """The classes after one SGR sequence such as "1;31"."""
    classes = set(classes)
    numbers = [int(code or 0) for code in codes.split(";")]
    while numbers:
        code = numbers.pop(0)
        if code in (38, 48):  # 38;5;n and 38;2;r;g;b
            del numbers[: 2 if numbers[:1] == [5] else 4]
        elif code == 0:
            classes.clear()
        elif code == 1:
            classes.add("ansi-bold")
        elif code == 22:
            classes.discard("ansi-bold")
        elif 30 <= code <= 37 or 90 <= code <= 97 or code == 39:
            classes = {name for name in classes if name == "ansi-bold"}
            if code != 39:
                classes.add(f"ansi-{COLORS[code % 10]}")
    return classes
