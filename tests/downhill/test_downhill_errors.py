"""One line: what, where, what to do. (Not test_errors: the site builder has one too.)"""

import pytest

from downhill.errors import DownhillError


def test_an_error_says_what_where_and_what_to_do():
    error = DownhillError("It is missing", "in a folder", "get it")
    assert str(error) == "It is missing — in a folder — get it"
    assert (error.what, error.where, error.do) == ("It is missing", "in a folder", "get it")
    assert str(DownhillError("It is missing", do="get it")) == "It is missing — get it"


def test_outside_a_notebook_the_traceback_is_the_message_alone():
    with pytest.raises(DownhillError) as caught:
        raise DownhillError("Here")
    assert caught.value._render_traceback_() == ["DownhillError: Here"]


def test_in_a_notebook_the_line_of_the_cell_and_the_message_are_shown(cell, monkeypatch):
    monkeypatch.setenv("DOWNHILL_PROFILE", "tpu")
    _, error, shown = cell("from downhill.data import mnist_sample\n\npath = mnist_sample()")
    assert isinstance(error, DownhillError)
    assert shown.splitlines() == [
        "----> 3 path = mnist_sample()",
        "DownhillError: Unknown profile 'tpu' — in DOWNHILL_PROFILE — "
        "use one of: offline, cpu, gpu",
    ]
