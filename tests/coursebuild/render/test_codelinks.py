"""Links in a lesson's code."""

from __future__ import annotations

import pytest
from nbformat.v4 import new_code_cell

from coursebuild.render.codelinks import documentation, link, scopes
from coursebuild.render.page import Draft
from coursebuild.render.problem import PageError

URLS = {"a.f": "../api/#a.f", "a.g": "https://x.org/?g&h", "a.h": "../api/#a.f"}
IMPORT = ("set-up", "from a import f, g, h", False)


def linked(*cells: tuple[str, str, bool]) -> str:
    """A page of code cells: (id, HTML of the code, whether it is folded)."""
    notebook = type("Notebook", (), {})()
    plain = {"&lt;": "<", '<span class="k">': "", '<span class="nb">': "", "</span>": ""}
    notebook.cells = []
    for name, code, _ in cells:
        for old, new in plain.items():
            code = code.replace(old, new)
        notebook.cells.append(new_code_cell(code, id=name))
    draft = Draft(code=[(name, shut) for name, _, shut in cells])
    head = '<div class="language-python nb-code highlight"><pre tabindex="0"><code>'
    page = "".join(f"{head}{code}</code></pre></div>" for _, code, _ in cells)
    return link(page, draft, scopes(notebook), URLS)


def test_a_name_is_linked_where_it_is_first_used() -> None:
    made = linked(IMPORT, ("one", "f(f(1))", False), ("two", "f(2)", False))
    assert '<code><a href="../api/#a.f">f</a>(f(1))</code>' in made
    assert made.count("<a ") == 1


def test_two_names_of_one_page_are_linked_once() -> None:
    assert linked(IMPORT, ("one", "f(h)", False)).count("<a ") == 1


def test_what_is_folded_away_comes_last() -> None:
    made = linked(IMPORT, ("shut", "f(1); g(1)", True), ("open", "f(2)", False))
    assert '<code>f(1); <a href="https://x.org/?g&amp;h">g</a>(1)</code>' in made
    assert '<code><a href="../api/#a.f">f</a>(2)</code>' in made


@pytest.mark.parametrize(
    ("code", "found"),
    [
        (
            '<span class="k">return</span> <span class="nb">f</span>(x)',
            '<a href="../api/#a.f"><span class="nb">f</span></a>(x)',
        ),
        ("x &lt; f", 'x &lt; <a href="../api/#a.f">f</a></code>'),
        ("f", '<code><a href="../api/#a.f">f</a></code>'),
    ],
)
def test_tags_and_entities_stay_whole(code: str, found: str) -> None:
    code = code.replace("return</span> ", "not</span> ")  # a statement that stands alone
    assert found in linked(IMPORT, ("one", code, False))


def test_code_that_lost_its_block_stops_the_build() -> None:
    with pytest.raises(PageError, match="1 code cells became 0 blocks"):
        link("<p></p>", Draft(code=[("one", False)]), {}, URLS)


def test_every_listed_page_is_encrypted() -> None:
    assert all(url.startswith("https://") for url in documentation().values())
