"""What the cache keeps of a run beside its result: what it read, under a name that proves it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

PORTABLE = ("code", "file", "list", "data")  # kinds of reads that mean the same on every machine


@dataclass(frozen=True)
class Entry:
    """reads: name of a dependency → its hash. result: sha256 of the object that holds it."""

    reads: Mapping[str, str]
    result: str

    def dumps(self) -> bytes:
        return json.dumps({"reads": dict(self.reads), "result": self.result}, indent=1).encode()

    @property
    def name(self) -> str:
        """The name of its file, by which it is found out when the file was cut short or altered."""
        return f"{digest(self.dumps())}.json"

    @property
    def portable(self) -> bool:
        """Whether every read is a thing of the course or a data set, wherever these lie."""
        for name in self.reads:
            kind, _, rest = name.partition(":")
            path = PurePosixPath(rest)
            if kind not in PORTABLE or path.is_absolute() or ".." in path.parts:
                return False
        return True


def read_entry(name: str, data: bytes) -> Entry | None:
    """The entry in a file of this name; None where it was cut short, altered or is something else.

    name: the file's own, as `Entry.name` gave it.
    """
    try:
        facts = json.loads(data)
        entry = Entry(facts["reads"], facts["result"])
        whole = (
            all(isinstance(text, str) for pair in entry.reads.items() for text in pair)
            and is_digest(entry.result)
            and entry.name == name
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return entry if whole and entry.dumps() == data else None


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def is_digest(text: object) -> bool:
    """Whether it may stand in a file's name: an entry from elsewhere names no path."""
    return isinstance(text, str) and len(text) == 64 and set(text) <= set("0123456789abcdef")
