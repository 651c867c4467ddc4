"""The page of the package: what lessons import, from its source by `ast` and never imported."""

from __future__ import annotations

import ast
import html
import textwrap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ..concepts import BUILT, Definition
from .docstrings import text
from .page import Draft

URI = "api/index.md"
URL = "api/"
HEAD = """\
# The package

What lessons import: how it is called and what it does, read from its source in each build.
A definition that a lesson builds leads to the section that builds it.
In a lesson's code, names with a dotted line lead here or to the documentation of their library.
What checks the exercises is left out, because its hints tell the answers.
"""


@dataclass(frozen=True)
class Entry:
    """A function or a class. anchor: on the page; lesson: number of the one that builds it."""

    anchor: str
    signature: str
    text: str
    file: str
    line: int
    lesson: str
    methods: tuple[Entry, ...] = ()


@dataclass
class Module:
    """name: as it is imported; text: its docstring; names: qualified name → anchor."""

    name: str
    text: str
    entries: list[Entry] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)


def modules(package: Path) -> list[Module]:
    """The modules with their public definitions; of a package within, what it hands on."""
    found = []
    for path in sorted(package.glob("*.py")) + sorted(package.glob("*/__init__.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        inner = path.name == "__init__.py"
        name = (path.parent if inner else path).relative_to(package.parent).with_suffix("")
        module = Module(".".join(name.parts), ast.get_docstring(tree) or "")
        for source, wanted in _sources(tree, path, package) if inner else [(path, None)]:
            _read(module, source, wanted, package)
        if module.entries:
            found.append(module)
    return found


def _sources(tree: ast.Module, path: Path, package: Path) -> Iterator[tuple[Path, set[str]]]:
    """Files that a package within takes names from, with these names."""
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module:
            file = package.parent.joinpath(*node.module.split(".")).with_suffix(".py")
            yield file, {alias.name for alias in node.names}


def _read(module: Module, path: Path, wanted: set[str] | None, package: Path) -> None:
    source = path.read_text(encoding="utf-8")
    short = module.name.partition(".")[2]
    for node in ast.parse(source).body:
        if not isinstance(node, Definition) or node.name.startswith("_"):
            continue
        if wanted is None or node.name in wanted:
            file = path.relative_to(package.parent).as_posix()
            entry = _entry(node, f"{short}.{node.name}", source, file)
            module.entries.append(entry)
            for each in (entry, *entry.methods):
                module.names[f"downhill.{each.anchor}"] = each.anchor


def _entry(node: Definition, anchor: str, source: str, file: str) -> Entry:
    text = ast.get_docstring(node) or ""
    built = BUILT.search(text)
    methods: list[Entry] = []
    signature = _header(node, source)
    if isinstance(node, ast.ClassDef):
        for inner in node.body:
            if isinstance(inner, ast.AnnAssign):
                signature += "\n    " + source.splitlines()[inner.lineno - 1].strip()
            elif isinstance(inner, ast.FunctionDef) and inner.name == "__init__":
                signature += "\n" + _header(inner, source)
            elif isinstance(inner, ast.FunctionDef) and not inner.name.startswith("_"):
                methods.append(_entry(inner, f"{anchor}.{inner.name}", source, file))
    text = BUILT.sub("", text).strip()
    lesson = built[1] if built else ""
    return Entry(anchor, signature, text, file, node.lineno, lesson, tuple(methods))


def _header(node: Definition, source: str) -> str:
    """From `def` or `class` to the colon, as the source has it."""
    lines = source.splitlines()[node.lineno - 1 : max(node.lineno, node.body[0].lineno - 1)]
    while len(lines) > 1 and not lines[-1].split("#")[0].rstrip().endswith(":"):
        lines.pop()  # comments between the colon and the body
    return "\n".join(lines).rstrip().removesuffix(":")


@dataclass(frozen=True)
class Surroundings:
    """section: (number of a lesson, name) → URL and words of where the lesson builds it."""

    repository: str
    section: Callable[[str, str], tuple[str, str]]
    markdown: Callable[[str], str]


def draft(found: Iterable[Module], around: Surroundings) -> Draft:
    page = Draft()
    pieces = [HEAD]
    for module in found:
        body = "".join(_show(entry, 3, around) for entry in module.entries)
        place = page.place(f'<div class="api">{text(module.text)}{body}</div>')
        short = module.name.partition(".")[2].replace(".", "-")
        pieces.append(f"## {module.name} {{ #{short} }}\n\n{place}\n")
    page.markdown = "\n".join(pieces)
    return page


def _show(entry: Entry, level: int, around: Surroundings) -> str:
    name = entry.anchor.rpartition(".")[2]
    where = html.escape(f"{around.repository}/blob/main/src/{entry.file}#L{entry.line}")
    links = f'<a href="{where}">{Path(entry.file).name}, line {entry.line}</a>'
    if entry.lesson:
        url, words = around.section(entry.lesson, name)
        built = f'Built in lesson {entry.lesson}: <a href="{url}">{html.escape(words)}</a>'
        links = f"{built} · {links}"
    code = around.markdown(f"``` {{ .python .no-copy }}\n{textwrap.dedent(entry.signature)}\n```")
    methods = "".join(_show(method, level + 1, around) for method in entry.methods)
    return (
        f'<h{level} id="{entry.anchor}"><code>{name}</code></h{level}>{code}'
        f'{text(entry.text)}<p class="api-from">{links}</p>{methods}'
    )
