"""What the package has from this lesson is what the lesson shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..concepts import bare, concepts, definitions
from ..course import Course
from ..errors import CourseError
from ..lesson import Lesson
from .fault import Fault, Found, Subject

NAME = "concepts"


def concept_code(subject: Subject) -> Iterator[Found]:
    """A lesson may improve on its own first version: the last one counts."""
    package = subject.course.source_dir / "downhill"
    for concept in concepts(package):
        if concept.number != subject.lesson.number:
            continue
        where = f"src/downhill/{concept.path.relative_to(package)}"
        try:
            found = list(definitions(subject.notebook, concept.name))
        except SyntaxError:
            return  # ruff says it
        if not found:
            do = f"define it in a cell, or mend its docstring in {where}"
            yield Found("", 0, f"{concept.name} is said to be built here and is not", do)
        elif bare(found[-1][1]) != bare(concept.node):
            cell, node = found[-1]
            do = f"make the two the same: {where}, line {concept.node.lineno}"
            yield Found(cell.id, node.lineno, f"{concept.name} is not the package's", do)


def must_be_one(course: Course, lessons: Iterable[Lesson]) -> None:
    """Refuse lessons that show other code than the package has. Raises CourseError."""
    faults = [
        Fault(NAME, lesson.name, found.cell, found.line, found.what, found.do)
        for lesson in lessons
        for found in concept_code(Subject(course, lesson))
    ]
    if faults:
        first = faults[0]
        more = f" (and {len(faults) - 1} more: course lint)" if len(faults) > 1 else ""
        raise CourseError(first.what + more, first.place, first.do)
