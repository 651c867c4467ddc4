"""The rules of `course lint`, as a table, and how they are applied."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ..canonical import canonical, dumps, write
from ..course import Course
from ..errors import CourseError
from ..lesson import Lesson
from . import (
    built,
    checkpoints,
    code,
    exercises,
    form,
    gpu,
    headings,
    ids,
    links,
    numbers,
    outcomes,
    spelling,
)
from .fault import Fault, Found, Subject


@dataclass(frozen=True)
class Rule:
    """A name, to be seen in messages, and a function that finds what is against the rule."""

    name: str
    find: Callable[[Subject], Iterator[Found]]


RULES = (
    Rule("pictures", form.pictures),
    Rule("execution", form.execution),
    Rule("form", form.form),
    Rule("conflicts", form.conflicts),
    Rule("ids", ids.named_cells),
    Rule("tags", form.known_tags),
    Rule("headings", headings.headings),
    Rule("outcomes", outcomes.outcomes),
    Rule("links", links.links),
    Rule("exercises", exercises.exercises),
    Rule("answers", exercises.answers),
    Rule("checkpoints", checkpoints.checkpoints),
    Rule("folded-checkpoints", checkpoints.folded_checkpoints),
    Rule("numbers", numbers.typed_numbers),
    Rule("spelling", spelling.spelling),
    Rule("gpu", gpu.gpu),
    Rule("star-imports", code.star_imports),
    Rule("alt-text", code.alt_texts),
    Rule(built.NAME, built.concept_code),
    Rule("ruff", code.ruff),
)


def lint(course: Course, lessons: Iterable[Lesson]) -> list[Fault]:
    """All faults, lesson by lesson in the order of the rules; nothing is run."""
    return [fault for lesson in lessons for fault in _lint(course, lesson)]


def _lint(course: Course, lesson: Lesson) -> Iterator[Fault]:
    try:
        subject = Subject(course, lesson)
    except CourseError as error:
        yield Fault("notebook", lesson.name, "", 0, error.what, error.do)
        return
    for rule in RULES:
        for found in rule.find(subject):
            yield Fault(rule.name, lesson.name, found.cell, found.line, found.what, found.do)


def mend(course: Course, lessons: Iterable[Lesson]) -> list[Lesson]:
    """Mend what can be mended without a person; the lessons whose files have changed."""
    changed = []
    for lesson in lessons:
        try:
            subject = Subject(course, lesson)
        except CourseError:
            continue  # `lint` says it
        ids.name_cells(subject)
        spelling.mend_spelling(subject)
        if dumps(canonical(subject.notebook)) != subject.stored:
            write(canonical(subject.notebook), lesson.path)
        code.mend_with_ruff(lesson.path, course.root)
        again = Subject(course, lesson)  # ruff lays a file out in its own way
        if dumps(canonical(again.notebook)) != again.stored:
            write(canonical(again.notebook), lesson.path)
        if lesson.path.read_text(encoding="utf-8") != subject.stored:
            changed.append(lesson)
    return changed
