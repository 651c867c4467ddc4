"""Processes on this machine that run lessons."""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor

from .errors import CourseError

DRIVER = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"


Pools = Callable[[int], contextlib.AbstractContextManager[Executor]]


@contextlib.contextmanager
def ahead(jobs: int) -> Iterator[Pools]:
    """Pools, of which the one with `jobs` processes is started before it is asked for."""
    with pool(jobs) if jobs else contextlib.nullcontext() as early:

        def pools(wanted: int) -> contextlib.AbstractContextManager[Executor]:
            return contextlib.nullcontext(early) if early and wanted == jobs else pool(wanted)

        yield pools


@contextlib.contextmanager
def pool(jobs: int) -> Iterator[Executor]:
    """`jobs` processes, started at once. They go at the end, and are killed where one raises."""
    # "spawn": a fork of a process that has threads (the progress bars) may lock up.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_worker)
    try:
        for _ in range(jobs):
            pool.submit(_load)
        yield pool
    except BaseException:  # Ctrl-C too: do not wait for lessons that nobody wants any more
        for process in list((pool._processes or {}).values()):
            # Not SIGTERM: nbclient catches it, and a lock held by the dead would hang the rest.
            process.kill()
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown(wait=False)  # they are idle: nobody waits while they take down their modules


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


def _load() -> None:
    """Have what the first lesson would wait for: half a second of imports."""
    from . import execute  # noqa: F401


def _worker() -> None:
    """Leave Ctrl-C to the parent, and die with it: an orphan would run its lesson for nobody."""
    os.setsid()  # the terminal's Ctrl-C does not reach another session
    parent = multiprocessing.parent_process()

    def follow() -> None:
        assert parent is not None
        parent.join()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()
