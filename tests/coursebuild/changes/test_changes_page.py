from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import lxml.html
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from coursebuild.cache import Cache, Result
from coursebuild.canonical import CLAIM, FIGURE, canonical, write
from coursebuild.changes.page import write_changes
from coursebuild.changes.pictures import beside, pictures
from coursebuild.course import Course
from coursebuild.job import Failure
from coursebuild.lesson import Lesson, code_digest

KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
MARKUP = "<script>alert(1)</script>"


def figure(picture: str, title: str = "Loss") -> NotebookNode:
    summary = {
        "alt": f"A curve called {title}",
        "axes": [{"title": title, "lines": [{"mean": 0.5}]}],
    }
    data = {FIGURE: summary, "image/png": picture, "text/plain": "Figure"}
    return new_output("display_data", data=data)


def text(words: str) -> NotebookNode:
    return new_output("stream", name="stdout", text=words)


def claim(state: str) -> NotebookNode:
    return new_output("display_data", data={CLAIM: {"text": "Loss falls", "state": state}})


class Branch:
    """A lesson with two cells, the run it was stored from, and what a run says today."""

    def __init__(self, course: Course) -> None:
        self.course, self.lesson = course, Lesson(course.lessons_dir / "01_a.ipynb")
        self.path = course.executed("offline") / "01_a.ipynb"
        cells = [
            new_markdown_cell("# Slopes\n\n## Training", id="head"),
            new_code_cell("fit()", id="fit", outputs=[text("loss 0.5\nsteps 3\n"), claim("held")]),
            new_code_cell("draw()", id="draw", outputs=[figure("b2xk")]),
        ]
        for cell in cells[1:]:
            cell.execution_count = 1
        self.then = new_notebook(cells=cells, metadata=KERNEL)
        write(canonical(self.then), self.lesson.path)
        self.now = copy.deepcopy(self.then)

    def keep_the_run_of_then(self, **facts: Any) -> None:
        cells = [{"id": name, "seconds": 1.0} for name in ("fit", "draw")]
        outputs = [[dict(o) for o in cell.outputs] for cell in self.then.cells[1:]]
        facts = {
            "date": "2026-01-01T10:00:00",
            "commit": None,
            "cells": cells,
            "seconds": 2,
        } | facts
        result = Result(outputs, ["fit()", "draw()"], facts)
        Cache(self.course, "offline", "cpu").store(self.lesson, "key", set(), result)

    def page(self, *different: str, **facts: Any) -> tuple[str, list[str]]:
        provenance = {"date": "2026-01-02T10:00:00", "commit": None, "code": code_digest(self.now)}
        self.now.metadata["downhill"] = {"provenance": provenance | facts}
        write(self.now, self.path)
        path, news = write_changes(self.course, [self.lesson], different)
        return path.read_text(encoding="utf-8"), news


@pytest.fixture
def branch(course: Course) -> Branch:
    return Branch(course)


def words(html: str) -> str:
    body = lxml.html.document_fromstring(html).find("body")
    return " ".join(" ".join(body.itertext()).split())


def test_run_that_says_what_it_said_is_named_as_the_same(branch: Branch) -> None:
    html, news = branch.page()
    assert news == []
    assert "Nothing: every lesson that was looked at" in words(html)
    assert "the same: 01_a" in words(html)


def test_old_and_new_figure_stand_next_to_each_other(branch: Branch) -> None:
    branch.keep_the_run_of_then()
    branch.now.cells[2].outputs = [figure("bmV3", "Accuracy")]
    html, news = branch.page("01_a")
    assert news == ["01_a"]
    images = lxml.html.document_fromstring(html).xpath("//div[@class='pair']//img")
    assert [image.get("src") for image in images] == [
        "data:image/png;base64,b2xk",
        "data:image/png;base64,bmV3",
    ]
    assert [image.get("alt") for image in images] == [
        "A curve called Loss",
        "A curve called Accuracy",
    ]
    assert "axes[0].title" in words(html)


def test_page_says_where_no_picture_of_then_is_kept(branch: Branch) -> None:
    branch.now.cells[2].outputs = [figure("bmV3", "Accuracy")]
    html, _ = branch.page("01_a")
    assert "The picture of then is not in this cache." in words(html)
    assert "none says what is stored" in words(html)


