"""Claims: what a lesson says, the build proves."""

import ast
import sys
from types import FrameType, ModuleType
from typing import Any

from downhill import profiles
from downhill.errors import DownhillError
from downhill.mime import CLAIM, publish

MARKS = {"held": "✓", "failed": "✗", "elsewhere": "○"}
# Where a claim is checked that is not checked everywhere.
PLACES = {
    "real": "the real data",
    "drawn": "the drawn data",
    "gpu": "all the real data, on a GPU",
}


class ClaimError(DownhillError, AssertionError):
    """A claim that does not hold; the message has its text and the values it compared."""


def claim(text: str, condition: Any, on: str = "any", **measured: Any) -> None:
    """Show `text` with a tick and the values compared; raise ClaimError where it is false.

    condition: one truth value (bool, NumPy bool or 0-d tensor). The values shown are those of the
    names in the condition as written in the cell; keywords replace them:
    `claim("Most are right", right / n > 0.5, accuracy=right / n)`.
    on: "any", or where alone it is enforced: "real" (profiles cpu and gpu), "drawn" (profile
    offline) or "gpu" (profile gpu); elsewhere it is shown as checked there.
    """
    if on != "any" and on not in PLACES:
        known = ", ".join(f'"{place}"' for place in ("any", *PLACES))
        raise DownhillError(f"claim(on={on!r}): on must be one of {known}", f"claim {text!r}")
    truth = _truth(text, condition)
    values = measured or _compared(sys._getframe(1))
    shown = {name: as_text(value) for name, value in values.items()}
    profile = profiles.current()
    here = {"any": True, "real": profile.real, "drawn": not profile.real}
    elsewhere = not here.get(on, profile.name == on)
    state = "elsewhere" if elsewhere else "held" if truth else "failed"
    bundle = {
        "text": text,
        "on": on,
        "state": state,
        "measured": shown,
        "profile": profile.name,
    }
    listed = ", ".join(f"{name} = {value}" for name, value in shown.items())
    if state == "elsewhere":
        aside = f"checked on {PLACES[on]}" + (f"; here {listed}" if listed else "")
    else:
        aside = listed
    line = f"{MARKS[state]} {text}" + (f" ({aside})" if aside else "")
    publish({CLAIM: bundle, "text/plain": line})
    if state == "failed":
        raise ClaimError(f"This claim does not hold: {text}", listed)


def say(markdown: str) -> None:
    """Show a sentence of Markdown whose numbers come from the run: `say(f"… {accuracy:.1%} …")`."""
    publish({"text/markdown": markdown, "text/plain": markdown})


def as_text(value: Any) -> str:
    """A value in a few characters: floats to 4 significant digits, big things by their shape."""
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        if tuple(value.shape) == ():
            return as_text(value.item())
        return f"{type(value).__name__} {list(value.shape)} {str(value.dtype).split('.')[-1]}"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, int | str | None):
        text = str(value)
        return text if len(text) <= 60 else f"{text[:57]}…"
    if isinstance(value, list | tuple) and len(value) <= 8:
        return f"[{', '.join(as_text(item) for item in value)}]"
    if hasattr(value, "__len__"):
        return f"{type(value).__name__} of {len(value)}"
    return type(value).__name__


def _truth(text: str, condition: Any) -> bool:
    """The condition as a bool. Anything but one truth value is the author's slip, never a claim."""
    if isinstance(condition, bool):
        return condition
    shape = getattr(condition, "shape", None)
    if shape is not None and tuple(shape) != ():
        raise DownhillError(
            f"The condition has shape {list(shape)}: a claim needs one truth value",
            f"claim {text!r}",
            "end it with .all() or .any()",
        )
    if shape is not None and str(condition.dtype).split(".")[-1] == "bool":
        return bool(condition)
    raise DownhillError(
        f"The condition is {as_text(condition)!r} ({type(condition).__name__}), not a truth value",
        f"claim {text!r}",
        "compare it with something: a number alone counts as true whatever it measures",
    )


def _compared(frame: FrameType) -> dict[str, Any]:
    """{expression: value} for what the condition of the claim() call in this frame compares."""
    from executing import Source
    from pure_eval import Evaluator

    call = Source.executing(frame).node
    if not isinstance(call, ast.Call):  # no source at hand: exec of a string, python -c
        return {}
    by_keyword = [k.value for k in call.keywords if k.arg == "condition"]
    condition = (call.args[1:2] + by_keyword)[0:1]
    if not condition:  # claim(*args)
        return {}
    found: dict[str, Any] = {}
    _collect(condition[0], Evaluator.from_frame(frame), found)
    return found


def _is_literal(node: ast.AST) -> bool:
    """A number, or a list of numbers: what stands in the source need not be shown as measured."""
    try:
        ast.literal_eval(node)  # type: ignore[arg-type]
    except (ValueError, TypeError, SyntaxError):
        return False
    return True


def _collect(node: ast.AST, evaluator: Any, found: dict[str, Any]) -> None:
    """Add the largest parts of the expression that can be evaluated without running any code."""
    from pure_eval import CannotEval

    if _is_literal(node):
        return
    if not isinstance(node, ast.expr) or isinstance(node, ast.Compare | ast.BoolOp | ast.UnaryOp):
        known, value = False, None
    else:
        try:
            known, value = True, evaluator[node]
        except CannotEval:
            known, value = False, None
    silent = isinstance(value, bool | type | ModuleType)
    if known and not silent and (hasattr(value, "shape") or not callable(value)):
        found.setdefault(ast.unparse(node), value)
    elif not known or isinstance(node, ast.Attribute):  # of a method: the object it belongs to
        for child in ast.iter_child_nodes(node):
            _collect(child, evaluator, found)
