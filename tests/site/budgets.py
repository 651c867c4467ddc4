"""What a page may weigh when it is first seen, and what it does weigh in Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Page, Request

# Kilobytes (1,000 bytes) over a server that compresses.
MOST = {"html": 45, "script": 60, "style": 40, "all": 350}
KINDS = {"js": "script", "css": "style"}
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 204_800, "uploadThroughput": 93_750}
FAST = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}


@dataclass
class Weight:
    """Bytes that a page loaded, by kind: what came over the line, without the headers."""

    html: int = 0
    script: int = 0
    style: int = 0
    all: int = 0
    requests: list[Request] = field(default_factory=list)

    def note(self, request: Request) -> None:
        self.requests.append(request)

    def measure(self) -> None:
        """Adds up the requests noted so far; they are forgotten."""
        for request in self.requests:
            path = urlsplit(request.url).path
            kind = "html" if path.endswith("/") else KINDS.get(path.rpartition(".")[2])
            size = request.sizes()["responseBodySize"]
            self.all += size
            if kind:
                setattr(self, kind, getattr(self, kind) + size)
        self.requests.clear()

    def too_much(self) -> dict[str, str]:
        return {
            kind: f"{getattr(self, kind):,} bytes, at most {most},000"
            for kind, most in MOST.items()
            if getattr(self, kind) > 1000 * most
        }


@contextmanager
def weighing(page: Page) -> Iterator[Weight]:
    """Notes what the page and its workers load, from nothing, over a phone's line.

    The line is Lighthouse's slow 4G. What arrives late is what makes a page jump.
    """
    weight = Weight()
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    session.send("Network.emulateNetworkConditions", SLOW)
    page.context.on("requestfinished", weight.note)
    yield weight
    page.context.remove_listener("requestfinished", weight.note)
    session.send("Network.emulateNetworkConditions", FAST)
    session.detach()
