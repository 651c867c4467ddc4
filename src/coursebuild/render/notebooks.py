"""Executed notebooks, each read once, and again only where its file has changed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4.rwbase import rejoin_lines


@dataclass(frozen=True)
class Executed:
    """A notebook as its file has it, which nobody may change; and the digest of the file."""

    notebook: NotebookNode
    digest: str


class Notebooks:
    """What this process has read. A preview keeps it from one build to the next."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[tuple[int, ...], Executed]] = {}

    def read(self, path: Path) -> Executed:
        """Raises OSError where there is none."""
        stat = path.stat()
        now = stat.st_mtime_ns, stat.st_size, stat.st_ino
        was, executed = self._known.get(path, ((), None))
        if executed is None or was != now:
            data = path.read_bytes()
            # Not nbformat.reads: the notebook was checked before it was executed.
            notebook = rejoin_lines(nbformat.from_dict(json.loads(data)))
            executed = Executed(notebook, hashlib.sha256(data).hexdigest())
            self._known[path] = now, executed
        return executed
