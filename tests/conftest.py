"""Which tests share a worker: those of a file; each appearance of the site is a load of its own."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Groups for `--dist loadgroup`: what a module's fixtures make is made once."""
    for item in items:
        group = item.nodeid.partition("::")[0]
        if "visits" in getattr(item, "fixturenames", ()):
            group += str(item.callspec.params["visits"])  # type: ignore[attr-defined]
        item.add_marker(pytest.mark.xdist_group(group))
