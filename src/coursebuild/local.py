"""Processes on this machine that run lessons."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor


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


def _worker() -> None:
    """Leave Ctrl-C to the parent, and die with it: an orphan would run its lesson for nobody."""
    os.setsid()  # the terminal's Ctrl-C does not reach another session
    parent = multiprocessing.parent_process()

    def follow() -> None:
        assert parent is not None
        parent.join()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()
