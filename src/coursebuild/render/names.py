"""Whose a name in a lesson's code is: torch's, the package's or the lesson's own, told by `ast`.

Cells are read in their order, as a kernel runs them: an import binds a name, an assignment or a
definition takes it away again, and a function's own names hide those outside.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

MAGIC = re.compile(r"^(\s*)[%!].*$", re.MULTILINE)
Scope = dict[str, str]  # name → qualified name, for what is imported; all else is missing
Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


@dataclass(frozen=True)
class Use:
    """A name in code. name: qualified, as the lesson imported it; start, end: characters."""

    name: str
    start: int
    end: int


def uses(source: str, scope: Scope, known: Collection[str]) -> list[Use]:
    """Where a cell uses names that are known, imports aside, in their order.

    scope: what the cells before have bound; changed to what this one leaves.
    """
    code = MAGIC.sub(lambda magic: magic[1] + "pass".ljust(len(magic[0]) - len(magic[1])), source)
    try:
        statements = ast.parse(code).body
    except SyntaxError:  # a cell that shows one; what it would bind, it does not
        return []
    found: list[tuple[str, ast.expr]] = []
    for statement in statements:
        found += _in([statement], scope, known)
        _bind([statement], scope)
    lines = code.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))

    def place(line: int, column: int) -> int:  # ast counts bytes of UTF-8
        return starts[line - 1] + len(lines[line - 1].encode()[:column].decode())

    result = []
    for name, node in found:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        end = place(node.end_lineno, node.end_col_offset)
        start = place(node.lineno, node.col_offset)
        if node.lineno != node.end_lineno:  # a chain over several lines: its last name
            start = end - len(name.rpartition(".")[2])
        result.append(Use(name, start, end))
    return sorted(result, key=lambda use: use.start)


def _in(
    nodes: Iterable[ast.AST], scope: Scope, known: Collection[str]
) -> Iterator[tuple[str, ast.expr]]:
    for node in nodes:
        if isinstance(node, ast.Name | ast.Attribute):
            name = _qualified(node, scope)
            if name in known and isinstance(node.ctx, ast.Load):
                yield name, node
                continue
        if isinstance(node, Function):
            arguments = node.args
            outside = [*arguments.defaults, *(d for d in arguments.kw_defaults if d)]
            body: list[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else [*node.body]
            if not isinstance(node, ast.Lambda):
                outside += [*node.decorator_list, *([node.returns] if node.returns else [])]
            names = [a for a in ast.walk(arguments) if isinstance(a, ast.arg)]
            outside += [a.annotation for a in names if a.annotation]
            yield from _in(outside, scope, known)
            inside = {n: q for n, q in scope.items() if n not in {a.arg for a in names}}
            yield from _in(body, _bind(body, inside), known)
        elif isinstance(node, Comprehension):
            inside = dict(scope)
            for generator in node.generators:
                _bind([generator.target], inside)
            yield from _in(ast.iter_child_nodes(node), inside, known)
        elif not isinstance(node, ast.Import | ast.ImportFrom):
            yield from _in(ast.iter_child_nodes(node), scope, known)


def _qualified(node: ast.expr, scope: Scope) -> str:
    """`F.relu` → `torch.nn.functional.relu`; "" where it does not begin with an import."""
    if isinstance(node, ast.Name):
        return scope.get(node.id, "")
    if isinstance(node, ast.Attribute):
        owner = _qualified(node.value, scope)
        return f"{owner}.{node.attr}" if owner else ""
    return ""


def _bind(nodes: Iterable[ast.AST], scope: Scope) -> Scope:
    """The scope after these statements; functions and comprehensions within keep their own."""
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                whole = alias.asname is not None  # `import a.b` binds a
                top = alias.name if whole else alias.name.partition(".")[0]
                scope[alias.asname or top] = top
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                scope[alias.asname or alias.name] = f"{node.module}.{alias.name}"
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            scope.pop(node.name, None)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
            scope.pop(node.id, None)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            scope.pop(node.name, None)
            _bind(ast.iter_child_nodes(node), scope)
        elif not isinstance(node, ast.Lambda | Comprehension):
            _bind(ast.iter_child_nodes(node), scope)
    return scope
