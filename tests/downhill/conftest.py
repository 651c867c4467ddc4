"""Fixtures: data drawn once for all tests, a fastai home of its own, and a real web server."""

import io
import shutil
import tarfile
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from downhill import fetch

Cell = Callable[[str], tuple[list[dict], BaseException | None, str]]
COUNTS = {"train/3": 40, "train/7": 30, "valid/3": 20, "valid/7": 10}


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A DOWNHILL_HOME with both offline sets; read only."""
    home = tmp_path_factory.mktemp("drawn")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOWNHILL_HOME", str(home))
        for dataset in fetch.SOURCES:
            fetch.get(dataset, real=False)
    return home


@pytest.fixture
def offline(drawn: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The offline profile, its data drawn."""
    monkeypatch.setenv("DOWNHILL_HOME", str(drawn))
    monkeypatch.setenv("DOWNHILL_PROFILE", "offline")
    return drawn


@pytest.fixture
def own_home(drawn: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the drawn threes and sevens that a test may damage."""
    home = tmp_path / "home"
    for part in ("offline/mnist_sample", "manifests"):
        shutil.copytree(drawn / part, home / part)
    monkeypatch.setenv("DOWNHILL_HOME", str(home))
    monkeypatch.setenv("DOWNHILL_PROFILE", "offline")
    return home


@pytest.fixture
def fastai_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A FASTAI_HOME without data, and the configuration that fastai itself writes there."""
    from fastai.data.external import fastai_cfg

    home = tmp_path / "fastai"
    home.mkdir()
    defaults = "data = data\narchive = archive\nstorage = tmp\nmodel = models\n"
    (home / "config.ini").write_text(f"[DEFAULT]\n{defaults}")
    monkeypatch.setenv("FASTAI_HOME", str(home))
    monkeypatch.setenv("DOWNHILL_PROFILE", "cpu")
    fastai_cfg.cache_clear()
    yield home
    fastai_cfg.cache_clear()


@pytest.fixture
def cell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cell]:
    """Runs a cell in a real IPython shell → (its MIME bundles, its error, what it printed)."""
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output
    from traitlets.config import Config

    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(config=Config(HistoryManager={"enabled": False}))
    shell.run_cell("from downhill.claims import claim, say")

    def run(source: str) -> tuple[list[dict], BaseException | None, str]:
        with capture_output() as captured:
            result = shell.run_cell(source)
        return [output.data for output in captured.outputs], result.error_in_exec, captured.stdout

    yield run
    InteractiveShell.clear_instance()


class Server(ThreadingHTTPServer):
    """Serves one archive, with ranges. limits: bytes to send before hanging up, reply by reply."""

    daemon_threads = True

    def __init__(self, content: bytes) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.content = content
        self.limits: list[int] = []
        self.ranges = True
        self.status = 200
        self.stall: threading.Event | None = None  # wait for it after the limit
        self.asked: list[str | None] = []  # the Range header of each request
        self.url = f"http://127.0.0.1:{self.server_port}/mnist_sample.tgz"


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        server, wanted = self.server, self.headers.get("Range")
        server.asked.append(wanted)
        if server.status != 200:
            self.send_error(server.status)
            return
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and server.ranges else 0
        size = len(server.content)
        if start >= size:
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
        self.send_header("Content-Length", str(size - start))
        self.end_headers()
        limit = server.limits.pop(0) if server.limits else size
        self.wfile.write(server.content[start:][:limit])
        self.wfile.flush()
        if server.stall is not None:
            server.stall.wait(30)

    def log_message(self, *_: object) -> None:
        """Silence."""


@pytest.fixture
def server() -> Iterator[Server]:
    """A running server with a small archive in MNIST_SAMPLE's layout."""
    server = Server(archive(COUNTS))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    if server.stall is not None:
        server.stall.set()
    server.shutdown()
    thread.join()
    server.server_close()


def archive(counts: dict[str, int]) -> bytes:
    """A .tgz with mnist_sample/{train,valid}/{3,7}/N.png; about 100 KB."""
    import random

    noise = random.Random(0)
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for part, count in counts.items():
            for index in range(count):
                content = noise.randbytes(1000)
                entry = tarfile.TarInfo(f"mnist_sample/{part}/{index}.png")
                entry.size = len(content)
                tar.addfile(entry, io.BytesIO(content))
    return out.getvalue()


@pytest.fixture
def served(server: Server, fastai_home: Path, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The server as the place that mnist_sample comes from; its check as fastai would know it."""
    import hashlib

    source = fetch.Source("mnist_sample", server.url, "mnist_sample", COUNTS, required=True)
    check = (len(server.content), hashlib.md5(server.content[: 1 << 20]).hexdigest())
    monkeypatch.setitem(fetch.SOURCES, "mnist_sample", source)
    monkeypatch.setattr(fetch, "known_archives", lambda: {server.url: check})
    return server
