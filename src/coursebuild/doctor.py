"""Looks at this machine: what a build needs, what is missing, and what to do about it."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

from rich.console import Console

from . import library
from .course import Course


def examine(course: Course) -> list[dict[str, Any]]:
    """Findings [{"name", "ok", "detail", "do"}], ours first, then the library's own.

    ok: True, False, or None for what only another profile or the tests need.
    """
    return [_python(), _lock(course), _node(), _katex(course), _browser(), *library.doctor(course)]


def report(course: Course, console: Console) -> bool:
    """Print the findings; True where nothing that is needed is missing."""
    findings = examine(course)
    for finding in findings:
        mark = {True: "[green]✓[/]", False: "[red]✗[/]", None: "[yellow]–[/]"}[finding["ok"]]
        console.print(f"{mark} {finding['name']}: {finding['detail']}", highlight=False)
        if finding["ok"] is not True and finding.get("do"):
            console.print(f"    → {finding['do']}", highlight=False)
    return all(finding["ok"] is not False for finding in findings)


def _finding(name: str, ok: bool | None, detail: str, do: str = "") -> dict[str, Any]:
    return {"name": name, "ok": ok, "detail": detail, "do": do}


def _python() -> dict[str, Any]:
    ok = sys.version_info >= (3, 12)
    return _finding("Python", ok, platform.python_version(), "install Python 3.12 or newer")


def _lock(course: Course) -> dict[str, Any]:
    """Whether the installed versions are those of the lock file."""
    wrong = []
    lines = (course.root / "requirements.txt").read_text(encoding="utf-8").splitlines()
    for line in lines:
        requirement, _, marker = line.rstrip("\\ ").partition(";")
        name, equals, version = requirement.strip().partition("==")
        if not equals or marker:
            continue
        try:
            if metadata.version(name) != version.strip():
                wrong.append(name)
        except metadata.PackageNotFoundError:
            wrong.append(name)
    detail = f"{len(wrong)} packages differ ({', '.join(wrong[:3])} …)" if wrong else "as locked"
    return _finding("packages", not wrong, detail, "make .venv")


def node() -> str | None:
    """The machine's node, or the one that came with the lock; None where neither is there."""
    beside = Path(sys.executable).with_name("node")
    return str(beside) if beside.exists() else shutil.which("node")


def _node() -> dict[str, Any]:
    found = node()
    return _finding("node (maths)", bool(found), found or "missing", "make .venv")


def _katex(course: Course) -> dict[str, Any]:
    ok = (course.root / "node_modules" / "katex" / "package.json").exists()
    return _finding("KaTeX (maths)", ok, "installed" if ok else "missing", "make node_modules")


def _browser() -> dict[str, Any]:
    found = os.environ.get("CHROMIUM") or shutil.which("chromium")
    do = "only for browser tests: install Chromium, or set CHROMIUM to its path"
    return _finding("Chromium (tests)", True if found else None, found or "missing", do)
