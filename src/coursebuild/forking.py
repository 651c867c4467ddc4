"""When kernels are forked, and the warm process that they are forked from, seen from the build."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from . import warm
from .means import Means

INLINE = "module://matplotlib_inline.backend_inline"  # what a kernel has matplotlib draw with
ALWAYS = {"PYTHONHASHSEED": "0", "CUDA_VISIBLE_DEVICES": ""}
FRESH = "kernels are started afresh"


def obstacle(device: str) -> str:
    """Why kernels cannot be forked; "" where they can."""
    if device == "cuda":
        return "what uses a GPU cannot be forked"
    try:  # Linux alone: other systems' own libraries may not be used after a fork
        os.close(os.pidfd_open(os.getpid()))
    except (AttributeError, OSError):
        return "processes cannot be forked on this system"
    return ""


def forks(means: Means, device: str, many: bool, tell: Callable[[str], None]) -> bool:
    """Whether kernels are forked: worth it where there are more lessons than processes."""
    if means.scheduler or means.kernels == "fresh" or (not means.kernels and not many):
        return False
    reason = obstacle(device)
    if reason and means.kernels:
        tell(f"{FRESH}: {reason}")
    return not reason


class Warm:
    """A warm process, from outside."""

    def __init__(
        self, folder: Path, cwd: str, environment: Mapping[str, str], modules: Sequence[str]
    ) -> None:
        self.path, self.words = folder / "warm", folder / "stderr"
        with socket.socket(socket.AF_UNIX) as listener, self.words.open("w") as words:
            listener.bind(str(self.path))
            listener.listen()  # here, so that a lesson can ask before the process listens
            command = [sys.executable, "-m", warm.__name__, str(listener.fileno())]
            command += [warm.observed(self.path), cwd, *modules]
            self.process = subprocess.Popen(
                command,
                cwd=warm.PACKAGES,
                env={"MPLBACKEND": INLINE, **os.environ, **environment, **ALWAYS},
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=words,
                pass_fds=[listener.fileno()],
                start_new_session=True,  # Ctrl-C is for the build, which ends it then
            )

    def close(self) -> str:
        """End it with all its kernels. Gives what went wrong where it had ended before."""
        early = self.process.poll()
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.terminate()  # heard as long as it imports and has no kernels
        self.process.wait()
        if early is None:
            return ""
        return (self.words.read_text().strip().splitlines() or [f"exit {early}"])[-1]


@contextlib.contextmanager
def warm_process(
    cwd: str,
    environment: Mapping[str, str],
    modules: Sequence[str],
    tell: Callable[[str], None],
) -> Iterator[str]:
    """The socket of a warm process, gone at the end; "" where there is none, as is told."""
    with tempfile.TemporaryDirectory(prefix="course-") as folder:
        try:
            process = Warm(Path(folder), cwd, environment, modules)
        except OSError as error:
            tell(f"{FRESH}: no process to fork them from could be started ({error})")
            yield ""
            return
        try:
            yield str(process.path)
        finally:
            if problem := process.close():
                tell(f"{FRESH}: the process to fork them from had ended ({problem})")
