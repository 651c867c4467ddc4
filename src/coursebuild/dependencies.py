"""From what a run was seen to open to what its result depends on, and the hash of each thing."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import os
import sys
import tempfile
from collections import UserDict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from .behaviour import behaviour_digest
from .course import Course
from .files import write_atomic

ABSENT = "absent"


def read_log(log: Path) -> list[tuple[str, str]]:
    """What `observe` wrote: pairs of "read" | "import" | "write" | "list" and an absolute path."""
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


def dependencies(
    course: Course, seen: Iterable[tuple[str, str]], words_count: bool = False
) -> set[str]:
    """Names of what the run depended on, the same on every machine and in every checkout.

    `code:src/downhill/data.py` is a module that was imported, by what it does; `file:x.csv` a file
    of the course, by its bytes; `list:lessons` the names in a folder of it,
    `data:course/mnist_sample` a data set, `path:/elsewhere/x.csv` any other file. What the lock
    file stands for (site-packages, the standard library) and what the run wrote itself are left
    out. words_count: modules count by their bytes, since the lesson may show their docstrings.
    """
    names: set[str] = set()
    written: set[str] = set()
    outside = _outside()
    for kind, raw in seen:
        if kind == "write":
            written.add(raw)
            continue
        if words_count and kind == "import":
            kind = "read"
        if raw not in written and (name := _name(course, outside, kind, raw)):
            names.add(name)
    return names


def _name(course: Course, outside: tuple[str, ...], kind: str, raw: str) -> str | None:
    # Of strings: a run opens thousands of files, most of them of the installation.
    raw = _source(raw)
    for key, root in course.data_roots.items():
        if (below := _below_of(raw, str(root))) is not None:
            return f"data:{key}/{below.partition(os.sep)[0]}" if below else None
    if (inside := _below_of(raw, str(course.root))) is not None:
        return _in_course(course, kind, Path(raw), Path(inside))
    if kind == "list" or any(_below_of(raw, folder) is not None for folder in outside):
        return None
    return f"path:{raw}"


def _in_course(course: Course, kind: str, path: Path, inside: Path) -> str | None:
    if not inside.parts or inside.parts[0] in _GENERATED or "__pycache__" in inside.parts:
        return None
    if kind == "list":
        # Python itself lists the folders it imports from: a new module there changes nothing.
        importing = path.is_relative_to(course.source_dir) or path == course.lessons_dir
        return None if importing or not path.is_dir() else f"list:{inside.as_posix()}"
    if path.is_dir():
        return None
    code = kind == "import" and path.suffix == ".py"
    return f"{'code' if code else 'file'}:{inside.as_posix()}"


_GENERATED = {"build", ".venv", ".git", "node_modules", ".ipynb_checkpoints"}


def _below_of(path: str, folder: str) -> str | None:
    """A path as seen from a folder, "" for the folder itself; None where it is not in there."""
    if os.path.normcase(path) == os.path.normcase(folder):
        return ""
    start = folder if folder.endswith(os.sep) else folder + os.sep
    inside = os.path.normcase(path).startswith(os.path.normcase(start))
    return path[len(start) :] if inside else None


def _outside() -> tuple[str, ...]:
    """Folders of the installation and the system, which the lock and the key stand for."""
    fixed = [sys.prefix, sys.base_prefix, tempfile.gettempdir(), "~/.cache", "~/.config"]
    fixed += ["~/.ipython", "~/.fastai/config.ini", "~/.local/share", "~/.matplotlib"]
    fixed += ["/usr", "/etc", "/proc", "/sys", "/dev", "/lib", "/lib64", "/opt", "/var", "/run"]
    if fastai := os.environ.get("FASTAI_HOME"):
        fixed.append(fastai)
    return tuple(str(Path(folder).expanduser()) for folder in fixed)


def _source(path: str) -> str:
    """The .py behind a .pyc: a checkout without caches must give the same names."""
    if path.endswith(".pyc") and os.path.basename(os.path.dirname(path)) == "__pycache__":  # noqa: PTH119, PTH120
        try:
            return importlib.util.source_from_cache(path)
        except ValueError:
            return path
    return path


class Hasher:
    """Content hashes of dependencies.

    A data set is hashed once, then recognised by its stats; a module is parsed once, then
    recognised by its bytes.
    """

    def __init__(self, course: Course) -> None:
        self.course = course
        self.datasets = _Memory(course.cache / "datasets.json")
        self.modules = _Memory(course.cache / "modules.json")
        self._now: dict[str, str] = {}
        self._datasets: dict[str, dict[str, str | int]] = {}

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
        digest = hashlib.sha256(content).hexdigest()
        if kind != "code":
            return digest
        if digest not in self.modules:
            self.modules[digest] = behaviour_digest(content)
        return str(self.modules[digest])

    def dataset(self, key: str) -> dict[str, str | int]:
        """Digest and number of files of a data set; {} where it is not there.

        key: root/name, as in `data:` dependencies. The digest covers the relative path and the
        content of every file. It is computed again only where a size or a time has changed, and
        looked at once per build.
        """
        if not self._datasets.get(key):  # one that was not there may have come
            self._datasets[key] = self._dataset(key)
        return self._datasets[key]

    def _dataset(self, key: str) -> dict[str, str | int]:
        root, _, name = key.partition("/")
        folder = self.course.data_roots[root] / name
        files = list(_walk(folder))
        if not files:
            return {}
        signature = hashlib.sha256()
        for relative, path in files:
            stat = os.stat(path)  # noqa: PTH116 — of strings: a data set has many files
            fact = (relative, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
            signature.update(repr(fact).encode())
        known: dict[str, str | int] = self.datasets.get(key, {})
        if known.get("signature") != signature.hexdigest():
            digest = hashlib.sha256()
            for relative, path in files:
                digest.update(relative.encode() + b"\0")
                digest.update(hashlib.sha256(Path(path).read_bytes()).digest())
            known = {
                "signature": signature.hexdigest(),
                "digest": digest.hexdigest(),
                "files": len(files),
            }
            self.datasets[key] = known
        return known


class _Memory(UserDict[str, Any]):
    """A table that is kept in a file of the cache; empty where that is missing or damaged."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        with contextlib.suppress(OSError, TypeError, ValueError):
            self.data = dict(json.loads(path.read_text(encoding="utf-8")))

    def __setitem__(self, key: str, value: Any) -> None:
        self.data[key] = value
        write_atomic(self.path, json.dumps(self.data))


def _walk(folder: Path) -> Iterator[tuple[str, str]]:
    """Files below a folder (or the file itself), in a fixed order: relative path, whole path."""
    if folder.is_file():
        yield folder.name, str(folder)
    else:
        yield from _below(str(folder), "")


def _below(folder: str, prefix: str) -> Iterator[tuple[str, str]]:
    """Its files, then those of its folders, by name. A link to a folder is not followed."""
    try:
        with os.scandir(folder) as entries:
            found = sorted((entry.is_dir(), entry.name, entry.is_symlink()) for entry in entries)
    except OSError:  # none, or not for us to read
        return
    for is_folder, name, link in found:
        if not is_folder:
            yield prefix + name, f"{folder}/{name}"
        elif not link:
            yield from _below(f"{folder}/{name}", f"{prefix}{name}/")
