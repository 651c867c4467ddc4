"""The Nu HTML checker on every page, and what is Material's own."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from absence import missing

# In Material's templates, not in anything that this course writes: (message, source) each.
MATERIALS_OWN = (
    (r"“autocomplete” is only allowed when", r'<input class="md-toggle"'),
    (r"Bad value “” for attribute “tabindex” on element “label”", r'<label class="md-nav__link"'),
)


def is_materials(message: dict[str, str]) -> bool:
    source = message.get("extract", "")
    return any(
        re.search(said, message["message"]) and re.search(written, source)
        for said, written in MATERIALS_OWN
    )


def test_the_nu_checker_finds_no_error_of_ours(
    site: Path, npm_package: Callable[[str], Path]
) -> None:
    jar = npm_package("vnu-jar") / "build" / "dist" / "vnu.jar"
    if not shutil.which("java"):
        missing("java", "install a Java runtime: apt-get install default-jre-headless")
    pages = [str(path) for path in sorted(site.rglob("index.html"))]
    done = subprocess.run(
        ["java", "-jar", str(jar), "--errors-only", "--format", "json", "--stdout", *pages],
        capture_output=True,
        text=True,
        check=False,
    )
    messages = json.loads(done.stdout)["messages"]
    ours = [
        f"{m['url']}:{m.get('lastLine')} {m['message']} {m.get('extract', '')!r}"
        for m in messages
        if not is_materials(m)
    ]
    assert not ours, "\n".join(ours)
