"""Files made from outputs: in the site named by their content, in a cache by their cause."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
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


def _same(file: Path, other: Path) -> None:
    """One file under two names, where the system has that; else a copy."""
    try:
        os.link(file, other)
    except OSError:
        shutil.copyfile(file, other)


class Assets:
    """Where pages put the files they need.

    site: folder of the site that is being built; cache: folder that outlives the build.
    """

    def __init__(self, site: Path, cache: Path) -> None:
        self.site, self.cache = site, cache
        self.used: list[str] = []  # URLs of what was put since somebody emptied the list

    def put(self, data: bytes, suffix: str, folder: str = FOLDER) -> str:
        """Write a file named by its content; its URL, relative to the root of the site."""
        url = f"{folder}/{digest(data)}{suffix}"
        kept = self._kept(url)
        if not kept.exists():
            write_atomic(kept, data, lasting=False)
        self._write(url, data)
        return url

    def again(self, url: str) -> bool:
        """Put a file of an earlier build; False where it is not there any more, or not whole."""
        kept, path = self._kept(url), self.site / url
        try:
            if digest(kept.read_bytes()) != path.stem:
                kept.unlink()
                return False
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                _same(kept, path)
        except OSError:
            return False
        self.used.append(url)
        return True

    def _kept(self, url: str) -> Path:
        return self.cache / "made" / Path(url).name

    def _write(self, url: str, data: bytes) -> None:
        path = self.site / url
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        self.used.append(url)

    def cached(self, kind: str, key: str, make: Callable[[], bytes]) -> bytes:
        """What `make` returns, made once per key and kept between builds, behind its digest."""
        path = self.cache / kind / key
        with contextlib.suppress(OSError):
            head, _, data = path.read_bytes().partition(b"\n")
            if head == digest(data).encode():
                return data
        data = make()
        write_atomic(path, digest(data).encode() + b"\n" + data, lasting=False)
        return data
