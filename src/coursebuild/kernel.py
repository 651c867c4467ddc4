"""How a lesson's kernel is started, reached and waited for."""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from queue import Empty
from typing import Any

import zmq.asyncio
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager

from .forked import ForkedProvisioner

LONGEST = 100  # characters of a socket's path; the system's limit is 104 or more
OFTEN = 0.01  # seconds between looks at whether a process has ended


class Manager(AsyncKernelManager):
    """Sees at once that a kernel has ended, where jupyter_client looks ten times a second."""

    async def _async_wait(self, pollinterval: float = OFTEN) -> None:
        await super()._async_wait(OFTEN)


class Client(AsyncKernelClient):
    """Is ready when the kernel has welcomed it, where jupyter_client listens in vain for 0.2 s.

    It has no heartbeat: its manager sees the process, and a heart that no longer beats would keep
    it for up to a second at the end.
    """

    def _context_default(self) -> zmq.asyncio.Context:
        context = zmq.asyncio.Context()
        context.setsockopt(zmq.RECONNECT_IVL, 10)  # ms: the kernel is not listening yet
        self._created_context = True
        return context

    def start_channels(
        self,
        shell: bool = True,
        iopub: bool = True,
        stdin: bool = True,
        hb: bool = False,
        control: bool = True,
    ) -> None:
        super().start_channels(shell, iopub, stdin, hb, control)

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        end = time.monotonic() + (timeout or float("inf"))
        await self._hear(self.get_iopub_msg, "iopub_welcome", end)
        self.kernel_info()
        self._handle_kernel_info_reply(
            await self._hear(self.get_shell_msg, "kernel_info_reply", end)
        )

    async def _hear(self, get: Any, kind: str, end: float) -> dict[str, Any]:
        while time.monotonic() < end:
            try:
                message: dict[str, Any] = await get(timeout=0.2)
            except Empty:
                if not await self.is_alive():
                    raise RuntimeError("Kernel died before it was ready") from None
            else:
                if message["msg_type"] == kind:
                    return message
        raise RuntimeError("Kernel was not ready in time")


def manager(scratch: Path, warm: str = "") -> Manager:
    """Of a kernel that is yet to start. warm: the socket of a process to fork it from."""
    kernel = Manager(
        kernel_name="python3",
        client_factory=Client,
        connection_file=str(scratch / "kernel.json"),
    )
    if zmq.has("ipc") and len(str(scratch)) + len("/k-5") <= LONGEST:
        # Not TCP: kernels that start at the same time would race for a free port.
        kernel.transport, kernel.ip = "ipc", str(scratch / "k")
    if warm:
        kernel.kernel_id = str(uuid.uuid4())
        kernel.provisioner = ForkedProvisioner(
            kernel_id=kernel.kernel_id, kernel_spec=kernel.kernel_spec, parent=kernel, warm=warm
        )
    return kernel
