"""The weekly look at other libraries' pages, at a server of our own."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from dead_documentation import faults


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def host(tmp_path: Path) -> Iterator[str]:
    """A server with one page, which has the anchor `here`."""
    (tmp_path / "page.html").write_text('<p id="here">x</p>')
    handler = functools.partial(Quiet, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_page_with_its_anchor_is_no_fault(host: str) -> None:
    assert faults([f"{host}/page.html", f"{host}/page.html#here"]) == []


def test_a_lost_anchor_a_lost_page_and_a_lost_host_are_faults(host: str) -> None:
    found = faults([f"{host}/page.html#gone", f"{host}/gone.html", "http://127.0.0.1:9/"])
    assert [fault.partition(": ")[2] for fault in found] == ["no gone", "404", "ConnectionError"]
