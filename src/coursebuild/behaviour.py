"""What a module does, apart from how it is written: the same for other comments or docstrings."""

from __future__ import annotations

import ast
import contextlib
import hashlib
import re
from typing import Any

# How a cell can show a docstring: then the words count as much as the code.
_ASKS = re.compile(
    r"__doc__|\bhelp\(|\bgetdoc\(|\bpydoc\b|^[^#\n]*\?[ \t]*$|^[ \t]*\?", re.MULTILINE
)


def behaviour(source: bytes) -> ast.Module:
    """The module's syntax tree without docstrings. Raises SyntaxError, or ValueError for a NUL."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            match node.body:
                case [ast.Expr(ast.Constant(str())), *rest]:
                    node.body = rest
    return tree


def behaviour_digest(source: bytes) -> str:
    """sha256 of what the module does; of its bytes where it is no Python that can be read."""
    with contextlib.suppress(SyntaxError, ValueError):  # that it fails, the run is to find out
        source = repr(_plain(behaviour(source))).encode()
    return hashlib.sha256(source).hexdigest()


def asks_for_words(sources: list[str]) -> bool:
    """Whether cells may show docstrings: `help(f)`, `f?`, `f.__doc__`."""
    return any(_ASKS.search(source) for source in sources)


def _plain(node: Any) -> Any:
    """A tree as tuples. Not `ast.dump`: what that leaves out differs between Python's versions."""
    if isinstance(node, list):
        return [_plain(item) for item in node]
    if not isinstance(node, ast.AST):
        return node
    fields = [(name, _plain(value)) for name, value in ast.iter_fields(node)]
    if not isinstance(node, ast.Constant):
        fields = [(name, value) for name, value in fields if value is not None and value != []]
    return type(node).__name__, fields
