"""Waiting for something on a page whose policy forbids `eval`.

Playwright's `wait_for_function` compiles its words on the page each time that it looks, which such
a page refuses from the second time on; `evaluate` comes through the debugger and is not refused.
"""

from __future__ import annotations

import time
from typing import Any

from playwright.sync_api import Frame, Page
from playwright.sync_api import TimeoutError as TooLate

PAUSE = 50  # milliseconds
# Each demo has its data and has built itself.
ALL_READY = "[...document.querySelectorAll('[data-src]')].every((e) => e.dataset.state === 'ready')"


def until(page: Page | Frame, says: str, arg: Any = None, timeout: float = 30_000) -> None:
    """Return when a JavaScript expression, or a function of arg, is true.

    Raises TooLate after so many milliseconds.
    """
    end = time.monotonic() + timeout / 1000
    while not page.evaluate(says, arg):
        if time.monotonic() > end:
            raise TooLate(f"not within {timeout:g} ms: {says}")
        page.wait_for_timeout(PAUSE)
