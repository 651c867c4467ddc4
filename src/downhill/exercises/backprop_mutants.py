"""Lesson 05, E4: a test of backward() that no broken one survives.

The broken ones stand here. Each takes the last node of a graph of the lesson's Values, as the
right one does, and is wrong in one way.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from downhill.exercises.verdict import Hint, call, describe, exercise

PATIENCE = 300_000  # nodes visited: one of the broken ones would take for ever


def _in_order(out: Any) -> list[Any]:
    """Every node under out, each after all of its users; out first."""
    users, to_visit = {out: 0}, [out]
    while to_visit:
        for parent in to_visit.pop().parents:
            if parent not in users:
                users[parent] = 0
                to_visit.append(parent)
            users[parent] += 1
    order = [out]
    for node in order:  # grows while it is read
        for parent in node.parents:
            users[parent] -= 1
            if users[parent] == 0:
                order.append(parent)
    return order


def _edges(node: Any) -> Any:
    return zip(node.parents, node.slopes, strict=True)


def right(
    out: Any,
    *,
    start: Callable[[Any], float] = lambda out: 1.0,
    keep: Callable[[Any], bool] = lambda node: not node.parents,
    local: Callable[[float], float] = lambda slope: slope,
) -> None:
    """Backward as the lesson has it. The keywords are the places where it can be broken."""
    order = _in_order(out)
    for node in order:
        if not keep(node):
            node.grad = 0.0
    out.grad = start(out)
    for node in order:
        for parent, slope in _edges(node):
            parent.grad += local(slope) * node.grad


def _overwrites(out: Any) -> None:
    out.grad = 1.0
    for node in _in_order(out):
        for parent, slope in _edges(node):
            parent.grad = slope * node.grad


def _too_early(out: Any) -> None:
    """Breadth first: a node hands back when it is found, complete or not."""
    out.grad = 1.0
    waiting, seen = deque([out]), {out}
    while waiting:
        node = waiting.popleft()
        for parent, slope in _edges(node):
            if parent not in seen:
                seen.add(parent)
                waiting.append(parent)
                if parent.parents:
                    parent.grad = 0.0
            parent.grad += slope * node.grad


def _too_often(out: Any) -> None:
    """A node hands all it has back each time that something arrives."""
    for node in _in_order(out):
        if node.parents:
            node.grad = 0.0
    out.grad = 1.0
    waiting, visits = [out], 0
    while waiting:
        visits += 1
        if visits > PATIENCE:
            raise RuntimeError("this backward pass does not come to an end")
        node = waiting.pop()
        for parent, slope in _edges(node):
            parent.grad += slope * node.grad
            waiting.append(parent)


def _recursive(out: Any) -> None:
    def visit(node: Any) -> None:
        if node not in seen:
            seen.add(node)
            for parent in node.parents:
                visit(parent)

    seen: set[Any] = set()
    visit(out)
    right(out)


@dataclass(frozen=True)
class Broken:
    """A wrong backward, and what to tell those whose test lets it through."""

    name: str
    backward: Callable[[Any], None]
    hint: str


BROKEN = [
    Broken(
        "no_local_slope",
        lambda out: right(out, local=lambda slope: 1.0),
        "one that leaves the local slopes out. In a sum they are all 1: use other steps, too.",
    ),
    Broken(
        "wrong_start",
        lambda out: right(out, start=lambda out: out.data),
        "one that starts with the value of the result instead of 1. Where are the two different?",
    ),
    Broken(
        "no_sign",
        lambda out: right(out, local=abs),
        "one that loses the minus sign of a local slope. Are all of your slopes positive?",
    ),
    Broken(
        "overwrites",
        _overwrites,
        "one that writes `=` where `+=` belongs. What must a graph have, so that the second "
        "arrival matters?",
    ),
    Broken(
        "too_often",
        _too_often,
        "one in which a node in between hands everything back each time that something arrives. "
        "You need a node that is computed, and used more than once.",
    ),
    Broken(
        "too_early",
        _too_early,
        "one that visits the nodes nearest to the result first, and so hands back before all has "
        "arrived. You need a computed node that is used twice, close to the result and far from "
        "it.",
    ),
    Broken(
        "forgets_leaves",
        lambda out: right(out, keep=lambda node: False),
        "one that sets the leaves to 0 at the start of each pass. When would a leaf hold "
        "something that should stay?",
    ),
    Broken(
        "keeps_middle",
        lambda out: right(out, keep=lambda node: True),
        "one that does not start the nodes in between afresh. It shows in a second pass over the "
        "very same graph.",
    ),
    Broken(
        "recursive",
        _recursive,
        "one that calls itself for each parent, and so fails on long chains. How long was the "
        "chain in section 3?",
    ),
]


@exercise("05.E4")
def check_test(is_right: Any) -> str:
    """is_right(backward) → bool, for a function backward(out) on the lesson's Values."""
    verdict = _verdict(call(is_right, right))
    if not verdict:
        raise Hint(
            "your test rejects a backward that is right. Work its expected slopes out once more, "
            "by nudging. (Leaves add up over passes; each call should make its leaves anew.)"
        )
    if not _verdict(call(is_right, right)):
        raise Hint(
            "your test accepts a right backward the first time and rejects it the second: make the "
            "leaves inside of is_right, so that no slope is left over from the time before."
        )
    survivors = [broken for broken in BROKEN if _accepts(is_right, broken)]
    if len(survivors) == len(BROKEN):
        raise Hint(
            "your test says True to every backward, broken or not: does it call the `backward` "
            "that it is given, and compare the slopes afterwards?"
        )
    if survivors:
        caught = len(BROKEN) - len(survivors)
        raise Hint(
            f"your test catches {caught} of {len(BROKEN)} broken ones and lets through "
            f"{survivors[0].hint}"
        )
    return f"all {len(BROKEN)} broken backward passes are caught, and the right one passes."


def _verdict(value: Any) -> bool:
    if type(value).__name__ not in ("bool", "bool_") and getattr(value, "shape", None) != ():
        raise Hint(f"is_right should give back True or False; this is {describe(value)}.")
    return bool(value)


def _accepts(is_right: Any, broken: Broken) -> bool:
    try:
        return _verdict(is_right(broken.backward))
    except Hint:
        raise
    except Exception:  # a test that stops with an error has noticed something
        return False
