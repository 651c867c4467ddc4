from __future__ import annotations

import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from coursebuild.agreement import printed_misses
from coursebuild.tolerance import Tolerance
from coursebuild.unordered import in_one_order

SAME = [
    ("{'cat', 'dog'}", "{'dog', 'cat'}"),
    ("{'a': 1, 'b': 2}", "{'b': 2, 'a': 1}"),
    ("{3, 12, 7}", "{12, 3, 7}"),
    ("frozenset({1, 2})", "frozenset({2, 1})"),
    ("words {'a, b', 'c'} and {1}", "words {'c', 'a, b'} and {1}"),
    ("{'a': {2, 1}, 'b': [1, 2]}", "{'b': [1, 2], 'a': {1, 2}}"),
    ("{(1, 2): 'x', (2, 1): 'y'}", "{(2, 1): 'y', (1, 2): 'x'}"),
    ('{"it\'s": 1, b"a, b": 2}', '{b"a, b": 2, "it\'s": 1}'),
    ("{'a': 1,\n 'b': 2}", "{'b': 2, 'a': 1}"),
    ("{0.5003, 0.4998}", "{0.4999, 0.5002}"),
]
DIFFERENT = [
    ("{'cat', 'dog'}", "{'cat', 'cow'}"),
    ("{'a': 1, 'b': 2}", "{'a': 2, 'b': 1}"),
    ("{'a': 1, 'b': 2}", "{'a': 1}"),
    ("{'a': [1, 2]}", "{'a': [2, 1]}"),
    ("[1, 2]", "[2, 1]"),
    ("({1}, {2})", "({2}, {1})"),
    ("{'a, b', 'c'}", "{'b', 'c, a'}"),
    ("OrderedDict({'a': 1, 'b': 2})", "OrderedDict({'b': 2, 'a': 1})"),
    (r"\frac{a, b}{c}", r"\frac{b, a}{c}"),
    ("x_{i, j}", "x_{j, i}"),
    ("{'a': 1, 'b'", "{'b': 1, 'a'"),
    ("{'a, 1}", "{1, 'a}"),
    ("{0.5, 0.7}", "{0.5, 0.8}"),
]


@pytest.mark.parametrize(("stored", "came"), SAME)
def test_order_of_sets_and_dicts_does_not_count(stored: str, came: str) -> None:
    assert printed_misses(stored, came, Tolerance()) == []


@pytest.mark.parametrize(("stored", "came"), DIFFERENT)
def test_other_items_and_the_order_of_all_else_do_count(stored: str, came: str) -> None:
    assert printed_misses(stored, came, Tolerance())


def test_number_that_misses_is_told_beside_its_own_key() -> None:
    misses = printed_misses("{'a': 1, 'b': 2}", "{'b': 3, 'a': 1}", Tolerance())
    assert misses == ["2 became 3: whole numbers must be equal"]


values = st.recursive(
    st.integers() | st.text("ab,:{}'\" \\", max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("ab,:{}'\"", max_size=3), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(values, st.randoms(use_true_random=False))
@example({":{": {"": 0, "a": 0}}, random.Random(1))
@example([":{", {"": 0, "a": 0}], random.Random(1))
def test_dict_agrees_with_itself_in_another_order(value: object, chance: random.Random) -> None:
    def shuffled(thing: object) -> object:
        if isinstance(thing, dict):
            items = [(key, shuffled(inner)) for key, inner in thing.items()]
            chance.shuffle(items)
            return dict(items)
        return [shuffled(inner) for inner in thing] if isinstance(thing, list) else thing

    assert in_one_order(repr(value)) == in_one_order(repr(shuffled(value)))


@given(st.text("{}[](),:'\"\\ab1 \n", max_size=30))
def test_any_text_can_be_read(text: str) -> None:
    assert in_one_order(in_one_order(text)) == in_one_order(text)
