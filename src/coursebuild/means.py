"""What a run is given beside the lessons: processes, machines, and where results are kept."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Means:
    """The defaults are those of one machine on its own."""

    jobs: int | None = None  # lessons at the same time; None: one per core
    cache: str = ""  # URL of a cache that many machines share, to read; "": none
    cache_write: str = ""  # URL of the one that this build may write to
    kernels: str = ""  # "fresh" | "warm": forked from one process; "": what is quicker
    scheduler: str = ""  # of a cluster: tcp://HOST:PORT; "": this machine alone


ALONE = Means()
