"""The list of files that a reader can save: docs/sw.js and docs/assets/save.js are the other half.

Two files are written beside the page `offline/`: files.json has the name, the digest and the size
of each file; version.json is what a saved copy asks for, to learn in a few bytes whether the list
is another one.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

from ..files import write_atomic

LIST = "offline/files.json"
VERSION = "offline/version.json"
FORMAT = 1  # as in sw.js and saved.js: a copy of another format is not read
DIGITS = 32  # of the sha256 of a file, in hex

# What no page needs: sources of minified scripts, other languages' search, what search engines
# and social networks read, and what is as large as the course itself: executed notebooks, the
# downloads for readers without a network.
LEFT_OUT = re.compile(
    r"""
    .*\.map | assets/javascripts/lunr/.* | sitemap\.xml.* | robots\.txt | llms.*\.txt | _headers
    | sw\.js | offline/(files|version)\.json | downloads/.* | assets/cards/.*
    | .*(?<!-student)\.ipynb
    """,
    re.VERBOSE,
)


def write(site: Path) -> None:
    """Write the list of a finished site. Nothing in the site may change after it."""
    files = [
        [name, *kept_as(site / name)]
        for name in sorted(_files(str(site)), key=lambda name: name.split("/"))
        if not LEFT_OUT.fullmatch(name)
    ]
    whole = json.dumps(files, ensure_ascii=False, separators=(",", ":"))
    version = hashlib.sha256(whole.encode()).hexdigest()[:16]
    known = {"format": FORMAT, "version": version}
    write_atomic(site / LIST, json.dumps({**known, "files": files}, ensure_ascii=False))
    write_atomic(site / VERSION, json.dumps(known))


def _files(folder: str, before: str = "") -> Iterator[str]:
    """Names below a folder. As strings: a site has thousands, and making a Path of each is slow."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _files(entry.path, f"{before}{entry.name}/")
            else:
                yield before + entry.name


def kept_as(path: Path) -> tuple[str, int]:
    """The name under which a browser keeps a file: its digest, and what tells its type; the size.

    Two empty files of different types are not the same file.
    """
    data = path.read_bytes()
    return hashlib.sha256(data).hexdigest()[:DIGITS] + path.suffix, len(data)
