"""What travels between the one who builds and the machines that run lessons for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from .job import Failure, Job, Outcome
from .versions import Versions

# What does not travel: a machine has its own, and it must be the same.
NOT_SENT = ("data:", "path:")


@dataclass(frozen=True)
class Errand:
    """A lesson to be run on another machine. Plain data."""

    job: Job
    parcel: str  # digest of the files that the lesson may read
    store: str  # the name under which the scheduler keeps the parcel
    topic: str  # where the worker says how far it is
    versions: Versions  # of the one who asks


@dataclass(frozen=True)
class Elsewhere:
    """What only the machine that ran a lesson can tell of the run."""

    worker: str
    device: str
    versions: Versions
    reads: frozenset[str]  # names, as in dependencies.py: the same on every machine
    hashes: dict[str, str]  # of what it read and was not sent


def same_data(lesson: str, outcome: Outcome, ours: Callable[[str], str]) -> Outcome:
    """The outcome; a failure where it was made from other data than lie here.

    ours: the hash of a name, as in dependencies.py.
    """
    there = outcome.elsewhere
    if there is None or outcome.failure:
        return outcome
    strangers = sorted(name for name, was in there.hashes.items() if ours(name) != was)
    if not strangers:
        return outcome
    names = ", ".join(name.partition(":")[2] for name in strangers)
    problem = f"on worker {there.worker} it read what is not the same here: {names}"
    return replace(outcome, failure=Failure(lesson, problem, fix="put the same data on both"))
