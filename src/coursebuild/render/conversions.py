"""What a page cost to make, kept between builds: the newest of each name, under what it came from.

Where anything that it came from is another, or the file is damaged, it is made anew. One file for
each name: the folder does not grow with the edits.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from pathlib import Path
from typing import Any

from ..errors import CourseError
from ..files import write_atomic

Known = dict[tuple[str, str], tuple[str, Any]]  # (kind, name) → key and value


class Conversions:
    """folder: outlives the build; known: what this process has already read, where it stays."""

    def __init__(self, folder: Path, known: Known | None = None) -> None:
        self.folder, self.known = folder, known

    def find(self, kind: str, name: str, key: str) -> Any:
        """What was kept under this name, where it came from the same; else None.

        Whoever asks must not change it.
        """
        if self.known is not None and (kind, name) in self.known:
            was, value = self.known[kind, name]
            return value if was == key else None
        value = self._read(kind, name, key)
        if value is not None:
            self._remember(kind, name, key, value)
        return value

    def keep(self, kind: str, name: str, key: str, value: Any) -> None:
        """Keep a value that JSON can hold, in the place of the one before."""
        self._remember(kind, name, key, value)
        body = json.dumps(value, ensure_ascii=False)
        head = f"{key} {hashlib.sha256(body.encode()).hexdigest()}\n"
        with contextlib.suppress(CourseError):  # where nothing can be kept, all is made each time
            write_atomic(self._path(kind, name), head + body, lasting=False)

    def _read(self, kind: str, name: str, key: str) -> Any:
        try:
            head, _, body = self._path(kind, name).read_bytes().partition(b"\n")
            was, digest = head.decode().split()
            if was != key or hashlib.sha256(body).hexdigest() != digest:
                return None
            return json.loads(body)
        except (OSError, ValueError):
            return None

    def _remember(self, kind: str, name: str, key: str, value: Any) -> None:
        if self.known is not None:
            self.known[kind, name] = key, value

    def _path(self, kind: str, name: str) -> Path:
        return self.folder / kind / f"{name}.json"
