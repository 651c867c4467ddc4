"""What lessons' pages are made from besides the lesson: where any of it changes, all are remade."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files

from .assets import digest

# Of mkdocs.yml, what a lesson's page depends on before the theme's templates come to it.
OPTIONS = "site_name site_description repo_url use_directory_urls validation markdown_extensions"
LIBRARIES = "mkdocs mkdocs-material markdown pymdown-extensions pygments nh3 lxml pillow matplotlib"


@cache
def code() -> str:
    """Digest of what makes pages: this package as it was loaded, and its libraries' versions."""
    package = Path(__file__).parents[1]
    hasher = hashlib.sha256()
    for path in sorted(package.rglob("*")):
        if path.suffix in (".py", ".mjs", ".toml"):
            hasher.update(path.relative_to(package).as_posix().encode() + b"\0")
            hasher.update(hashlib.sha256(path.read_bytes()).digest())
    for name in LIBRARIES.split():
        with contextlib.suppress(metadata.PackageNotFoundError):
            hasher.update(f"{name} {metadata.version(name)}\0".encode())
    return hasher.hexdigest()


def around(config: MkDocsConfig, files: Files, *others: object) -> str:
    """Digest of everything around a lesson's page. others: plain data that it depends on too.

    Of the other files only their names and addresses: links lead to them.
    """
    listed = sorted(f"{file.src_uri} {file.url} {file.inclusion.name}" for file in files)
    options = {name: config.get(name) for name in (*OPTIONS.split(), "mdx_configs")}
    return digest(code(), *listed, plain(options), *map(plain, others))


def plain(value: Any) -> str:
    """Data as text that is the same in each process; functions and classes by their names."""
    return json.dumps(value, sort_keys=True, default=_named)


def _named(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    if name := getattr(value, "__qualname__", None):
        return f"{value.__module__}.{name}"
    return [type(value).__qualname__, getattr(value, "__dict__", None) or str(value)]
