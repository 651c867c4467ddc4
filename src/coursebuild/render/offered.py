"""The notebooks that a lesson's page offers: as it was executed, and the one to work in."""

from __future__ import annotations

import hashlib
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from ..student import student
from .assets import digest
from .bundles import one_scheme
from .conversions import Conversions
from .documents import LessonFile
from .inputs import code

KIND = "notebooks"


def write(file: LessonFile, conversions: Conversions) -> None:
    """Put both beside the lesson's first page."""
    folder, name = Path(file.abs_dest_path).parent, file.lesson.name
    source = hashlib.sha256(file.lesson.path.read_bytes()).hexdigest()
    key = digest(code(), file.digest, source)
    texts = conversions.find(KIND, name, key)
    if texts is None:
        executed = nbformat.read(str(file.abs_src_path), as_version=4)
        texts = [_text(one_scheme(executed)), _text(student(file.lesson.read()))]
        conversions.keep(KIND, name, key, texts)
    for suffix, text in zip(("", "-student"), texts, strict=True):
        (folder / f"{name}{suffix}.ipynb").write_text(text, encoding="utf-8")


def _text(notebook: NotebookNode) -> str:
    text = str(nbformat.writes(notebook))
    return text if text.endswith("\n") else text + "\n"
