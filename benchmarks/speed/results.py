"""Results on disk: each measurement is kept as soon as it ends, with the machine and the commit.

A file belongs to one state of the course on one machine; another state needs another file.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import platform
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "benchmarks" / "results"
MEASURED = ("src", "lessons", "requirements.txt", "benchmarks/peers.txt")
PACKAGES = ("torch", "fastai", "nbclient", "ipykernel", "mkdocs", "mkdocs-material")

Row = dict[str, Any]


class Results:
    """One file of benchmarks/results."""

    def __init__(self, path: Path, settings: Row, facts: Row) -> None:
        """settings: what the rows depend on; facts: machine, commit, versions.

        Goes on with a file that was begun under the same; exits where they differ.
        """
        self.path = path
        self.content: Row = {**facts, "settings": settings, "began": _now(), "runs": []}
        if not path.exists():
            return
        found = json.loads(path.read_text(encoding="utf-8"))
        for key in ("machine", "source", "settings"):
            if found[key] != self.content[key]:
                sys.exit(
                    f"{path} has results of another {key} ({found[key]}, now {self.content[key]}): "
                    "move it away, or say --fresh"
                )
        self.content = found

    @property
    def runs(self) -> list[Row]:
        return list(self.content["runs"])

    def has(self, **key: Any) -> bool:
        return any(all(run.get(k) == v for k, v in key.items()) for run in self.runs)

    def add(self, **row: Any) -> None:
        """Keep one measurement; a kill loses at most the one that is under way."""
        self.content["runs"].append(row)
        self.content["ended"] = _now()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_suffix(".new")
        fresh.write_text(json.dumps(self.content, indent=1) + "\n", encoding="utf-8")
        fresh.replace(self.path)


def open_results(name: str, settings: Row, versions: Row, fresh: bool, folder: Path) -> Results:
    """The file to fill. Exits where what is measured is no commit: who could measure it again?"""
    changed = git("status", "--porcelain", "--", *MEASURED)
    if changed:
        sys.exit(f"commit first, since results name what was measured:\n{changed}")
    path = folder / f"{name}.json"
    if fresh:
        path.unlink(missing_ok=True)
    facts = {
        "harness": name,
        "machine": machine(),
        "commit": git("rev-parse", "HEAD").strip(),
        "source": source(),
        "versions": {**own_versions(), **versions},
    }
    return Results(path, settings, facts)


def git(*words: str) -> str:
    return subprocess.run(
        ["git", *words], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout


def source() -> str:
    """Digest of all that is measured, as it is committed."""
    trees = git("ls-tree", "HEAD", "--", *MEASURED)
    return hashlib.sha256(trees.encode()).hexdigest()[:16]


def machine() -> Row:
    return {
        "processor": processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9),
        "system": platform.system(),
    }


def processor() -> str:
    """The processor's name, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def own_versions() -> Row:
    return {"python": platform.python_version()} | {
        package: metadata.version(package) for package in PACKAGES
    }


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
