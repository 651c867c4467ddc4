"""The versions that a result may depend on, and whether two machines have the same."""

from __future__ import annotations

import contextlib
import hashlib
import platform
from functools import cache
from importlib import metadata
from pathlib import Path

from .errors import CourseError

Versions = dict[str, str]

PACKAGES = (
    *("torch", "torchvision", "fastai", "numpy", "matplotlib", "scikit-learn", "pillow"),
    *("ipython", "ipykernel", "nbclient", "nbformat", "dask", "distributed"),
)


@cache
def installed() -> Versions:
    """Python's, our own sources' and those of PACKAGES, as far as they are here."""
    found = {"Python": platform.python_version(), "coursebuild": _sources()}
    for package in PACKAGES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            # Of torch's 2.12.0+cpu only what the lock says: the device is another question.
            found[package] = metadata.version(package).partition("+")[0]
    return found


def _sources() -> str:
    """A digest of the modules that may run a lesson; folders (render, lint …) never do."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def agree(ours: Versions, theirs: Versions, where: str) -> None:
    """Raise CourseError, with both versions, where the machine `where` has others than we.

    What is not installed here, torch on a writer's machine say, cannot differ.
    """
    skew = [
        f"{name} {version} here, {theirs.get(name, 'none')} there"
        for name, version in ours.items()
        if theirs.get(name) != version
    ]
    if skew:
        raise CourseError(
            f"the versions differ: {'; '.join(skew)}",
            where,
            "install the same commit with the same lock on both",
        )
