"""A kernel provisioner that has a warm process fork the kernel, instead of starting a Python."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Unicode

LAUNCHER = "ipykernel_launcher"
PATIENCE = 120  # seconds; the warm process answers when it has imported its modules


class ForkedProvisioner(LocalProvisioner):
    """Asks the warm process; where that is gone, starts the kernel as ever."""

    warm = Unicode()  # its socket

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        try:
            fork = await Fork.ask(self.warm, cmd[cmd.index(LAUNCHER) :], **kwargs)
        except OSError:
            return await super().launch_kernel(cmd, **kwargs)
        self.process: Any = fork
        self.pid = self.pgid = fork.pid
        self.cwd = kwargs.get("cwd")
        return self.connection_info

    async def cleanup(self, restart: bool = False) -> None:
        if isinstance(self.process, Fork):
            self.process.close()
        await super().cleanup(restart=restart)


class Fork:
    """A process that another forked for us, with what a provisioner asks of a `Popen`."""

    stdin = stdout = stderr = None

    def __init__(self, connection: socket.socket, pid: int, said: bytes) -> None:
        self.connection, self.pid, self.said = connection, pid, said
        self.returncode: int | None = None

    @classmethod
    async def ask(
        cls,
        warm: str,
        command: list[str],
        env: dict[str, str],
        cwd: str | None = None,
        stderr: Any = None,
        **rest: Any,
    ) -> Fork:
        """Raises OSError where the warm process is gone or gives no answer."""
        request = {"command": command, "environment": env, "folder": cwd or os.getcwd()}  # noqa: PTH109
        data = json.dumps(request).encode() + b"\n"
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(warm)
            sent = socket.send_fds(connection, [data], [1, stderr.fileno() if stderr else 2])
            connection.sendall(data[sent:])
            connection.setblocking(False)
            answer = asyncio.get_running_loop().sock_recv(connection, 64)
            pid, _, said = (await asyncio.wait_for(answer, PATIENCE)).partition(b"\n")
            if not pid:
                raise ConnectionResetError(f"{warm}: no answer")
        except BaseException:
            connection.close()
            raise
        return cls(connection, int(pid), said)

    def poll(self) -> int | None:
        if self.returncode is None:
            try:
                said = self.said or self.connection.recv(64)
            except BlockingIOError:
                return None
            except OSError:
                said = b""
            # Without a word: the warm process is gone, and its kernels with it.
            self.returncode = int(said) if said else -signal.SIGKILL
        return self.returncode

    def wait(self) -> int:
        """Only once it has ended: a provisioner polls until then."""
        self.close()
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def close(self) -> None:
        """Hang up: whatever runs yet is killed, and the process's number is free again."""
        self.poll()
        self.connection.close()
