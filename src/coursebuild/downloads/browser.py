"""This machine's Chromium, which turns a document into a PDF."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from ..errors import CourseError
from ..files import write_atomic

LIMIT = 600  # seconds; the whole course takes one of the slowest machines half a minute


def chromium() -> str:
    """Path of Chromium. Raises CourseError where there is none."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not found or not shutil.which(found):
        do = "install Chromium, or set CHROMIUM to its path"
        raise CourseError("a PDF needs Chromium, and it is not here", found or "", do)
    return found


def pdf(document: str, out: Path) -> None:
    """Write a tagged PDF with an outline. document: HTML whose links to files are absolute."""
    program = chromium()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        page, made = folder / "document.html", folder / "made.pdf"
        page.write_text(document, encoding="utf-8")
        command = [
            program,
            "--headless",
            "--disable-gpu",
            # The document is ours and holds no script; as root Chromium has no sandbox to offer.
            *(["--no-sandbox"] if os.geteuid() == 0 else []),
            f"--user-data-dir={folder / 'profile'}",
            "--allow-file-access-from-files",  # fonts of the site, from a page beside it
            "--disable-background-networking",
            "--export-tagged-pdf",
            "--generate-pdf-document-outline",
            "--no-pdf-header-footer",  # print.css has its own: Chromium's shows this machine's path
            f"--print-to-pdf={made}",
            page.as_uri(),
        ]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise CourseError(f"Chromium made no PDF ({error})", out.name) from None
        if not made.is_file():
            last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
            raise CourseError(f"Chromium made no PDF ({last})", out.name, "try it by hand")
        write_atomic(out, made.read_bytes())
