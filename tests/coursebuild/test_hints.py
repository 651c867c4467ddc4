"""The likely fix of an error: one line of the table for each."""

from __future__ import annotations

import pytest

from coursebuild.hints import likely_fix


@pytest.mark.parametrize(
    ("name", "message", "fix"),
    [
        ("TypeError", "Learner.fit() got an unexpected keyword argument 'rate'", "renamed"),
        ("TypeError", "'basis' is an invalid keyword argument for int()", "renamed"),
        ("TypeError", "f() missing 1 required positional argument: 'x'", "give that argument"),
        ("TypeError", "f() takes 1 positional argument but 2 were given", "definition"),
        ("ImportError", "cannot import name 'vision_learner'", "moved or was removed"),
        ("AttributeError", "module 'torch' has no attribute 'Tenser'", "changelog"),
        ("ModuleNotFoundError", "No module named 'downhill'", "pip install -e ."),
        ("ModuleNotFoundError", "No module named 'fastai'", "make .venv"),
        ("RuntimeError", "CUDA out of memory. Tried to allocate", "smaller batch"),
        ("RuntimeError", "mat1 and mat2 shapes cannot be multiplied (8x3 and 4x2)", "reshape"),
        ("ClaimError", "6 of 10 hold", "the run no longer shows this"),
        ("KeyError", "'lr'", "print the keys"),
    ],
)
def test_common_error_has_a_likely_fix(name: str, message: str, fix: str) -> None:
    assert fix in likely_fix(name, message)


def test_error_that_nobody_foresaw_has_none() -> None:
    assert likely_fix("SomeError", "words") == ""
