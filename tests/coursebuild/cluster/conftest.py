"""Clusters for tests: one that is shared and not harmed, and those of one's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from machines import Machines, computer

Start = Callable[..., Machines]


@pytest.fixture(scope="session")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return computer(tmp_path_factory.mktemp("computer"))


@pytest.fixture(scope="session")
def two(tmp_path_factory: pytest.TempPathFactory, python: Path) -> Iterator[Machines]:
    """Two workers, for tests that harm none of them."""
    machines = Machines(tmp_path_factory.mktemp("two"), python)
    try:
        yield machines.begin(2)
    finally:
        machines.end()


@pytest.fixture
def start(tmp_path: Path, python: Path) -> Iterator[Start]:
    """Begin a cluster of one's own."""
    begun: list[Machines] = []

    def begin(workers: int, *words: str, nanny: bool = False) -> Machines:
        root = tmp_path / f"cluster{len(begun)}"
        root.mkdir()
        begun.append(Machines(root, python))
        return begun[-1].begin(workers, *words, nanny=nanny)

    yield begin
    for machines in begun:
        machines.end()
