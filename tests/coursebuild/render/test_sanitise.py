"""HTML from a kernel."""

from __future__ import annotations

import pytest

from coursebuild.render.sanitise import clean, table_html


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg onload=alert(1)></svg>",
        '<a href="javascript:alert(1)">x</a>',
        '<p style="position:fixed" onclick="alert(1)">x</p>',
        "<style>body{display:none}</style>",
        '<iframe src="//elsewhere"></iframe>',
    ],
)
def test_nothing_that_runs_or_restyles_survives(hostile: str) -> None:
    made = clean(hostile)
    for trace in ("alert", "style", "<img", "<svg", "<iframe", "display:none"):
        assert trace not in made


def test_ids_cannot_collide_with_those_of_the_page() -> None:
    assert clean('<p id="search">x</p>') == "<p>x</p>"


def test_a_table_scrolls_by_itself_and_has_a_name() -> None:
    made = table_html("<table border=1><tr><td>1</td></tr></table> after", "Output table 3")
    assert made.startswith('<div class="nb-scroll" tabindex="0" role="region"')
    assert 'aria-label="Output table 3"' in made
    assert made.endswith("</div> after")


def test_a_second_table_has_another_name() -> None:
    made = table_html("<table></table><table></table>", "Output table 1")
    assert 'aria-label="Output table 1 (2)"' in made


def test_header_cells_say_what_they_head() -> None:
    made = table_html(
        "<table><thead><tr><th></th><th>loss</th></tr></thead>"
        "<tbody><tr><th>0</th><td>1</td></tr></tbody></table>",
        "t",
    )
    assert "<td></td>" in made
    assert '<th scope="col">loss</th>' in made
    assert '<th scope="row">0</th>' in made


def test_no_attribute_holds_what_later_steps_would_take_for_markup() -> None:
    """libxml2 writes a comment in an attribute as it stands, and marks of ours are comments."""
    for inner in ("<!-- downhill:claims -->", "<table>x</table>", '<!-- " onclick=x -->'):
        title = inner.replace('"', "&quot;")
        made = table_html(f'<p title="{title}">x</p>', "T")
        assert made.count("<") == 2
        assert "-->" not in made
