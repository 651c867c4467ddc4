"""What the package has from this lesson is what the lesson shows."""

from __future__ import annotations

from collections.abc import Iterator

from ..concepts import bare, concepts, definitions
from .fault import Found, Subject


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
