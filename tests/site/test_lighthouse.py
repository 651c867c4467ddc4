"""Lighthouse, as a phone sees the home page and the first lesson.

Its score for speed depends on the machine: benchmarks/lighthouse.py measures that. What makes a
page slow on every machine is tested beside it: bytes, requests and layout shift in visits.py, what
search loads in test_search.py.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable

import pytest

pytestmark = pytest.mark.browser

CATEGORIES = ("accessibility", "best-practices", "seo")
FLAGS = "--headless --no-sandbox --disable-gpu --disable-quic --disable-background-networking"


@pytest.mark.parametrize("which", ["home", "lesson"])
def test_lighthouse_is_content(
    which: str, compressed: str, lesson: str, chromium: str, npm_package: Callable[[str], object]
) -> None:
    done = subprocess.run(
        [
            f"{npm_package('lighthouse')}/cli/index.js",
            compressed if which == "home" else compressed + lesson,
            "--quiet",
            "--output=json",
            f"--only-categories={','.join(CATEGORIES)}",
            f"--chrome-flags={FLAGS}",
        ],
        env=os.environ | {"CHROME_PATH": chromium},
        capture_output=True,
        text=True,
        check=True,
    )
    report = json.loads(done.stdout)
    lost = [
        f"{audit['id']} {audit.get('displayValue', '')}"
        for audit in report["audits"].values()
        if audit["score"] is not None and audit["score"] < 1
    ]
    assert {name: report["categories"][name]["score"] for name in CATEGORIES} == dict.fromkeys(
        CATEGORIES, 1
    ), lost
