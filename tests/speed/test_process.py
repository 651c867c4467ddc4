"""What a command spends, of real processes."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from process import CommandError, measure

# A child that holds 200 MB, each page of it written, for as long as it takes to burn one second.
CHILD = """
import time
held = b"x" * 200_000_000
while time.process_time() < 1:
    pass
"""
PARENT = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]], check=True)"


def test_time_and_memory_of_children_count(tmp_path: Path) -> None:
    spent = measure([sys.executable, "-c", PARENT, CHILD], tmp_path, {})
    assert spent.cpu >= 1
    assert spent.wall > 0
    assert spent.memory > 190
    assert spent.own < 100


def test_two_commands_add_up_and_share_the_peak(tmp_path: Path) -> None:
    one, two = (measure([sys.executable, "-c", code], tmp_path, {}) for code in (CHILD, ""))
    both = one + two
    assert both.wall == one.wall + two.wall
    assert both.cpu == one.cpu + two.cpu
    assert both.memory == one.memory


def test_a_command_that_fails_says_what_it_said(tmp_path: Path) -> None:
    words = [sys.executable, "-c", "import os, sys; print(os.environ['WORD']); sys.exit(3)"]
    with pytest.raises(CommandError, match=r"(?s)ended with 3.*out of tune"):
        measure(words, tmp_path, {"WORD": "out of tune"})
    assert measure(words, tmp_path, {"WORD": "in tune"}, fine=(0, 3)).code == 3
