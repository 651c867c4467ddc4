"""Terminal text as HTML."""

from __future__ import annotations

import html
import re

from hypothesis import given
from hypothesis import strategies as st

from coursebuild.render.terminal import settle, to_html


def test_of_a_progress_bar_only_the_last_state_stays() -> None:
    assert settle("0 %\r50 %\r100 %\ndone\n") == "100 %\ndone\n"


def test_a_windows_line_end_does_not_empty_the_line() -> None:
    assert settle("kept\r\nnext") == "kept\nnext"


def test_bold_and_colours_become_classes() -> None:
    assert to_html("\x1b[1;31mred\x1b[0m on") == '<span class="ansi-bold ansi-red">red</span> on'


def test_a_colour_replaces_the_one_before() -> None:
    assert "ansi-green ansi-red" not in to_html("\x1b[32ma\x1b[91mb")


def test_colours_that_cannot_follow_the_scheme_are_dropped() -> None:
    assert to_html("\x1b[38;5;208ma\x1b[48;2;1;2;3mb\x1b[0m") == "ab"


def test_bold_ends_where_it_is_ended_and_so_does_a_colour() -> None:
    assert to_html("\x1b[1ma\x1b[22mb\x1b[31mc\x1b[39md").endswith("</span>d")


def test_cursor_movements_leave_no_trace() -> None:
    assert to_html("a\x1b[2Kb\x1b[1Ac") == "abc"


@given(st.text(st.characters(codec="utf-8")))
def test_no_text_can_become_markup(text: str) -> None:
    made = to_html(text)
    assert "<" not in re.sub(r'</?span( class="[a-z -]+")?>', "", made)
    assert "\x1b[" not in html.unescape(made)
