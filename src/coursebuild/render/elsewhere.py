"""Where else a lesson runs: on which hosted machines, and by which command on one's own.

They are links that a reader may follow; the page itself asks none of these hosts.
"""

from __future__ import annotations

from urllib.parse import quote

HOST = "https://github.com/"
RAW = "https://raw.githubusercontent.com/"
BRANCH = "main"


def links(repository: str, name: str) -> list[tuple[str, str]]:
    """(address, text) of each host that opens a lesson of this repository.

    repository: https://github.com/OWNER/NAME; for another host there are none.
    """
    if not repository.startswith(HOST):
        return []
    course = repository.removeprefix(HOST).rstrip("/")
    lesson = f"lessons/{name}.ipynb"
    raw = quote(f"{RAW}{course}/{BRANCH}/{lesson}", safe=":/")
    return [
        (
            f"https://colab.research.google.com/github/{course}/blob/{BRANCH}/{lesson}",
            "Open in Colab",
        ),
        (f"https://www.kaggle.com/kernels/welcome?src={raw}", "Open in Kaggle"),
        (f"https://codespaces.new/{course}?quickstart=1", "Open in Codespaces"),
    ]


def command(name: str) -> str:
    """What opens a lesson in JupyterLab, in a clone after `make .venv`."""
    return f".venv/bin/course edit {name.partition('_')[0]}"
