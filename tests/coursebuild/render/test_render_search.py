"""The index of the site's search: split, and its code thinned."""

from __future__ import annotations

import json
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import TableOfContents

from coursebuild.render import search
from coursebuild.render.conversions import Conversions

TEXT = (
    "<p>Take a step.</p> <pre><code>loss.backward()\nw -= lr * w.grad</code></pre> "
    "<p>And <code>loss</code> again.</p> <pre><code>loss.backward()  # lr &lt; 1</code></pre>"
)


def test_code_becomes_names_and_prose_stays() -> None:
    assert search.thin(TEXT) == (
        "<p>Take a step.</p> <code>loss backward lr grad</code> "
        "<p>And <code>loss</code> again.</p> "
    )


def test_names_of_other_alphabets_are_names_and_numbers_are_not() -> None:
    assert search.thin("<pre>ŷ_2 = Σx * 0x10 + 1e-3</pre>") == "<code>ŷ_2 Σx</code>"


def test_a_page_without_sections_is_found_by_its_beginning(tmp_path: Path) -> None:
    config = MkDocsConfig()
    config.load_dict({"site_name": "Test"})
    page = Page("A", File("a.md", "", "", True), config)
    page.content = '<h1 id="a">A</h1><p>Begins.</p><h2 id="b">B</h2><p>Detail.</p>'
    page.toc = TableOfContents([])
    found = {}
    for sections in (True, False):
        page.meta = {"search": {"sections": sections}}
        index = search.Index(Conversions(tmp_path), lang=["en"])
        index.add_entry_from_context(page)
        found[sections] = [entry["location"] for entry in index.entries]
    assert found == {True: ["a/", "a/#b"], False: ["a/"]}


def test_the_index_is_split_once(tmp_path: Path) -> None:
    (tmp_path / "search").mkdir()
    written = {"config": {"lang": ["en"]}, "docs": [{"location": "a/", "title": "A", "text": TEXT}]}
    (tmp_path / search.INDEX).write_text(json.dumps(written), encoding="utf-8")
    search.defer(tmp_path)
    assert json.loads((tmp_path / search.INDEX).read_text()) == {**written, "docs": []}
    [section] = json.loads((tmp_path / search.SECTIONS).read_text(encoding="utf-8"))
    assert (section["location"], section["title"]) == ("a/", "A")
    assert "backward" in section["text"]


def test_a_site_without_search_is_left_alone(tmp_path: Path) -> None:
    search.defer(tmp_path)
    assert list(tmp_path.iterdir()) == []
