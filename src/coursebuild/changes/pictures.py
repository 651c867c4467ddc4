"""Pictures of a cell as they were and as they are, next to each other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from ..canonical import FIGURE, VIDEO

KINDS = ("image/png", "image/jpeg")


@dataclass(frozen=True)
class Picture:
    """One that a page can show by itself: its bytes are in the address."""

    source: str
    alt: str
    video: str = ""


def pictures(outputs: Iterable[Any]) -> list[Picture]:
    """All of a cell, in order; a video by its poster, with the film behind it."""
    found = []
    for output in outputs:
        data = output.get("data", {})
        for kind in KINDS:
            if kind in data:
                alt = str(data.get(FIGURE, {}).get("alt", "")) or "a picture without alt text"
                film = f"data:{VIDEO};base64,{data[VIDEO]}" if VIDEO in data else ""
                found.append(Picture(f"data:{kind};base64,{_text(data[kind])}", alt, film))
                break
    return found


def beside(
    before: Iterable[Any] | None, after: Iterable[Any]
) -> list[tuple[Picture | None, Picture | None]]:
    """Pairs in the order of the cell. before: None where no run of then is kept."""
    old = pictures(before) if before is not None else []
    return list(zip_longest(old, pictures(after)))


def _text(value: str | list[str]) -> str:
    return (value if isinstance(value, str) else "".join(value)).replace("\n", "")
