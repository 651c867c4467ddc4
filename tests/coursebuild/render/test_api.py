"""The page of the package, from small packages written here."""

from __future__ import annotations

from pathlib import Path

import pytest
from markdown import markdown

from coursebuild.render import api

SHAPES = '''"""Shapes of things."""


def area(
    width: float,
    height: float = 1.0,  # metres
) -> float:
    """What `width` × height <covers>.

    Built in lesson 02.

    width: in metres.
    height: too.
    """
    return width * height


class Box:
    """A box."""

    lid: bool  # or open

    def __init__(self, lid):
        self.lid = lid

    def shut(self):
        """Close it."""

    def _hidden(self): ...


def _private(): ...
'''


@pytest.fixture
def package(tmp_path: Path) -> Path:
    root = tmp_path / "src" / "downhill"
    (root / "exercises").mkdir(parents=True)
    (root / "shapes.py").write_text(SHAPES)
    (root / "empty.py").write_text('"""Nothing public."""\nX = 1\n')
    (root / "exercises" / "__init__.py").write_text(
        '"""Checks."""\nfrom downhill.exercises.verdict import check\n'
    )
    (root / "exercises" / "verdict.py").write_text(
        'def check():\n    """Looks."""\n\n\ndef answer():\n    """42."""\n'
    )
    return root


def page(package: Path) -> str:
    around = api.Surroundings(
        "https://host/x/y",
        lambda number, name: (f"../lessons/{number}/#{name}", "1. Areas & more"),
        lambda text: markdown(text, extensions=["pymdownx.superfences"]),
    )
    draft = api.draft(api.modules(package), around)
    return draft.fill(draft.markdown)


def test_public_names_lead_to_their_places(package: Path) -> None:
    names = {name: a for module in api.modules(package) for name, a in module.names.items()}
    assert names == {
        "downhill.shapes.area": "shapes.area",
        "downhill.shapes.Box": "shapes.Box",
        "downhill.shapes.Box.shut": "shapes.Box.shut",
        "downhill.exercises.check": "exercises.check",
    }
    made = page(package)
    assert all(f'id="{anchor}"' in made for anchor in names.values())
    assert "exercises.answer" not in made
    assert "Nothing public" not in made


def test_a_definition_is_shown_as_the_source_has_it(package: Path) -> None:
    area, box = api.modules(package)[0].entries
    assert area.signature.endswith("    height: float = 1.0,  # metres\n) -> float")
    assert box.signature == "class Box\n    lid: bool  # or open\n    def __init__(self, lid)"


def test_a_docstring_becomes_html(package: Path) -> None:
    made = page(package)
    assert "What <code>width</code> × height &lt;covers&gt;." in made
    assert "width: in metres.<br>height: too." in made
    assert api.text("Text:\n\n    a <b>\n    c") == (
        '<p>Text:</p><pre tabindex="0">a &lt;b&gt;\nc</pre>'
    )


def test_what_a_lesson_builds_leads_there_and_all_leads_to_the_source(package: Path) -> None:
    made = page(package)
    assert 'Built in lesson 02: <a href="../lessons/02/#area">1. Areas &amp; more</a>' in made
    assert "Built in lesson 02." not in made
    assert "https://host/x/y/blob/main/src/downhill/shapes.py#L4" in made
    assert "https://host/x/y/blob/main/src/downhill/exercises/verdict.py#L1" in made


def test_a_course_without_a_package_has_no_such_page(tmp_path: Path) -> None:
    assert api.modules(tmp_path / "downhill") == []
