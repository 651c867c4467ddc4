"""Writing so that nobody ever sees half a file."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from pathlib import Path

from .errors import CourseError

FOLDER_AT_FAULT = (errno.ENOSPC, errno.EACCES, errno.EPERM, errno.EROFS)


def write_atomic(path: Path, content: str | bytes, lasting: bool = True) -> None:
    """Write to a temporary file beside `path`, then rename. Raises CourseError where it cannot.

    lasting: wait until the disk has it; not needed for what is checked when it is read.
    """
    data = content.encode() if isinstance(content, str) else content
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fd, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(fd, "wb") as file:
            file.write(data)
            if lasting:
                file.flush()
                os.fsync(file.fileno())  # a rename must not overtake the data
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError as error:
        raise unwritable(path, error) from None
    finally:
        if temporary:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()


def unwritable(path: Path, error: OSError) -> CourseError:
    """What to tell somebody whose disk is full or whose folder is read-only."""
    if error.errno == errno.ENOSPC:
        return CourseError("the disk is full", str(path.parent), "free some space, then run again")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return CourseError(
            "the folder cannot be written", str(path.parent), "give yourself the right to write"
        )
    return CourseError(f"cannot write ({error.strerror})", str(path), "mend it, then run again")
