"""The files of a course that its lessons may read, as one parcel for another machine."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .course import Course

LEFT_OUT = {"__pycache__", ".ipynb_checkpoints", "coursebuild"}  # the last: a worker has its own
EPOCH = (1980, 1, 1, 0, 0, 0)  # the same files give the same bytes, whenever they were written


@dataclass(frozen=True)
class Parcel:
    """A zip file of `src` and of what lies beside the lessons."""

    content: bytes

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def pack(course: Course) -> Parcel:
    """Every module of the lessons' library and every file beside the lessons; no notebook."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in _files(course):
            entry = zipfile.ZipInfo(path.relative_to(course.root).as_posix(), EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (path.stat().st_mode & 0o777) << 16
            archive.writestr(entry, path.read_bytes())
    return Parcel(buffer.getvalue())


def unpack(content: bytes, root: Path) -> Course:
    """A course at `root` in which these lessons run as at home."""
    course = Course(root)
    for folder in (course.lessons_dir, course.source_dir):
        folder.mkdir(parents=True)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(root)
    return course


def source_digest(content: bytes) -> str:
    """A digest of the library alone: what it draws stays the same as long as it does."""
    digest = hashlib.sha256()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for entry in archive.infolist():
            if entry.filename.startswith("src/"):
                digest.update(f"{entry.filename}\0{entry.CRC}\0{entry.file_size}\n".encode())
    return digest.hexdigest()[:16]


def kept(path: Path, digest: str) -> bool:
    """Whether a parcel of before lies at `path`, whole."""
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == digest


def _files(course: Course) -> Iterator[Path]:
    for folder in (course.source_dir, course.lessons_dir):
        for path in sorted(folder.rglob("*")):
            inside = path.relative_to(folder).parts
            other = path.suffix == ".ipynb" and folder == course.lessons_dir
            egg = any(part.endswith(".egg-info") for part in inside)
            if path.is_file() and not other and not egg and not LEFT_OUT & set(inside):
                yield path
