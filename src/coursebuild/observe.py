"""Sees which files a lesson really reads. Loaded into the kernel as an IPython extension.

An audit hook (PEP 578) notes every file that is opened and every folder that is listed, in this
process and in those forked from it, and appends them to the file that COURSE_OBSERVED names.
Files that compiled code opens by itself (a memory map, say) are not seen; a data set counts as a
whole as soon as one of its files or folders is, so a single file missed does no harm.

What Python's import machinery opens is told from what anything else reads: a module that was only
imported counts by what it does, one whose text was read (a traceback shows lines) by its bytes.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any

WRITING = os.O_WRONLY | os.O_RDWR
LISTING = ("os.listdir", "os.scandir")
IMPORTING = "<frozen importlib._bootstrap_external>"  # the file name of its frames


def install(log: str) -> Callable[[], None]:
    """Start noting. Gives what ends it; the hook itself lives as long as the process."""
    fd = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    seen: set[tuple[str, str]] = set()
    noting = True

    def note(kind: str, path: object) -> None:
        if isinstance(path, bytes):
            path = os.fsdecode(path)
        if not isinstance(path, str | os.PathLike):
            return  # a file descriptor: whoever opened it was seen
        entry = (kind, os.path.abspath(path))  # noqa: PTH100  (pathlib here would be re-entrant)
        if entry not in seen:
            seen.add(entry)
            os.write(fd, (json.dumps(entry) + "\n").encode())  # one write: atomic when appending

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if not noting:
            return
        if event == "open":
            path, mode, flags = args
            writes = any(c in mode for c in "wax+") if mode else bool(flags & WRITING)
            importing = sys._getframe(1).f_code.co_filename == IMPORTING
            note("write" if writes else "import" if importing else "read", path)
        elif event in LISTING:
            note("list", args[0] if args[0] is not None else ".")

    def stop() -> None:
        nonlocal noting
        noting = False
        os.close(fd)

    sys.addaudithook(hook)
    return stop


def load_ipython_extension(shell: Any) -> None:
    """Called by the kernel before the first cell."""
    install(os.environ["COURSE_OBSERVED"])
