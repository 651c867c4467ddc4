"""What a drawn data folder holds, noted outside it: tells a whole data set from a damaged one."""

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Manifest:
    """digest: of names and bytes; stamp: of names, sizes and times, which is quick to check."""

    version: str
    files: int
    digest: str
    stamp: str


def survey(folder: Path, version: str) -> Manifest:
    """Read every file of the folder."""
    names, stamp = _walk(folder)
    digest = hashlib.sha256()
    for name in names:
        content = hashlib.sha256((folder / name).read_bytes()).digest()
        digest.update(name.encode() + b"\0" + content)
    return Manifest(version, len(names), digest.hexdigest(), stamp)


def write(file: Path, manifest: Manifest) -> None:
    """Write the manifest in one step, so that a reader never sees half of it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(f".{os.getpid()}.part")
    part.write_text(json.dumps(asdict(manifest), indent=1) + "\n")
    part.replace(file)


def read(file: Path) -> Manifest | None:
    """The manifest in the file; None where there is none, or none that can be read."""
    try:
        return Manifest(**json.loads(file.read_text()))
    except (OSError, ValueError, TypeError):
        return None


def check(folder: Path, file: Path, version: str) -> Manifest | None:
    """The manifest in the file where the folder is still as it says, else None.

    Names, sizes and times are compared first; where only times differ (a copy), the bytes decide.
    """
    manifest = read(file)
    if manifest is None or manifest.version != version or not folder.is_dir():
        return None
    names, stamp = _walk(folder)
    if stamp == manifest.stamp:
        return manifest
    if len(names) != manifest.files:
        return None
    fresh = survey(folder, version)
    if fresh.digest != manifest.digest:
        return None
    with suppress(OSError):  # a read-only folder: right, only slower each time
        write(file, fresh)
    return fresh


def _walk(folder: Path) -> tuple[list[str], str]:
    """Sorted names of all files, relative with forward slashes, and their stamp."""
    entries = []
    stack = [(os.fspath(folder), "")]
    while stack:
        path, prefix = stack.pop()
        with os.scandir(path) as listing:
            for entry in listing:
                if entry.is_dir(follow_symlinks=False):
                    stack.append((entry.path, f"{prefix}{entry.name}/"))
                else:
                    stat = entry.stat()
                    entries.append((prefix + entry.name, stat.st_size, stat.st_mtime_ns))
    entries.sort()
    stamp = hashlib.sha256(repr(entries).encode()).hexdigest()
    return [name for name, _, _ in entries], stamp
