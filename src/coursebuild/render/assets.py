"""Files made from outputs: in the site named by their content, in a cache by their cause."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from ..files import write_atomic

FOLDER = "assets/made"


def digest(*parts: bytes | str) -> str:
    """The first 20 hex digits of the sha256 of all parts."""
    hasher = hashlib.sha256()
    for part in parts:
        hasher.update(part.encode() if isinstance(part, str) else part)
        hasher.update(b"\0")
    return hasher.hexdigest()[:20]


class Assets:
    """Where pages put the files they need.

    site: folder of the site that is being built; cache: folder that outlives the build.
    """

    def __init__(self, site: Path, cache: Path) -> None:
        self.site, self.cache = site, cache

    def put(self, data: bytes, suffix: str, folder: str = FOLDER) -> str:
        """Write a file named by its content; its URL, relative to the root of the site."""
        url = f"{folder}/{digest(data)}{suffix}"
        path = self.site / url
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return url

    def cached(self, kind: str, key: str, make: Callable[[], bytes]) -> bytes:
        """What `make` returns, made once per key and kept between builds."""
        path = self.cache / kind / key
        try:
            return path.read_bytes()
        except OSError:
            data = make()
            write_atomic(path, data)
            return data
