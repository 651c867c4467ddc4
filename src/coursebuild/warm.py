"""A process that has imported what lessons import, and forks itself into a kernel for each.

    python -m coursebuild.warm LISTENER LOG FOLDER MODULE...

It has one thread, no CUDA context, and runs no line of the course: what its kernels inherit is the
same for all of them. LISTENER is a socket's number. Who wants a kernel connects, sends one line of
JSON with two open files (stdout, stderr), and is told the number of the kernel's process, later
its return code. Who hangs up, or dies, has its kernel killed; when stdin ends, all kernels are.
"""

from __future__ import annotations

import builtins
import contextlib
import gc
import importlib
import json
import os
import runpy
import selectors
import signal
import socket
import sys
import traceback
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

from . import deprecations, ending, observe

KERNEL = ("ipykernel.kernelapp", "ipykernel.zmqshell", "IPython.core.completer")
PACKAGES = Path(__file__).parents[1]


def observed(socket: str | Path) -> str:
    """The file that names what a warm process has read: its kernels need not read it again."""
    return f"{socket}.observed"


def main() -> None:
    """Import the modules, then fork kernels until stdin ends."""
    listener = socket.socket(fileno=int(sys.argv[1]))
    log, folder, names = sys.argv[2], sys.argv[3], sys.argv[4:]
    del sys.path[0]  # the folder it was started in; a kernel does the same
    os.chdir(folder)  # matplotlib looks for its settings there
    stop = observe.install(log)
    _preload(KERNEL)
    deprecations.let_through()  # before the modules add filters of their own, as in a kernel
    if noisy := _preload(names):
        # Their warnings are news of the lesson that imports them: it must do so itself.
        os.chdir(PACKAGES)
        Path(log).unlink()
        quiet = [name for name in names if name not in noisy]
        os.execv(sys.executable, [sys.executable, "-m", __spec__.name, *sys.argv[1:4], *quiet])
    stop()
    torch: Any = sys.modules.get("torch")
    assert torch is None or not torch.cuda.is_initialized(), "a CUDA context cannot be forked"
    gc.collect()
    gc.freeze()  # so that a kernel's collector does not touch, and copy, what all of them share
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # its kernels would outlive it
    _serve(listener)


def _preload(names: Sequence[str]) -> set[str]:
    """Import modules, or submodules that are no attribute yet. Gives those that warned."""
    noisy: set[str] = set()
    name = ""

    def note(message: object, category: type[Warning], *rest: object) -> None:
        if issubclass(category, deprecations.NEWS):
            noisy.add(name)

    shown = warnings.showwarning
    warnings.showwarning = note  # type: ignore[assignment]
    # pandas asks while it is imported whether it is in a notebook, and sets a table's width by it.
    builtins.get_ipython = lambda: SimpleNamespace(kernel=None)  # type: ignore[attr-defined]
    for name in names:
        parent, _, child = name.rpartition(".")
        with contextlib.suppress(Exception):  # the lesson that needs it is to say so
            if not hasattr(sys.modules.get(parent), child):
                importlib.import_module(name)
    del builtins.get_ipython  # type: ignore[attr-defined]
    warnings.showwarning = shown
    return noisy


@dataclass(frozen=True)
class _Kernel:
    pid: int
    end: int  # the process as a file, which can be read when it has ended
    client: socket.socket

    def tell(self) -> None:
        """Say how the process ended. It stays a zombie, so that nothing else gets its number."""
        status = os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
        assert status is not None
        code = status.si_status if status.si_code == os.CLD_EXITED else -status.si_status
        with contextlib.suppress(OSError):
            self.client.send(b"%d\n" % code)

    def bury(self) -> None:
        """Kill what there still is of it and of what it has started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):  # before it had a group of its own
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.end)
        self.client.close()


def _serve(listener: socket.socket) -> None:
    kernels: set[_Kernel] = set()
    with selectors.DefaultSelector() as selector:
        selector.register(listener, selectors.EVENT_READ)
        selector.register(0, selectors.EVENT_READ)
        while True:
            key, _ = selector.select()[0]  # one at a time: each may end the others
            kernel: _Kernel | None = key.data
            if key.fileobj is listener:
                client, _ = listener.accept()
                if kernel := _fork(client, selector, kernels):
                    kernels.add(kernel)
                    selector.register(kernel.client, selectors.EVENT_READ, kernel)
                    selector.register(kernel.end, selectors.EVENT_READ, kernel)
            elif kernel is None:
                break
            elif key.fileobj is kernel.client:
                selector.unregister(kernel.client)
                if kernel.end in selector.get_map():
                    selector.unregister(kernel.end)
                kernels.remove(kernel)
                kernel.bury()
            else:
                selector.unregister(kernel.end)
                kernel.tell()
    for kernel in kernels:
        kernel.bury()


def _fork(
    client: socket.socket, selector: selectors.BaseSelector, kernels: set[_Kernel]
) -> _Kernel | None:
    """A new kernel as a client asks for it; None where that is gone already."""
    data, files, _, _ = socket.recv_fds(client, 1 << 16, 2)
    while data and not data.endswith(b"\n"):
        more = client.recv(1 << 16)
        data = data + more if more else b""
    kernel = None
    if data:
        if not (pid := os.fork()):
            for key in list(selector.get_map().values()):
                if isinstance(key.fileobj, socket.socket):
                    key.fileobj.close()
            for other in kernels:
                other.client.close()
                os.close(other.end)
            selector.close()
            _become(client, files, **json.loads(data))
        kernel = _Kernel(pid, os.pidfd_open(pid), client)
    else:
        client.close()
    for file in files:
        os.close(file)
    return kernel


def _become(
    client: socket.socket,
    files: Sequence[int],
    command: list[str],
    environment: dict[str, str],
    folder: str,
) -> NoReturn:
    """In the new process: be what `python -m COMMAND` would be, from here to the end."""
    code = 1
    try:
        os.setsid()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        with open(os.devnull) as nothing:  # noqa: PTH123
            os.dup2(nothing.fileno(), 0)
        for target, file in enumerate(files, start=1):
            os.dup2(file, target)
            os.close(file)
        client.send(b"%d\n" % os.getpid())  # only now: whoever knows the group may signal it
        client.close()
        os.environ.clear()
        os.environ.update(environment, JPY_PARENT_PID=str(os.getppid()))
        os.chdir(folder)
        importlib.invalidate_caches()
        # As random as in a process of its own; Python's own numbers see to that themselves.
        if numpy := sys.modules.get("numpy.random"):
            numpy.seed()
        if torch := sys.modules.get("torch"):
            torch.default_generator.seed()
        module, *arguments = command
        sys.argv = [module, *arguments, f"--IPKernelApp.parent_handle={os.getppid()}"]
        runpy.run_module(module, run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc(file=sys.__stderr__)
    finally:
        ending.end(code)


if __name__ == "__main__":
    main()
