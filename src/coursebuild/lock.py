"""One build at a time in one checkout; a second one waits for the first and says so."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

from filelock import FileLock, Timeout
from rich.console import Console

from .course import Course
from .files import unwritable


@contextlib.contextmanager
def build_lock(course: Course, console: Console) -> Iterator[None]:
    """Hold the build folder. The system frees it when the process ends, however it ends."""
    path = course.build / ".lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            console.print("another build is running in this folder: waiting for it to end")
            lock.acquire()
    except OSError as error:
        raise unwritable(path, error) from None
    try:
        if not os.access(course.build, os.W_OK):  # an old lock file in a folder since locked up
            raise unwritable(path, PermissionError(13, "Permission denied"))
        yield
    finally:
        lock.release()
