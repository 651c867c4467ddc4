"""The likely fix for an error in a lesson: a table, first match wins."""

from __future__ import annotations

import re

INSTALL = "install the lock file again: make .venv"

FIXES: list[tuple[str, str, str]] = [
    # name of the exception, pattern in its message, what to do
    ("ClaimError", "", "the run no longer shows this: mend the code, or the sentence"),
    ("ModuleNotFoundError", "downhill", "install the course's package: pip install -e ."),
    ("ModuleNotFoundError", "", INSTALL),
    (
        "ImportError",
        "",
        f"a name moved or was removed; compare with the pinned version, or {INSTALL}",
    ),
    ("OutOfMemoryError", "", "the GPU is full: close other programs, or use a smaller batch"),
    ("MemoryError", "", "use less data at a time, or close other programs"),
    ("RuntimeError", "CUDA out of memory", "the GPU is full: use a smaller batch"),
    ("RuntimeError", "shapes cannot be multiplied", "print both shapes; one side needs a reshape"),
    ("RuntimeError", "Expected all tensors to be on the same device", "move both to one device"),
    (
        "RuntimeError",
        "does not require grad",
        "the graph was cut: look for .data, .item or no_grad",
    ),
    ("RuntimeError", r"[Cc]an't call numpy\(\)", "call .detach() before .numpy()"),
    (
        "RuntimeError",
        "expected scalar type",
        "two dtypes meet: convert one with .float() or .long()",
    ),
    ("RuntimeError", "size of tensor", "the shapes do not broadcast: print them"),
    (
        "TypeError",
        "(unexpected|invalid) keyword argument",
        "the argument was renamed, removed or misspelt: help() of the function lists them",
    ),
    ("TypeError", "missing .* argument", "give that argument, or a default in the definition"),
    ("TypeError", "positional argument", "compare the call with the function's definition"),
    ("KeyError", "", "the name was never put in, or is spelt otherwise: print the keys"),
    ("IndexError", "", "fewer items than the cell expects: print the length"),
    ("FileNotFoundError", "", "get the data first: course data"),
    ("DownhillError", "", ""),
    ("NameError", "", "the name is made in a cell that is gone, or further down"),
    ("SyntaxError", "", "mend the line"),
    ("AttributeError", "", "the library renamed or removed it: look at its changelog"),
]


def likely_fix(name: str, message: str) -> str:
    """What most likely mends the exception `name` with this message; "" if nothing is known."""
    for wanted, pattern, fix in FIXES:
        if name == wanted and re.search(pattern, message):
            return fix
    return ""
