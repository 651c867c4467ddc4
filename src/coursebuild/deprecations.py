"""Deprecation and Future warnings of a run, cell by cell. Loaded into the kernel too.

Python hides most deprecations outside `__main__`; here they are noted although nothing is shown
that was not shown before, and as Python has it, once for each line that raises one. Whoever
silences a warning on purpose is left alone: it is no news.
"""

from __future__ import annotations

import json
import os
import re
import sys
import sysconfig
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the kernel needs none of it
    from nbformat import NotebookNode

HIDDEN = (DeprecationWarning, PendingDeprecationWarning)  # by Python itself, outside __main__
NEWS = (*HIDDEN, FutureWarning)
CELL = "cell"
CELL_FILE = re.compile(r"ipykernel_\d+[/\\]\d+\.py$|^<ipython-input")
PID = re.compile(r"\bpid=\d+")
# NumPy's words to the library that defines a class (torch's tensors), not to who hands one on.
ARRAY_PROTOCOL = re.compile(r"__array(_wrap|_ufunc|_function)?__ ")
LONGEST = 300


def load_ipython_extension(shell: Any) -> None:
    """Called by the kernel before the first cell."""
    cells = listen(os.environ["COURSE_WARNINGS"])
    # Our own count: when IPython raises its own differs from version to version.
    shell.events.register("pre_run_cell", lambda info: cells.append(info))


def listen(log: str) -> list[Any]:
    """Note news in the file `log`, one line of JSON each. Append to the list for each new cell."""
    cells: list[Any] = []
    fd = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    shown = warnings.showwarning
    ours = let_through()
    seen: set[str] = set()

    def show(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: Any = None,
        line: str | None = None,
    ) -> None:
        if issubclass(category, NEWS) and _at_work():
            entry = _entry(str(message), category, *_blamed(str(message), filename, lineno))
            text = json.dumps({"number": len(cells), **entry}) + "\n"
            if text not in seen:
                seen.add(text)
                os.write(fd, text.encode())  # one write: atomic when appending
        if not _hidden(str(message), category, filename, ours):
            shown(message, category, filename, lineno, file, line)

    warnings.showwarning = show
    return cells


def let_through() -> list[Any]:
    """Have Python raise the hidden warnings too. Gives the filters; those there are stay in place.

    In place, since what a module filters when it is imported comes before them.
    """
    rows = [("default", None, category, None, 0) for category in HIDDEN]
    for row in rows:
        if row not in warnings.filters:
            warnings.simplefilter("default", row[2])
    return rows


def _at_work() -> bool:
    """Whether a cell is being run: what the kernel does between cells is no news of a lesson."""
    frame: FrameType | None = sys._getframe(2)
    while frame and not CELL_FILE.search(frame.f_code.co_filename):
        frame = frame.f_back
    return frame is not None


def _entry(text: str, category: type[Warning], filename: str, lineno: int) -> dict[str, Any]:
    first = PID.sub("pid=…", text.strip().split("\n")[0])[:LONGEST]
    return {"category": category.__name__, "text": first, "where": place(filename), "line": lineno}


def _hidden(text: str, category: type[Warning], filename: str, ours: list[Any]) -> bool:
    """Whether our own filter let a warning through that Python would have kept to itself."""
    for row in warnings.filters:
        if row in ours:
            return issubclass(category, HIDDEN) and not CELL_FILE.search(filename)
        _, pattern, kind, module, _ = row
        if module or not issubclass(category, kind):
            continue
        if pattern is None or re.match(pattern, text):
            return False
    return False


def _blamed(text: str, filename: str, lineno: int) -> tuple[str, int]:
    """The line that a warning is about.

    A warning that names the very line that raised it (no stacklevel) says nothing of who called:
    then it is the nearest caller outside that package.
    """
    if ARRAY_PROTOCOL.match(text):
        return filename, lineno
    frame: FrameType | None = sys._getframe(2)
    while frame and Path(frame.f_code.co_filename).name in ("warnings.py", "_py_warnings.py"):
        frame = frame.f_back
    if frame is None or frame.f_code.co_filename != filename or place(filename) == CELL:
        return filename, lineno
    raising = _package(filename)
    while frame and (
        "importlib" in frame.f_code.co_filename or _package(frame.f_code.co_filename) == raising
    ):
        frame = frame.f_back
    if frame is None or _package(frame.f_code.co_filename) in ("python", "ipykernel", "IPython"):
        return filename, lineno
    return frame.f_code.co_filename, frame.f_lineno


def _package(filename: str) -> str:
    """The first folder of a place: of `fastai/layers.py`, `fastai`."""
    return place(filename).split("/")[0].removesuffix(".py")


def place(filename: str) -> str:
    """A file's name without this machine's folders: `cell`, `src/downhill/optim.py`, `torch/…`."""
    if CELL_FILE.search(filename):
        return CELL
    path = Path(filename)
    for folder in os.environ.get("PYTHONPATH", "").split(os.pathsep):
        if folder and path.is_relative_to(folder):
            return f"src/{path.relative_to(folder).as_posix()}"
    if "site-packages" in path.parts:
        return filename.replace("\\", "/").rpartition("site-packages/")[2]
    if path.is_relative_to(sysconfig.get_path("stdlib")):
        return f"python/{path.relative_to(sysconfig.get_path('stdlib')).as_posix()}"
    return "/".join(path.parts[-2:])


# --- in the build


def read_log(log: Path, cells: Iterable[NotebookNode]) -> list[dict[str, Any]]:
    """What `listen` noted, each with the id of its cell. cells: the code cells, in order."""
    from .noise import quiet  # late: the kernel needs none of it

    ran = [cell.id for cell in cells if cell.source.strip()]
    found = []
    for line in log.read_text(encoding="utf-8").splitlines() if log.exists() else ():
        try:
            entry = json.loads(line)
        except ValueError:
            continue  # the process was killed in mid-line
        number = entry.pop("number") - 1
        if 0 <= number < len(ran):
            found.append({"cell": ran[number], **entry, "text": quiet(entry["text"])})
    return found


def key(entry: Mapping[str, Any]) -> str:
    """What makes two warnings the same news, wherever in the lesson they come."""
    return f"{entry['category']}: {entry['text']} ({entry['where']})"


def ours(entry: Mapping[str, Any]) -> bool:
    """Whether a lesson's cell or this repository's code is what has to change."""
    return entry["where"] == CELL or str(entry["where"]).startswith("src/")


def of(notebook: NotebookNode) -> list[dict[str, Any]] | None:
    """The warnings of an executed notebook's run; None where the run did not note them."""
    facts = notebook.metadata.get("downhill", {}).get("provenance", {})
    return [dict(entry) for entry in facts["warnings"]] if "warnings" in facts else None


def of_cell(cell: NotebookNode) -> list[dict[str, Any]]:
    """The warnings of one executed cell."""
    return list(cell.metadata.get("downhill", {}).get("warnings", []))


def known(notebook: NotebookNode) -> list[str]:
    """The keys of what `course accept` stored as known."""
    return list(notebook.metadata.get("downhill", {}).get("known_warnings", []))


def new(notebook: NotebookNode) -> list[dict[str, Any]]:
    """Of an executed notebook's warnings those that nobody has accepted, each once."""
    seen = set(known(notebook))
    found = []
    for entry in of(notebook) or []:
        if key(entry) not in seen:
            seen.add(key(entry))
            found.append(entry)
    return found
