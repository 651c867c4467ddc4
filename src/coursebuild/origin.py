"""Where a result comes from: the device, the versions and the commit that were run."""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import subprocess
from importlib import metadata
from typing import Any

from .course import Course
from .git import git


def versions() -> dict[str, str]:
    """Python's, and those of the libraries that the lessons speak of."""
    found = {"python": platform.python_version()}
    for package in ("torch", "fastai"):
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[package] = metadata.version(package)
    return found


def commit(course: Course) -> dict[str, Any]:
    """The commit that was run, and whether files differed from it; empty outside git."""
    commit = git(course, "rev-parse", "HEAD")
    if commit is None:
        return {"commit": None, "dirty": False}
    changed = git(course, "status", "--porcelain", "--", "lessons", "src", "requirements.txt")
    return {"commit": commit.strip(), "dirty": bool(changed)}


def device(kind: str) -> str:
    """The device of this machine that runs, in words. kind: "cpu" or "cuda"."""
    if kind == "cuda" and shutil.which("nvidia-smi"):
        query = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
        done = subprocess.run(query, capture_output=True, text=True, check=False)
        if done.returncode == 0 and done.stdout.strip():
            return f"GPU: {done.stdout.splitlines()[0].strip()}"
    return f"CPU: {platform.machine()}, {os.cpu_count()} cores"
