"""The table of all claims."""

from __future__ import annotations

from typing import Any

from markdown import markdown

from coursebuild.render.bundles import CLAIM
from coursebuild.render.claims import Source, table
from coursebuild.render.outputs import Page, render


def claim(text: str, state: str = "held") -> dict[str, object]:
    return {CLAIM: {"text": text, "state": state, "on": "gpu", "measured": {"a": "1"}}}


def test_each_claim_links_to_the_place_where_it_is_made(page: Page, make: Any) -> None:
    cell = make.shown(claim("first"), claim("second", "elsewhere"))
    run = {"profile": "cpu", "device": "GPU of ours", "date": "2026-11-21T00:00"}
    made = table(
        [Source("T & U", {"a-cell": "../x/"}, make.notebook(cell, provenance=run))], markdown
    )
    anchors = [a for a in ("claim-a-cell", "claim-a-cell-2") if f'href="../x/#{a}"' in made]
    assert len(anchors) == 2
    assert all(f'id="{anchor}"' in render(cell, page) for anchor in anchors)
    for part in ("T &amp; U", "1 of 2 held", "GPU of ours", "2026-11-21", "<code>a</code> = 1"):
        assert part in made
    assert "only on all the real data, on a GPU" in made


def test_a_link_in_a_claim_does_not_break_the_link_around_it(make: Any) -> None:
    cell = make.shown(claim("see [there](https://a.test)"))
    made = table([Source("T", {"a-cell": "x/"}, make.notebook(cell))], markdown)
    assert made.count("<a ") == 1
