"""Our ES modules as classic scripts: from file:// a browser loads no module.

A linker for the modules that we write and for no others: named imports from relative files at the
beginning of a line, named exports of declarations. What it does not know stops the build.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

from ..errors import CourseError

IMPORT = re.compile(
    r"^import\s+(?:\{(?P<names>[^}]*)\}\s*from\s*)?[\"'](?P<file>\.{1,2}/[^\"']+)[\"'];?",
    re.MULTILINE,
)
DECLARED = re.compile(
    r"^export\s+(?P<what>(?:async\s+)?function\*?|class|const)\s+(?P<name>[\w$]+)", re.MULTILINE
)
TAKEN_APART = re.compile(
    r"^export\s+(?P<head>const\s*[\[{](?P<names>[\w$,\s]+)[\]}])", re.MULTILINE
)
LISTED = re.compile(r"^export\s*\{(?P<names>[^}]*)\};?", re.MULTILINE)
LEFT = re.compile(r"^(?:import\b(?!\s*\()|export\b).*", re.MULTILINE)
LOADED = re.compile(r"(?<![\w.$])import\(")
META = "import.meta.url"
REGISTRY = "downhillModules"


def imports(path: str, source: str) -> list[str]:
    """The files that a module imports, from the root of the site."""
    folder = posixpath.dirname(path)
    return [posixpath.normpath(posixpath.join(folder, m["file"])) for m in IMPORT.finditer(source)]


def order(path: str, read: Callable[[str], str], above: tuple[str, ...] = ()) -> list[str]:
    """A module and all that it needs, each after what it needs itself."""
    if path in above:
        raise CourseError("modules import each other in a circle", " → ".join((*above, path)))
    found: dict[str, None] = {}
    for needed in imports(path, read(path)):
        found.update(dict.fromkeys(order(needed, read, (*above, path))))
    return [*found, path]


def loading(source: str) -> str:
    """A script whose `import(…)` loads classic scripts."""
    return LOADED.sub("globalThis.downhillImport(", source)


def classic(path: str, source: str) -> str:
    """A module as a script that takes its imports from a registry and puts its exports there."""
    folder = posixpath.dirname(path)
    heads: list[str] = []
    exports: dict[str, str] = {}

    def imported(match: re.Match[str]) -> str:
        file = posixpath.normpath(posixpath.join(folder, match["file"]))
        if match["names"] is not None:
            names = re.sub(r"\s+as\s+", ": ", " ".join(match["names"].split()))
            heads.append(f'const {{ {names} }} = globalThis.{REGISTRY}["{file}"];')
        return ""

    def declared(match: re.Match[str]) -> str:
        exports[match["name"]] = match["name"]
        return f"{match['what']} {match['name']}"

    def taken_apart(match: re.Match[str]) -> str:
        exports.update((name, name) for name in re.findall(r"[\w$]+", match["names"]))
        return match["head"]

    def listed(match: re.Match[str]) -> str:
        for entry in filter(None, (part.strip() for part in match["names"].split(","))):
            here, _, there = (word.strip() for word in entry.partition(" as "))
            exports[there or here] = here
        return ""

    body = TAKEN_APART.sub(taken_apart, IMPORT.sub(imported, source))
    body = LISTED.sub(listed, DECLARED.sub(declared, body))
    if left := LEFT.search(body):
        do = "name what is imported and exported; see coursebuild/downloads/modules.py"
        raise CourseError(f"the zip cannot take the line “{left[0].strip()}”", path, do)
    body = loading(body)
    if META in body:
        heads.append("const here = document.currentScript.src;")
        body = body.replace(META, "here")
    given = ", ".join(f"{there}: {here}" for there, here in exports.items())
    return "\n".join(
        [
            '(() => { "use strict";',
            *heads,
            body,
            f'globalThis.{REGISTRY}["{path}"] = {{ {given} }};',
            "})();\n",
        ]
    )
