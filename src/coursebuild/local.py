"""Processes on this machine that run lessons."""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor

from .errors import CourseError

DRIVER = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"


@contextlib.contextmanager
def pool(jobs: int) -> Iterator[Executor]:
    """`jobs` processes, gone at the end; at once where something is raised."""
    # "spawn": a fork of a process that has threads (the progress bars) may lock up.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_worker)
    try:
        yield pool
    except BaseException:  # Ctrl-C too: do not wait for lessons that nobody wants any more
        for process in list((pool._processes or {}).values()):
            # Not SIGTERM: nbclient catches it, and a lock held by the dead would hang the rest.
            process.kill()
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


def need_gpu(profile: str, names: list[str]) -> None:
    """Say at once that this machine cannot run the lessons `names`, before data are fetched.

    Raises CourseError. Only the driver is asked for: to ask for a device would load torch.
    """
    try:
        ctypes.CDLL(DRIVER)
    except OSError:
        raise CourseError(
            "this machine has no NVIDIA driver, so no CUDA device",
            f"profile {profile}, needed by {', '.join(names)}",
            "use a machine with a GPU; or course run --needs cpu for the other lessons; "
            "or --profile cpu for the same data on the CPU",
        ) from None


def _worker() -> None:
    """Leave Ctrl-C to the parent, and die with it: an orphan would run its lesson for nobody."""
    os.setsid()  # the terminal's Ctrl-C does not reach another session
    parent = multiprocessing.parent_process()

    def follow() -> None:
        assert parent is not None
        parent.join()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()
