"""A run against the outputs stored in lessons/: the one comparison that all verbs use."""

from __future__ import annotations

import json
import re
from difflib import SequenceMatcher
from typing import Any

from nbformat import NotebookNode

from . import deprecations
from .agreement import printed_misses, rule
from .canonical import CLAIM, DEMO, FIGURE, canonical_outputs
from .difference import Change, Difference
from .lesson import code_cells, code_digest, section, tags
from .noise import quiet
from .tolerance import Tolerance

RAISES = {"raises-exception", "nbval-raises-exception"}
UNCHECKED = {"nbval-ignore-output", "nbval-skip"}
COMMENT = re.compile(r"^\s*#+\s*(NBVAL_\w+)\s*$", re.MULTILINE)
PICTURE_IN_HTML = re.compile(r"<svg\b|<video\b|<img\b[^>]*data:image/", re.IGNORECASE)


def differences(
    stored: NotebookNode, executed: NotebookNode, lesson: str = "lesson"
) -> list[Difference]:
    """Cells whose run says something else than what is stored, in the lesson's order.

    Where the two cannot be compared at all there is one difference, of the lesson.
    Raises CourseError for a tolerance that means nothing.
    """
    if problem := incomparable(stored, executed, lesson):
        return [problem]
    pairs = zip(code_cells(stored), code_cells(executed), strict=True)
    found = []
    for before, after in pairs:
        if changes := compare_cell(before, after)[0]:
            found.append(difference(stored, before, changes, lesson))
    return found


def difference(
    stored: NotebookNode, cell: NotebookNode, changes: list[Change], lesson: str
) -> Difference:
    """What differs in a cell, with the heading above it."""
    return Difference(lesson, cell["id"], section(stored, cell["id"]), tuple(changes))


def incomparable(stored: NotebookNode, executed: NotebookNode, lesson: str) -> Difference | None:
    """Why a lesson and an executed notebook cannot be compared; None where they can."""
    if other_code(stored, executed):
        return of_lesson(
            lesson,
            "the executed notebook was made from other code cells",
            f"run it anew: course run {lesson}",
        )
    if stripped(stored):
        return of_lesson(
            lesson,
            "the stored lesson has no outputs: the comparison would be empty",
            f"store them: course accept {lesson}",
        )
    return None


def other_code(stored: NotebookNode, executed: NotebookNode) -> bool:
    """Whether the executed notebook says something about other code than the stored one's."""
    provenance = executed.metadata.get("downhill", {}).get("provenance", {})
    code = code_digest(executed)
    return {code, provenance.get("code", code)} != {code_digest(stored)}


def stripped(notebook: NotebookNode) -> bool:
    """Whether there is code, and no output of it."""
    cells = code_cells(notebook)
    return bool(cells) and not any(cell.outputs for cell in cells)


def of_lesson(lesson: str, what: str, do: str) -> Difference:
    """A difference of the whole lesson."""
    return Difference(lesson, "", "", (Change(what, reasons=(do,)),))


def may_raise(cell: NotebookNode) -> bool:
    """Whether a failure of this cell is meant."""
    return bool(_marks(cell) & RAISES)


def ran(cell: NotebookNode) -> bool:
    """Whether a cell of an executed notebook was reached before the kernel went."""
    return bool(not cell.source.strip() or cell.get("execution_count") or cell.outputs)


def compare_cell(
    stored: NotebookNode, came: NotebookNode
) -> tuple[list[Change], list[NotebookNode]]:
    """What differs, and the run's outputs with those that agree replaced by the stored ones.

    `came` is the same cell in the executed notebook. The second value is canonical.
    """
    allowed = Tolerance.of(stored)
    after = canonical_outputs(came.outputs, allowed)
    if not ran(came):
        return [Change("this cell was not run: the kernel had died, or stopped before it")], after
    errors = [output for output in after if output.output_type == "error"]
    if errors and not may_raise(stored):
        reason = "the cell raised; where that is meant, tag it raises-exception"
        return [Change("error", came=errors[0].traceback[0], reasons=(reason,))], after
    if _marks(stored) & UNCHECKED:
        return [], after
    before = canonical_outputs(stored.outputs, allowed)
    changes = warnings_of_ours(came)
    if not allowed.skip:
        changes += _bare_pictures(came.outputs)
    settled = list(after)
    shapes = [_shape(output) for output in before], [_shape(output) for output in after]
    for _, i1, i2, j1, j2 in SequenceMatcher(None, *shapes, autojunk=False).get_opcodes():
        both = min(i2 - i1, j2 - j1)
        for i, j in zip(range(i1, i1 + both), range(j1, j1 + both), strict=True):
            if differing := compare_output(before[i], after[j], allowed):
                changes += differing
            else:
                settled[j] = before[i]
        changes += [
            Change(f"{_name(output)} is missing", stored=_shown(output))
            for output in before[i1 + both : i2]
        ]
        changes += [
            Change(f"{_name(output)} is new", came=_shown(output))
            for output in after[j1 + both : j2]
        ]
    return changes, settled


