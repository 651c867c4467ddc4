"""Where `course` writes: a terminal as wide as it is, a log in one width."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

LOG_WIDTH = 120  # columns for two sides beside each other, where no terminal says how many it has


def console() -> Console:
    """Loaded late: `course --help` needs none of it."""
    from rich.console import Console

    return Console(soft_wrap=True, width=None if sys.stdout.isatty() else LOG_WIDTH)
