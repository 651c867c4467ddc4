"""What is wrong with a lesson's page, said with its place."""

from __future__ import annotations

from mkdocs.exceptions import PluginError


class PageError(PluginError):
    """A page cannot be made: what, in which lesson and cell, and what to do. One line, exit 1."""

    def __init__(self, what: str, where: str, do: str) -> None:
        super().__init__(f"{what} — {where} — {do}")
