"""What to do where a program that a test needs is not here."""

from __future__ import annotations

import os

import pytest


def missing(what: str, how: str) -> None:
    """Skip, or fail where DOWNHILL_REQUIRE_BROWSER=1 says that nothing may be missing."""
    message = f"{what} is not here; to enable this test, {how}"
    if os.environ.get("DOWNHILL_REQUIRE_BROWSER") == "1":
        pytest.fail(message)
    pytest.skip(message)
