"""The workers of a scheduler: who they are, what they offer, and whether they are like us."""

from __future__ import annotations

from typing import Any

from . import versions
from .errors import CourseError

GPU = "GPU"  # the name under which a worker offers one: dask worker … --resources GPU=1
START = "start some: dask worker {address}"


class Crew:
    """What a scheduler knows of its workers, asked anew each time."""

    def __init__(self, client: Any, address: str) -> None:
        self.client, self.address = client, address

    def workers(self) -> dict[str, dict[str, Any]]:
        """Address → what the scheduler knows of that worker."""
        return dict(self.client.scheduler_info(n_workers=-1).get("workers", {}))

    def offers(self, gpu: bool) -> bool:
        """Whether a worker is there that may run a lesson with, or without, a GPU."""
        return any(
            not gpu or worker.get("resources", {}).get(GPU, 0) >= 1
            for worker in self.workers().values()
        )

    def examine(self) -> None:
        """Raise CourseError where there is no worker, or one that would run lessons otherwise."""
        if not self.workers():
            raise CourseError(
                "the scheduler has no workers", self.address, START.format(address=self.address)
            )
        found = self.client.run(versions.installed, on_error="return")
        for worker, theirs in sorted(found.items()):
            if isinstance(theirs, OSError):
                continue  # it went away just now
            if not isinstance(theirs, dict):
                raise CourseError(
                    f"the worker does not have this version of the package ({theirs})",
                    f"worker {worker}",
                    "install the same commit with the same lock on both",
                )
            versions.agree(versions.installed(), theirs, f"worker {worker}")
