"""The list of files that a reader can save: docs/sw.js and docs/assets/save.js are the other half.

Two files are written beside the page `offline/`: files.json has the name, the digest and the size
of each file; version.json is what a saved copy asks for, to learn in a few bytes whether the list
is another one.
"""

from __future__ import annotations

import hashlib
import json
import re
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
        [name, kept_as(path), path.stat().st_size]
        for path in sorted(site.rglob("*"))
        if path.is_file() and not LEFT_OUT.fullmatch(name := path.relative_to(site).as_posix())
    ]
    whole = json.dumps(files, ensure_ascii=False, separators=(",", ":"))
    version = hashlib.sha256(whole.encode()).hexdigest()[:16]
    known = {"format": FORMAT, "version": version}
    write_atomic(site / LIST, json.dumps({**known, "files": files}, ensure_ascii=False))
    write_atomic(site / VERSION, json.dumps(known))


def kept_as(path: Path) -> str:
    """The name under which a browser keeps a file: its digest, and what tells its type.

    Two empty files of different types are not the same file.
    """
    return hashlib.sha256(path.read_bytes()).hexdigest()[:DIGITS] + path.suffix
