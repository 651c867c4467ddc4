"""The graph of the lessons, and its text."""

from __future__ import annotations

import lxml.html
import pytest

from coursebuild.render.problem import PageError
from coursebuild.render.syllabus import GRAPH, Stop, places

STOPS = {
    name: Stop(
        name, title, f"../lessons/{name}/", minutes, {"CPU": "38 s (offline)", "GPU": "9.0 s"}
    )
    for name, title, minutes in (
        ("01_one", "One & only", 64),
        ("02_two", "Two", 70),
        ("03_three", "Three", 5),
        ("04_apart", "Apart", 5),
    )
}
PATH = {"02_two": {"01_one": "slopes"}, "03_three": {"01_one": "loops", "02_two": "rates"}}


def graph(path: object = PATH) -> lxml.html.HtmlElement:
    return lxml.html.fragment_fromstring(places(GRAPH, path, STOPS), create_parent="div")


def test_each_lesson_is_a_link_with_its_title_and_its_time() -> None:
    links = graph().xpath("//svg//a")
    assert [a.get("href") for a in links] == [stop.url for stop in STOPS.values()]
    assert links[0].text_content() == "1 One & only64 min"


def test_arrows_leave_out_what_follows_from_others() -> None:
    """3 needs 1 and 2, and 2 needs 1: two arrows say it."""
    assert len(graph().xpath("//svg/path[@class='path-arrow']")) == 2
    assert "from lesson 1 to lesson 2; from lesson 2 to lesson 3" in places(GRAPH, PATH, STOPS)


def test_the_text_says_all_that_a_lesson_needs() -> None:
    items = [item.text_content() for item in graph().xpath("//li")]
    assert items == [
        "1 One & only needs no other lesson.",
        "2 Two needs lesson 1 (slopes).",
        "3 Three needs lesson 1 (loops) and lesson 2 (rates).",
        "4 Apart needs no other lesson.",
    ]


def test_the_graph_is_named_and_described() -> None:
    svg = graph().xpath("//svg")[0]
    for attribute in ("aria-labelledby", "aria-describedby"):
        assert graph().xpath(f"//*[@id='{svg.get(attribute)}']")
    assert not svg.xpath(".//@style | .//style")


def test_a_time_comes_from_the_run_and_is_not_typed() -> None:
    html = places("<!-- downhill:time 01_one -->", None, STOPS)
    assert (
        html == '<p class="lesson-time">Reading 64 min · running CPU 38 s (offline) · GPU 9.0 s</p>'
    )


@pytest.mark.parametrize(
    ("content", "path"),
    [
        ("<!-- downhill:time 09_gone -->", None),
        (GRAPH, {"09_gone": {}}),
        (GRAPH, {"01_one": {"09_gone": "x"}}),
    ],
)
def test_a_lesson_that_is_not_there_is_named(content: str, path: object) -> None:
    with pytest.raises(PageError, match="no lesson “09_gone”"):
        places(content, path, STOPS)


def test_a_lesson_that_needs_itself_is_named() -> None:
    with pytest.raises(PageError, match="needs itself"):
        places(GRAPH, {"01_one": {"02_two": "x"}, "02_two": {"01_one": "y"}}, STOPS)
