"""One line: what, where, what to do. (Not test_errors: the site builder has one too.)"""

from downhill.errors import DownhillError


def test_an_error_says_what_where_and_what_to_do():
    error = DownhillError("It is missing", "in a folder", "get it")
    assert str(error) == "It is missing — in a folder — get it"
    assert (error.what, error.where, error.do) == ("It is missing", "in a folder", "get it")
    assert str(DownhillError("It is missing", do="get it")) == "It is missing — get it"


def test_outside_a_notebook_the_traceback_is_the_message_alone():
    try:
        raise DownhillError("Here")
    except DownhillError as error:
        assert error._render_traceback_() == ["DownhillError: Here"]


def test_in_a_notebook_the_line_of_the_cell_and_the_message_are_shown(cell):
    _, error, shown = cell(
        "from downhill.repro import default_device\nimport os\n"
        "os.environ['DOWNHILL_PROFILE'] = 'tpu'\ntry:\n    default_device()\n"
        "finally:\n    os.environ['DOWNHILL_PROFILE'] = 'offline'"
    )
    assert isinstance(error, DownhillError)
    assert shown.splitlines() == [
        "----> 5     default_device()",
        "DownhillError: Unknown profile 'tpu' — in DOWNHILL_PROFILE — "
        "use one of: offline, cpu, gpu",
    ]
