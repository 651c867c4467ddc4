"""From what a run was seen to open to what its result depends on, and the hash of each thing."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from .course import Course
from .files import write_atomic

ABSENT = "absent"


def read_log(log: Path) -> list[tuple[str, str]]:
    """What `observe` wrote: pairs of "read" | "write" | "list" and an absolute path."""
    if not log.exists():
        return []
    entries = []
    for line in log.read_text(encoding="utf-8").splitlines():
        try:
            kind, path = json.loads(line)
        except ValueError:
            continue  # the process was killed in mid-line
        entries.append((kind, path))
    return entries


def dependencies(course: Course, seen: Iterable[tuple[str, str]]) -> set[str]:
    """Names of what the run depended on, the same on every machine and in every checkout.

    `file:src/downhill/data.py` is a file of the course, `list:lessons` the names in a folder of
    it, `data:course/mnist_sample` a data set, `path:/elsewhere/x.csv` any other file. What the
    lock file stands for (site-packages, the standard library) and what the run wrote itself
    are left out.
    """
    names: set[str] = set()
    written: set[str] = set()
    for kind, raw in seen:
        if kind == "write":
            written.add(raw)
        elif raw not in written and (name := _name(course, kind, Path(raw))):
            names.add(name)
    return names


def _name(course: Course, kind: str, path: Path) -> str | None:
    path = _source(path)
    for key, root in course.data_roots.items():
        if path.is_relative_to(root):
            below = path.relative_to(root).parts
            return f"data:{key}/{below[0]}" if below else None
    if path.is_relative_to(course.root):
        inside = path.relative_to(course.root)
        if not inside.parts or inside.parts[0] in _GENERATED or "__pycache__" in inside.parts:
            return None
        if kind == "list":
            # Python itself lists the folders it imports from: a new module there changes nothing.
            importing = path.is_relative_to(course.source_dir) or path == course.lessons_dir
            return None if importing or not path.is_dir() else f"list:{inside.as_posix()}"
        return None if path.is_dir() else f"file:{inside.as_posix()}"
    if kind == "list" or any(path.is_relative_to(folder) for folder in _outside()):
        return None
    return f"path:{path}"


_GENERATED = {"build", ".venv", ".git", "node_modules", ".ipynb_checkpoints"}


def _outside() -> list[Path]:
    """Folders of the installation and the system, which the lock and the key stand for."""
    fixed = [sys.prefix, sys.base_prefix, tempfile.gettempdir(), "~/.cache", "~/.config"]
    fixed += ["~/.ipython", "~/.fastai/config.ini", "~/.local/share", "~/.matplotlib"]
    fixed += ["/usr", "/etc", "/proc", "/sys", "/dev", "/lib", "/lib64", "/opt", "/var", "/run"]
    if fastai := os.environ.get("FASTAI_HOME"):
        fixed.append(fastai)
    return [Path(folder).expanduser() for folder in fixed]


def _source(path: Path) -> Path:
    """The .py behind a .pyc: a checkout without caches must give the same names."""
    if path.suffix == ".pyc" and path.parent.name == "__pycache__":
        try:
            return Path(importlib.util.source_from_cache(str(path)))
        except ValueError:
            return path
    return path


class Hasher:
    """Content hashes of dependencies. A data set is hashed once, then recognised by its stats."""

    def __init__(self, course: Course) -> None:
        self.course = course
        self.memory = course.cache / "datasets.json"
        self._known: dict[str, dict[str, str | int]] | None = None
        self._now: dict[str, str] = {}

    def __call__(self, name: str) -> str:
        """sha256 of what `name` stands for, or "absent"; read at most once per build."""
        if name not in self._now:
            self._now[name] = self._hash(name)
        return self._now[name]

    def _hash(self, name: str) -> str:
        kind, _, rest = name.partition(":")
        if kind == "data":
            return str(self.dataset(rest).get("digest", ABSENT))
        path = Path(rest) if kind == "path" else self.course.root / rest
        try:
            if kind == "list":
                content = "\n".join(sorted(p.name for p in path.iterdir())).encode()
            else:
                content = path.read_bytes()
        except OSError:
            return ABSENT
        return hashlib.sha256(content).hexdigest()

    def dataset(self, key: str) -> dict[str, str | int]:
        """Digest and number of files of a data set; {} where it is not there.

        key: root/name, as in `data:` dependencies. The digest covers the relative path and the
        content of every file. It is computed again only where a size or a time has changed.
        """
        root, _, name = key.partition("/")
        folder = self.course.data_roots[root] / name
        files = list(_walk(folder))
        if not files:
            return {}
        signature = hashlib.sha256()
        for relative, path in files:
            stat = path.stat()
            fact = (relative, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
            signature.update(repr(fact).encode())
        known = self._load()
        if known.get(key, {}).get("signature") != signature.hexdigest():
            digest = hashlib.sha256()
            for relative, path in files:
                digest.update(relative.encode() + b"\0")
                digest.update(hashlib.sha256(path.read_bytes()).digest())
            known[key] = {
                "signature": signature.hexdigest(),
                "digest": digest.hexdigest(),
                "files": len(files),
            }
            write_atomic(self.memory, json.dumps(known))
        return known[key]

    def _load(self) -> dict[str, dict[str, str | int]]:
        if self._known is None:
            try:
                self._known = dict(json.loads(self.memory.read_text(encoding="utf-8")))
            except (OSError, ValueError):
                self._known = {}
        return self._known


def _walk(folder: Path) -> Iterable[tuple[str, Path]]:
    """Files below a folder (or the file itself), sorted, with their relative paths."""
    if folder.is_file():
        yield folder.name, folder
        return
    for base, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(base, name)
            yield path.relative_to(folder).as_posix(), path
