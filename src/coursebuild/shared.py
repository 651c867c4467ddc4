"""Results that machines share: looked for where a build reads, kept where it may write."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterator
from functools import partial
from typing import TypeVar

from .entry import Entry, digest, read_entry
from .means import Means
from .store import Store, StoreError, open_store

T = TypeVar("T")


class Shared:
    """The places beside this machine's own cache, with its layout; often there are none.

    A place that does not answer is said once and left alone for the rest of the build.
    """

    def __init__(
        self, reads: list[Store], write: Store | None, tell: Callable[[str], object]
    ) -> None:
        self.reads, self.write, self.tell = reads, write, tell
        self._silent: set[str] = set()  # places that did not answer

    def entries(self, keys: Collection[str]) -> Iterator[tuple[str, Store, Entry]]:
        """What there is under these base keys, of each place that is read, one after the other."""
        for store in self.reads:
            folders = [f"runs/{key}" for key in keys]
            files = self._ask(store, partial(store.below, folders)) or {}
            for path, data in sorted(files.items()):
                _, key, name = path.split("/")
                entry = read_entry(name, data)
                if entry and entry.portable:
                    yield key, store, entry

    def result(self, store: Store, entry: Entry) -> bytes | None:
        """The object that an entry names, if the place has it whole."""
        data = self._ask(store, partial(store.get, f"objects/{entry.result}.json"))
        return data if data is not None and digest(data) == entry.result else None

    def keep(self, key: str, entry: Entry, data: bytes) -> None:
        """Write a result, where this build may. One that read a file outside stays at home."""
        if self.write and entry.portable:
            # The object first, and where that fails no entry: it would point into the void.
            self._ask(self.write, partial(self.write.put, f"objects/{entry.result}.json", data))
            self._ask(
                self.write, partial(self.write.put, f"runs/{key}/{entry.name}", entry.dumps())
            )

    def _ask(self, store: Store, question: Callable[[], T]) -> T | None:
        if store.place in self._silent:
            return None
        try:
            return question()
        except StoreError as error:
            self._silent.add(store.place)
            self.tell(f"the shared cache {store.place} is left out of this build: {error}")
            return None


@contextlib.contextmanager
def shared_cache(means: Means, tell: Callable[[str], object]) -> Iterator[Shared]:
    """The places that a build was told of. tell: what to do with a warning.

    What it writes, it also reads, after what it was told to read. Raises CourseError for a URL
    that is none, or where the library for it is missing.
    """
    with contextlib.ExitStack() as stack:
        write = read = None
        if means.cache_write:
            write = stack.enter_context(open_store(means.cache_write, "--cache-write", made=False))
        if means.cache:
            read = stack.enter_context(open_store(means.cache, "--cache", made=True))
        if read and write and read.place == write.place:
            read = None  # one and the same: `write` may make it first
        yield Shared([store for store in (read, write) if store], write, tell)
