"""A live preview of its own process: how long until a page is there, or shows an edit."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from process import CommandError, Memory

PATIENCE = 600  # seconds
PAUSE = 0.02  # between two looks at a page


class Preview:
    """`course serve`, from its start to its end."""

    def __init__(self, words: Sequence[str], root: Path, environment: Mapping[str, str]) -> None:
        self.words, self.root, self.environment = words, root, environment
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{free.getsockname()[1]}"

    def __enter__(self) -> Self:
        self.began = time.perf_counter()
        with (self.root / "preview.log").open("wb") as log:
            self.process = subprocess.Popen(
                [*self.words, "--address", self.address],
                cwd=self.root,
                env=os.environ | self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.memory = Memory(self.process.pid)
        self.memory.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.memory.done.set()
        self.memory.join()
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def until(self, path: str, text: str) -> float:
        """The moment (perf_counter) at which a page has `text`."""
        while time.perf_counter() - self.began < PATIENCE:
            if self.process.poll() is not None:
                raise CommandError((self.root / "preview.log").read_text(errors="replace")[-2000:])
            if text in self.page(path):
                return time.perf_counter()
            time.sleep(PAUSE)
        raise CommandError(f"{path} did not show {text} within {PATIENCE} s")

    def page(self, path: str) -> str:
        """What is served there; nothing while nobody listens."""
        connection = http.client.HTTPConnection(self.address, timeout=PATIENCE)
        try:
            connection.request("GET", path)
            return connection.getresponse().read().decode(errors="replace")
        except (OSError, http.client.HTTPException):
            return ""
        finally:
            connection.close()
