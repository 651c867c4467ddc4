"""Formulas by KaTeX, in a real node."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from coursebuild.render.assets import Assets
from coursebuild.render.maths import Katex, typeset
from coursebuild.render.problem import PageError

MODULES = Path(__file__).parents[3] / "node_modules"
INLINE = r'<span class="arithmatex">\(a &lt; b\)</span>'
BLOCK = r'<div class="arithmatex">\[\begin{align*} a &amp;= b \end{align*}\]</div>'


@pytest.fixture
def katex(assets: Assets) -> Iterator[Katex]:
    if not (MODULES / "katex").exists():
        pytest.skip("KaTeX is not here; to enable this test: npm ci --omit=dev --ignore-scripts")
    made = Katex(MODULES, assets)
    yield made
    made.close()


def test_formulas_are_set_without_a_script(katex: Katex) -> None:
    made, count = typeset(f"<p>{INLINE}</p>{BLOCK}", katex, "page")
    assert count == 2
    assert made.count("<math") == 2
    assert "arithmatex" not in made
    assert "<annotation" not in made
    assert '<div class="formula" data-search-exclude tabindex="0"' in made


def test_a_formula_that_is_known_starts_no_node(katex: Katex, assets: Assets) -> None:
    first, _ = typeset(INLINE, katex, "page")
    again = Katex(MODULES, assets)
    assert typeset(INLINE, again, "page")[0] == first
    assert katex.started
    assert not again.started


def test_a_formula_that_cannot_be_read_is_named_with_its_page(katex: Katex) -> None:
    with pytest.raises(PageError, match=r"frac\{1.*lessons/x.ipynb"):
        typeset(r'<span class="arithmatex">\(\frac{1\)</span>', katex, "lessons/x.ipynb")
    assert typeset(INLINE, katex, "page")[1] == 1  # and the next one is set


def test_missing_katex_says_how_to_get_it(assets: Assets, tmp_path: Path) -> None:
    with pytest.raises(PageError, match="npm ci"):
        typeset(INLINE, Katex(tmp_path, assets), "page")


def test_only_fonts_that_browsers_take_are_published(katex: Katex, tmp_path: Path) -> None:
    katex.styles(tmp_path)
    css = (tmp_path / "assets/katex/katex.css").read_text()
    assert ".woff2" in css
    assert ".ttf" not in css
    assert ".woff)" not in css
    for name in {part.split(")")[0] for part in css.split("url(")[1:]}:
        assert (tmp_path / "assets/katex" / name).exists()
