"""How often an edit of the package would run a lesson, by how finely code is compared.

    .venv/bin/python benchmarks/granularity.py [REVISION]

The edits are those of the repository's own history: each hunk of each commit that changes a module
of the package, taken alone. Asked of every lesson that stood then and imports the module: must it
run? Three answers: by the module's bytes; by what it does (its syntax tree without docstrings);
by those of its functions that the lesson can reach by their names. Whole commits are counted too.
Nothing is run. Imports and reach are read from the source, which finds more than a run would see:
what functions save is a lower bound.
"""

import ast
import difflib
import functools
import io
import json
import subprocess
import sys
import tarfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from coursebuild.behaviour import behaviour

ROOT = Path(__file__).parents[1]
LEVELS = ("bytes", "behaviour", "functions")
Snapshot = dict[str, bytes]  # path → content, of one commit


@dataclass(frozen=True)
class Unit:
    """A function or a method, or (reach "") all that runs when its module is imported."""

    reach: str  # the name by which other code gets at it
    code: str
    names: frozenset[str]  # that it uses itself


@dataclass(frozen=True)
class Module:
    units: tuple[Unit, ...]
    imports: frozenset[str]  # dotted names
    code: str


def git(*words: str) -> bytes:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, check=True).stdout


def snapshot(commit: str) -> Snapshot:
    """The files of a commit that a lesson's result can come from."""
    files = {}
    with tarfile.open(fileobj=io.BytesIO(git("archive", commit))) as tar:
        for member in tar:
            if member.isfile() and member.name.startswith(("src/downhill/", "lessons/")):
                files[member.name] = tar.extractfile(member).read()  # type: ignore[union-attr]
    return files


@functools.cache
def lesson(content: bytes) -> Module:
    """A notebook's code cells as one module; magics and broken files are as good as empty."""
    try:
        cells = [c for c in json.loads(content)["cells"] if c["cell_type"] == "code"]
    except ValueError:
        cells = []
    parts = [module("".join(cell["source"]).encode()) for cell in cells]
    parts = [part for part in parts if part]
    used = frozenset().union(*(unit.names for part in parts for unit in part.units))
    imports = frozenset().union(*(part.imports for part in parts))
    return Module((Unit("", "", used),), imports, "".join(part.code for part in parts))


@functools.cache
def module(source: bytes) -> Module | None:
    """What is compared of a module; None where it cannot be parsed."""
    try:
        tree = behaviour(source)
    except (SyntaxError, ValueError):
        return None
    code, imports = ast.dump(tree), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imports |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            imports |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    units = list(cut_functions(tree))
    units.append(Unit("", ast.dump(tree), names(tree)))
    return Module(tuple(units), frozenset(imports), code)


def cut_functions(tree: ast.Module) -> Iterator[Unit]:
    """Functions and methods, taken out of the tree; what is evaluated on import stays."""
    for scope in [tree, *(node for node in ast.walk(tree) if isinstance(node, ast.ClassDef))]:
        kept: list[ast.AST] = []
        for node in scope.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                owner = scope.name if isinstance(scope, ast.ClassDef) else ""
                called_unnamed = owner and node.name.startswith("__")
                reach = owner if called_unnamed else node.name
                yield Unit(reach, ast.dump(node), names(node))
                kept += node.decorator_list
            else:
                kept.append(node)
        scope.body = kept  # type: ignore[assignment]


def names(tree: ast.AST) -> frozenset[str]:
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    used |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return frozenset(used)


def closure(start: Module, files: Snapshot) -> set[str]:
    """Files of all modules that a lesson imports, directly or not."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for name in waiting.pop().imports:
            path = "src/" + name.replace(".", "/")
            for file in (f"{path}.py", f"{path}/__init__.py"):
                if file in files and file not in found:
                    found.add(file)
                    waiting += [part] if (part := module(files[file])) else []
    return found


def reached(start: Module, files: Snapshot, paths: set[str]) -> set[str]:
    """Code of all that runs on import, and of the functions that can be reached from there."""
    units = [unit for path in paths if (part := module(files[path])) for unit in part.units]
    known = set(start.units[0].names)
    code: set[str] = set()
    while fresh := [u for u in units if u.code not in code and (not u.reach or u.reach in known)]:
        code |= {unit.code for unit in fresh}
        known = known.union(*(unit.names for unit in fresh))
    return code


def hunks(old: bytes, new: bytes) -> Iterator[bytes]:
    """The old file with one change at a time; a change that alone is no Python is left out."""
    a, b = old.splitlines(keepends=True), new.splitlines(keepends=True)
    for tag, i, j, k, m in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag != "equal" and module(edited := b"".join(a[:i] + b[k:m] + a[j:])):
            yield edited


def must_run(start: Module, before: Snapshot, after: Snapshot) -> list[str]:
    """The granularities by which a lesson must run. [] where it imports nothing that changed."""
    was, now = closure(start, before), closure(start, after)
    if was == now and all(before[path] == after[path] for path in was):
        return []
    levels = ["bytes"]
    plain = was == now and all(module(before[p]).code == module(after[p]).code for p in was)  # type: ignore[union-attr]
    levels += [] if plain else ["behaviour"]
    if not plain and reached(start, before, was) != reached(start, after, now):
        levels.append("functions")
    return levels


def main() -> None:
    revision = sys.argv[1] if len(sys.argv) > 1 else "HEAD"
    log = git("log", "--first-parent", "--reverse", "--format=%h", revision, "--", "src/downhill")
    commits = log.decode().split()
    whole, single, edits = Counter(), Counter(), 0
    before: Snapshot = {}
    for commit in commits:
        after = snapshot(commit)
        lessons = [lesson(before[path]) for path in sorted(before) if path.endswith(".ipynb")]
        modules = [path for path in before if path.startswith("src/downhill/") and path in after]
        changed = [path for path in modules if before[path] != after[path]]
        for start in lessons:
            whole.update(must_run(start, before, after))
        for path in changed:
            for edited in hunks(before[path], after[path]) if lessons else ():
                edits += 1
                for start in lessons:
                    single.update(must_run(start, before, {**before, path: edited}))
        before = after
    print(f"{len(commits)} commits that change the package, {edits} hunks; runs of lessons:")
    for title, count in (("whole commits", whole), ("hunks alone", single)):
        for level in LEVELS:
            saved = 1 - count[level] / max(1, count["bytes"])
            print(f"{title:<15}by {level:<12}{count[level]:>6}   saved {saved:.0%}")


if __name__ == "__main__":
    main()