def compare_output(stored: NotebookNode, came: NotebookNode, allowed: Tolerance) -> list[Change]:
    """What differs between two canonical outputs."""
    if _family(stored) != _family(came):
        return [Change("another kind of output", _shown(stored), _shown(came))]
    if stored.get("name") != came.get("name"):
        return [Change(f"{stored.name} became {came.name}", stored.text, came.text)]
    if stored.output_type == "stream":
        return _text_change(stored.name, stored.text, came.text, allowed)
    if stored.output_type == "error":
        return _text_change("error", _last_line(stored), _last_line(came), allowed)
    changes: list[Change] = []
    for mime in sorted({*stored.data, *came.data}):
        name = _mime_name(mime, stored.data.get(mime, came.data.get(mime)))
        if mime not in came.data:
            changes.append(Change(f"{name} is missing", stored=_brief(stored.data[mime])))
        elif mime not in stored.data:
            changes.append(Change(f"{name} is new", came=_brief(came.data[mime])))
        else:
            before, after = stored.data[mime], came.data[mime]
            if misses := tuple(rule(mime, before, after)(before, after, allowed)):
                both_text = isinstance(before, str) and isinstance(after, str)
                texts = (before, after) if both_text else ("", "")
                changes.append(Change(name, texts[0], texts[1], misses, allowed))
    return changes


def warnings_of_ours(came: NotebookNode) -> list[Change]:
    """Deprecations that this repository's code has to mend: cells stay free of them on the lock."""
    reason = "use what replaces it; where the warning is the subject, catch it in the cell"
    return [
        Change("warning", came=f"{deprecations.key(w)}, line {w['line']}", reasons=(reason,))
        for w in deprecations.of_cell(came)
        if deprecations.ours(w)
    ]


def _marks(cell: NotebookNode) -> set[str]:
    """nbval's markers on a cell, from its tags and its comments, in the form of tags."""
    comments = {mark.lower().replace("_", "-") for mark in COMMENT.findall(cell.source)}
    marks = comments | set(tags(cell))
    # Of a comment and a tag that contradict each other, nbval takes the comment.
    return marks - {"nbval-ignore-output"} if "nbval-check-output" in comments else marks


def _bare_pictures(outputs: list[Any]) -> list[Change]:
    """Pictures that nothing but their pixels describes: nobody would notice another one."""
    found = []
    for output in outputs:
        data = output.get("data", {})
        html = data.get("text/html", "")
        picture = any(mime.startswith(("image/", "video/")) for mime in data) or (
            PICTURE_IN_HTML.search(html if isinstance(html, str) else "".join(html))
        )
        if picture and not {FIGURE, DEMO} & set(data):
            reason = "show it with downhill.plot.show(alt=…), which adds a summary to compare"
            found.append(Change("a picture without a numeric summary", reasons=(reason,)))
    return found


def _text_change(what: str, stored: str, came: str, allowed: Tolerance) -> list[Change]:
    misses = printed_misses(stored, came, allowed)
    return [Change(what, stored, came, tuple(misses), allowed)] if misses else []


def _last_line(error: NotebookNode) -> str:
    """`ValueError: 3 is no digit`: the line of a traceback that says what happened."""
    lines = error.evalue.strip().split("\n")
    return f"{error.ename}: {quiet(lines[-1])}"


def _family(output: NotebookNode) -> str:
    """A displayed thing and a cell's last value are the same kind of output."""
    kind: str = output.output_type
    return kind if kind in ("stream", "error") else "data"


def _shape(output: NotebookNode) -> tuple[str, ...]:
    """What has to be equal for two outputs to be taken as the same one."""
    if output.output_type == "stream":
        return ("stream", output.name)
    return (_family(output), *sorted(output.get("data", {})))


def _name(output: NotebookNode) -> str:
    if output.output_type == "stream":
        return str(output.name)
    mimes = sorted(output.get("data", {}), key=lambda mime: "vnd.downhill" not in mime)
    return _mime_name(mimes[0]) if mimes else "error"


def _mime_name(mime: str, value: Any = None) -> str:
    """`application/vnd.downhill.figure+json` → `figure`; of a claim also what it says."""
    name = mime.removeprefix("application/vnd.downhill.").removesuffix("+json")
    return f"{name} “{value['text']}”" if mime == CLAIM and value and "text" in value else name


def _shown(output: NotebookNode) -> str:
    if output.output_type == "stream":
        return str(output.text)
    if output.output_type == "error":
        return _last_line(output)
    return _brief(output.data.get("text/plain", next(iter(output.data.values()))))


def _brief(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)[:200]
