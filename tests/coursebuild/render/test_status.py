"""The status page and the badge say what the artefacts say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lxml import html as lxml_html

from coursebuild.render import status
from coursebuild.render.bundles import CLAIM

FACTS = {
    "profile": "offline",
    "device": "CPU <of ours>",
    "date": "2026-11-21T10:00:00+00:00",
    "commit": "c0ffee" * 7,
    "dirty": True,
    "seconds": 12.3,
    "versions": {"torch": "2.9"},
}
OLD = {"category": "FutureWarning", "text": "f() goes away", "where": "a/b.py", "cell": "a-cell"}


def source(make: Any, *states: str, warnings: Any = (), **more: Any) -> status.Source:
    """A lesson with claims in these states, executed in two profiles."""
    cell = make.shown(*({CLAIM: {"text": "t", "state": state}} for state in states))
    facts = {**FACTS, **({} if warnings is None else {"warnings": list(warnings)})}
    made = make.notebook(cell, provenance=facts, **more)
    gpu = make.notebook(cell, provenance={**facts, "profile": "gpu", "seconds": 3.0})
    runs = status.runs((made, gpu, made, make.notebook(cell)))
    return status.Source("01_x", "X & Y", "../lessons/01_x/", runs, {"a-cell": "../lessons/p/"})


def history(*seconds: float, state: str = "cached") -> Any:
    runs = [{"seconds": s, "device": "CPU"} for s in seconds]
    return {"offline": {"01_x": {"runs": runs, "last": {"state": state, "date": "d"}}}}


def text(page: str) -> str:
    return " ".join(lxml_html.fromstring(f"<div>{page}</div>").text_content().split())


def test_each_profile_is_a_row_made_from_its_artefact(make: Any) -> None:
    page = status.table([source(make, "held", "held", "elsewhere")], history(11, 12))
    assert page.count("<tr>") == 3
    assert 'rowspan="2" id="01_x"' in page
    words = text(page)
    for part in ("X & Y", "CPU <of ours>", "torch 2.9", "commit c0ffeec and edits, machine 1"):
        assert part in words
    for part in ("2026-11-21 10:00", "12 s", "3.0 s", "2 of 2 held", "1 only elsewhere"):
        assert part in words
    assert page.count('<li id="machine-') == 1  # both ran on the same
    assert "from the cache" in words
    assert "not known" in words  # of the other profile there is no history


def test_a_time_stands_under_the_device_that_computed(make: Any) -> None:
    facts = [
        {**FACTS, "seconds": 38.0},
        {**FACTS, "profile": "gpu", "device": "GPU: NVIDIA H100", "seconds": 12.0},
    ]
    stated = {"running_minutes": {"cpu": 6, "offline": 1}}
    runs = status.runs(make.notebook(provenance=of) for of in facts)
    assert status.times(make.notebook(**stated), runs) == {
        "CPU": "38 s (offline), about 6 min (cpu)",
        "GPU": "12 s",
    }
    assert status.times(make.notebook(**stated), []) == {
        "CPU": "about 6 min (cpu), about 1 min (offline)"
    }


def test_a_lesson_that_needs_no_gpu_has_no_time_on_one(make: Any) -> None:
    runs = status.runs([make.notebook(provenance={**FACTS, "profile": "gpu", "seconds": 2.0})])
    assert status.times(make.notebook(), runs) == {"CPU": "2.0 s (gpu)"}


def test_the_trend_is_told_in_words_too(make: Any) -> None:
    page = status.table([source(make)], history(11, 12, 30))
    assert 'aria-label="The last 3 runs: 11 s, 12 s, 30 s"' in page
    assert "twice the usual" in page
    assert "<svg" not in status.table([source(make)], history(11))


def test_warnings_are_listed_with_cell_and_profile_the_news_marked(make: Any) -> None:
    new = {**OLD, "text": "g() <b> goes"}
    known = ["FutureWarning: f() goes away (a/b.py)"]
    page = status.table([source(make, warnings=[OLD, OLD, new], known_warnings=known)], {})
    assert '<a href="#warnings">2, 1 new</a>' in page
    assert "<strong>new</strong> <code>FutureWarning</code> g() &lt;b&gt; goes" in page
    cell = '<a href="../lessons/p/">X &amp; Y, cell <code>a-cell</code></a> (offline, gpu)'
    assert page.count(cell) == 2
    assert page.count("f() goes away") == 1


def test_a_warning_of_two_lessons_is_told_once_with_both_cells(make: Any) -> None:
    one, two = (replace(source(make, warnings=[OLD]), title=title) for title in ("One", "Two"))
    page = status.table([one, two], {})
    assert page.count("f() goes away") == 1
    assert "One, cell a-cell (offline, gpu); Two, cell a-cell (offline, gpu)" in text(page)


def test_a_lesson_without_warnings_says_none_and_an_old_run_that_it_did_not_look(make: Any) -> None:
    clean, old = (status.table([source(make, warnings=w)], {}) for w in ((), None))
    assert ">none</td>" in clean
    assert "<p>None.</p>" in clean
    assert ">not noted</td>" in old
    assert "<p>None noted; some runs are older" in old


def test_the_badge_says_what_the_run_proved(make: Any) -> None:
    good = source(make, "held", "held", "elsewhere").runs[0]
    assert "✓</span> 2 claims held</a>" in status.badge(good, "../status/#01_x")
    assert 'href="../status/#01_x"' in status.badge(good, "../status/#01_x")
    bad = source(make, "held", "failed", warnings=[OLD]).runs[0]
    assert "!</span> 1 of 2 claims held, 1 new warning</a>" in status.badge(bad, "x")
    known = ["FutureWarning: f() goes away (a/b.py)"]
    old = source(make, "held", warnings=[OLD], known_warnings=known).runs[0]
    assert "✓</span> 1 claim held</a>" in status.badge(old, "x")
    assert status.badge(None, "x") == status.badge(good, "") == ""
