"""Code cells, as far as they can be judged by reading: imports, alt text, ruff."""

from __future__ import annotations

import ast
import functools
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode

from ..errors import CourseError
from .fault import Found, Subject

MAGIC = re.compile(r"^(\s*)[%!].*$", re.MULTILINE)
SHOWN = {"show", "show_images", "show_animation", "demo"}  # of downhill; each needs alt=
LEAST_ALT = 15  # characters; downhill.plot refuses less, too


def parsed(cell: NotebookNode) -> ast.Module | None:
    """A cell's code without its magics; None where it is no Python, which ruff says."""
    return _parsed(cell.source)


@functools.cache  # several rules read the same cells
def _parsed(source: str) -> ast.Module | None:
    try:
        return ast.parse(MAGIC.sub(r"\1pass", source))
    except SyntaxError:
        return None


def star_imports(subject: Subject) -> Iterator[Found]:
    """A reader sees where each name comes from."""
    for cell in subject.code:
        for node in ast.walk(parsed(cell) or ast.Module([], [])):
            if isinstance(node, ast.ImportFrom) and any(a.name == "*" for a in node.names):
                what = f"from {'.' * node.level}{node.module or ''} import *"
                yield Found(cell.id, node.lineno, what, "name what the lesson uses")


def alt_texts(subject: Subject) -> Iterator[Found]:
    """Every figure says what a reader who cannot see it should learn from it."""
    for cell in subject.code:
        for node in ast.walk(parsed(cell) or ast.Module([], [])):
            if not isinstance(node, ast.Call):
                continue
            if isinstance(node.func, ast.Name) and node.func.id in SHOWN:
                yield from _alt(cell.id, node, node.func.id)
            elif _name(node.func) in ("plt.show", "fig.show", "figure.show"):
                do = 'use show(alt="…") of downhill.plot'
                yield Found(cell.id, node.lineno, "a figure without alt text", do)


def _alt(cell: str, call: ast.Call, name: str) -> Iterator[Found]:
    do = f'say in a sentence what it shows: {name}(…, alt="…")'
    given = {word.arg: word.value for word in call.keywords}
    place = 2 if name == "demo" else None  # demo(name, data, alt)
    alt = given.get("alt")
    if alt is None and place is not None and len(call.args) > place:
        alt = call.args[place]
    if alt is None:
        if None not in given:  # **words may hold it
            yield Found(cell, call.lineno, f"{name}(…) without alt text", do)
    elif isinstance(alt, ast.Constant):
        text = alt.value if isinstance(alt.value, str) else ""
        if len(text.strip()) < LEAST_ALT:
            yield Found(cell, alt.lineno, f"the alt text “{text}” describes nothing", do)


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}"
    return ""


def ruff(subject: Subject) -> Iterator[Found]:
    """What ruff says of the cells, by the rules in pyproject.toml, and where it would format."""
    cells = list(subject.notebook.cells)
    done = _ruff(subject, "check", "--output-format=json", "--exit-zero")
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise CourseError(f"ruff cannot be run ({said})", "course lint", "install: make .venv")
    for fault in json.loads(done.stdout):
        cell = cells[fault["cell"] - 1].id if fault.get("cell") else ""
        mends = fault.get("fix") and fault["fix"].get("applicability") == "safe"
        do = "course lint --fix mends it" if mends else "mend the line"
        what = f"{fault['message']} ({fault['code']})"
        yield Found(cell, fault["location"]["row"], what, do)
    diff = _ruff(subject, "format", "--diff").stdout  # nothing of code that is no Python
    for number in sorted({int(n) for n in re.findall(r"^\+\+\+ .*:cell (\d+)\n@@", diff, re.M)}):
        yield Found(cells[number - 1].id, 0, "ruff would format it", "course lint --fix does")


def mend_with_ruff(path: Path, root: Path) -> None:
    """Let ruff mend and format a lesson's file."""
    for words in (("check", "--fix", "--exit-zero"), ("format",)):
        subprocess.run(
            [sys.executable, "-m", "ruff", *words, "--quiet", str(path)],
            cwd=root,
            check=False,
            capture_output=True,
        )


def _ruff(subject: Subject, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ruff", *words, str(subject.lesson.path)],
        cwd=subject.course.root,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
