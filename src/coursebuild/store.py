"""A place of files, by their names: a folder, here or on a network, or a bucket of S3."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from .errors import CourseError
from .files import write_atomic

KINDS = "a folder, file:///folder or s3://bucket/folder"


class StoreError(Exception):
    """A place that does not answer, or refuses. Says why; a build can go on without it."""


class Store(Protocol):
    """Names are relative, with slashes. Nobody ever sees half a file, also while it is written."""

    place: str

    def below(self, folders: Sequence[str]) -> dict[str, bytes]:
        """All files that lie in these folders: name → content. No folder, no files."""

    def get(self, name: str) -> bytes | None:
        """A file's content; None where there is none."""

    def put(self, name: str, data: bytes) -> None:
        """Write a file, or replace it."""


class Folder:
    """A folder on this machine or on a network."""

    def __init__(self, root: Path, made: bool = True) -> None:
        """made: it must be there; else the first thing that is put into it makes it."""
        self.root, self.place, self.made = root, str(root), made

    def below(self, folders: Sequence[str]) -> dict[str, bytes]:
        if self.made and not self.root.is_dir():
            raise StoreError("there is no such folder")
        found: dict[str, bytes] = {}
        for folder in folders:
            # A hidden file is one that somebody is writing.
            for path in sorted((self.root / folder).glob("[!.]*")):
                name = f"{folder}/{path.name}"
                if (data := self.get(name)) is not None:
                    found[name] = data
        return found

    def get(self, name: str) -> bytes | None:
        try:
            return (self.root / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        except OSError as error:
            raise StoreError(f"{error.strerror}: {name}") from None

    def put(self, name: str, data: bytes) -> None:
        try:
            write_atomic(self.root / name, data)
        except CourseError as error:
            raise StoreError(f"{error.what}: {error.where}") from None


@contextlib.contextmanager
def open_store(url: str, option: str, made: bool) -> Iterator[Store]:
    """The place at a URL. Raises CourseError for a URL of no kind that we know.

    option: where it was said, for the error. made: a folder must be there.
    """
    scheme, found, rest = url.partition("://")
    if not found:
        yield Folder(Path(url).expanduser().absolute(), made)
    elif scheme == "file" and rest.startswith("/"):
        yield Folder(Path(rest), made)
    elif scheme == "s3" and rest.strip("/"):
        from .bucket import Bucket  # late: S3's library is large, and most builds need none

        with contextlib.closing(Bucket(rest.strip("/"))) as bucket:
            yield bucket
    else:
        raise CourseError(f"“{url}” is no place for a cache", option, f"name {KINDS}")
