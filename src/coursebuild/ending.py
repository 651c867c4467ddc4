"""Has a kernel end at once. Loaded into it as an IPython extension.

What a program does at its end is done. What is left out is that Python takes down each module,
which with torch takes a second or two, for nothing: the system takes back all that a process had.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import sys
from typing import Any, NoReturn


def load_ipython_extension(shell: Any) -> None:
    """Called by the kernel before it starts to listen."""
    app = shell.kernel.parent
    start = app.start

    def start_and_end() -> NoReturn:
        start()
        end(0)

    app.start = start_and_end


def end(code: int) -> NoReturn:
    """Run what is registered with `atexit`, flush, and leave with a return code."""
    with contextlib.suppress(BaseException):
        atexit._run_exitfuncs()
    for stream in (sys.__stdout__, sys.__stderr__):
        with contextlib.suppress(Exception):
            assert stream is not None
            stream.flush()
    os._exit(code)