def test_picture_of_another_run_is_not_shown_as_that_of_then(branch: Branch) -> None:
    branch.then.cells[1].outputs = [text("loss 0.9\nsteps 3\n")]
    branch.keep_the_run_of_then()
    branch.now.cells[2].outputs = [figure("bmV3", "Accuracy")]
    html, _ = branch.page("01_a")
    assert "b2xk" not in html


def test_number_that_misses_is_marked_on_both_sides(branch: Branch) -> None:
    branch.now.cells[1].outputs[0] = text("loss 0.7\nsteps 3\n")
    html, _ = branch.page("01_a")
    tree = lxml.html.document_fromstring(html)
    assert [x.text for x in tree.xpath("//table[@class='both']//del")] == ["0.5"]
    assert [x.text for x in tree.xpath("//table[@class='both']//ins")] == ["0.7"]
    assert "off by 0.2" in words(html)
    assert "Training · cell fit" in words(html)


def test_claims_times_and_warnings_come_first(branch: Branch) -> None:
    branch.keep_the_run_of_then()
    branch.now.cells[1].outputs[1] = claim("elsewhere")
    warning = {"cell": "fit", "category": "FutureWarning", "text": "f is old", "where": "cell"}
    html, _ = branch.page(
        "01_a",
        cells=[{"id": "fit", "seconds": 9.0}],
        seconds=10,
        warnings=[{**warning, "line": 2}],
    )
    said = words(html)
    assert "Claims that flipped" in said
    assert "Loss falls held elsewhere" in said
    assert "fit 1.0 9.0 9.0" in said
    assert "the whole lesson 2.0 10.0 5.0" in said
    assert "FutureWarning: f is old" in said


def test_cell_that_is_gone_and_one_that_is_new_are_told(
    branch: Branch, git: Callable[..., str]
) -> None:
    """The code is another one than on main, so nbval could not compare the two."""
    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-qm", "lesson 01")
    git("checkout", "-qb", "redraw")
    branch.keep_the_run_of_then()
    branch.now.cells[2].update(id="redraw", source="redraw()", outputs=[figure("bmV3")])
    write(canonical(branch.now), branch.lesson.path)
    html, news = branch.page()
    assert news == ["01_a"]
    heads = lxml.html.document_fromstring(html).xpath("//h3[@id]/@id")
    assert heads == ["01_a-redraw", "01_a-draw"]
    said = words(html)
    assert f"as stored in commit {git('rev-parse', 'main')[:9]}" in said
    assert "There was no such figure." in said
    assert "There is no such figure any more." in said
    assert "this cell is gone" in said


def test_run_that_stopped_says_where_and_which_claim(branch: Branch) -> None:
    problem = "ClaimError: This claim does not hold: Loss falls"
    failure = Failure("01_a", problem, "fit", "Training", 1)
    path, news = write_changes(branch.course, [branch.lesson], failures={"01_a": failure})
    said = words(path.read_text(encoding="utf-8"))
    assert news == ["01_a"]
    assert "The run stopped" in said
    assert "Loss falls held failed" in said


def test_lesson_without_a_run_of_todays_code_is_left_out(branch: Branch) -> None:
    _, news = write_changes(branch.course, [branch.lesson])
    assert news == []
    branch.now.cells[1].source = "other()"
    assert branch.page("01_a")[1] == []


def test_markup_in_an_output_is_text_on_the_page(branch: Branch) -> None:
    branch.now.cells[1].outputs[0] = text(f"{MARKUP}\n")
    branch.now.cells[2].outputs = [figure("bmV3", f'"{MARKUP}')]
    html, _ = branch.page("01_a")
    assert "<script" not in html
    assert lxml.html.document_fromstring(html).xpath("//img")[0].get("alt").endswith(MARKUP)


def test_page_asks_no_other_server_for_anything(branch: Branch) -> None:
    branch.now.cells[2].outputs = [figure("bmV3", "Accuracy")]
    html, _ = branch.page("01_a")
    assert "http:" not in html
    assert "https:" not in html


def test_video_is_shown_by_its_poster_with_the_film_behind_it() -> None:
    film = new_output(
        "display_data", data={"image/png": "cA==", "video/mp4": "dg==", FIGURE: {"alt": "a"}}
    )
    [one] = pictures([text("x"), film])
    assert (one.source, one.video) == ("data:image/png;base64,cA==", "data:video/mp4;base64,dg==")
    assert beside(None, [film]) == [(None, one)]
