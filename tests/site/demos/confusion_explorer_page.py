"""What the confusion explorer's browser tests share."""

import subprocess
import sys
from pathlib import Path

import pytest
from demo_page import ROOT
from playwright.sync_api import Locator, Page

NAME = "confusion-explorer"


def make_data(factory: pytest.TempPathFactory) -> Path:
    """A folder with drawn.json (wrong labels known) and large.json (37 classes, unknown)."""
    folder = factory.mktemp("confusion")
    run = [sys.executable, str(ROOT / "tests/demos/small_confusion.py"), str(folder)]
    subprocess.run(run, check=True, timeout=300)
    return folder


def part(page: Page, name: str) -> Locator:
    return page.locator(f'[data-part="{name}"]')


def reveal(page: Page) -> None:
    page.get_by_role("button", name="Just show me").click()
