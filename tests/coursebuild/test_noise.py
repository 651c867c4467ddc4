"""Noise goes, changes stay: each kind of noise has a case of both."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursebuild.noise import quiet

SAME = {
    "colors": ("\x1b[31mloss\x1b[0m 1", "loss 1"),
    "a line written over": ("1/2\r2/2", "2/2"),
    "a bar's last return": ("2/2\r\n", "2/2\n"),
    "addresses": ("<f at 0x7f0011223344>", "<f at 0x7f9988776655>"),
    "home folders": ("/home/ada/.fastai/data/3/1.png", "/Users/bob/x/.fastai/data/3/1.png"),
    "files of a kernel": ("/tmp/ipykernel_1/22.py:3: Warn", "/tmp/ipykernel_9/8.py:3: Warn"),
    "a bar's time": ("9/9 [00:01<00:00, 9.1it/s]", "9/9 [01:07<00:00, 2.0it/s]"),
    "fastai's time": ("0  0.5  0.9  00:12", "0  0.5  0.9  01:40"),
    "%time": ("Wall time: 3.1 s", "Wall time: 1.9 ms"),
    "%timeit": (
        "3 ms ± 1 μs per loop (mean ± std. dev. of 7 runs)",
        "5 ms ± 2 μs per loop (mean ± std. dev. of 7 runs)",
    ),
}
DIFFERENT = {
    "colored words": ("\x1b[31mloss\x1b[0m", "\x1b[31mgain\x1b[0m"),
    "what is seen last": ("1/2\r2/2", "2/2\r1/2"),
    "the thing at an address": ("<f at 0x7f0011223344>", "<g at 0x7f0011223344>"),
    "other hexadecimal": ("color 0x7f0011223344", "color 0x7f9988776655"),
    "the file in a folder": ("/home/ada/data/3/1.png", "/home/ada/data/3/2.png"),
    "the file's own folder": ("/home/ada/data/3/1.png", "/home/ada/data/7/1.png"),
    "fractions": ("3/7/9", "3/7/8"),
    "addresses of pages": ("https://a.example/b/c/d", "https://a.example/x/c/d"),
    "a warning's line": ("/tmp/ipykernel_1/22.py:3: Warn", "/tmp/ipykernel_1/22.py:4: Warn"),
    "steps of a bar": ("8/9 [00:01<00:00, 9.1it/s]", "9/9 [00:01<00:00, 9.1it/s]"),
    "losses beside a time": ("0  0.5  0.9  00:12", "0  0.5  0.8  00:12"),
    "seconds in a sentence": ("it took 3 s", "it took 4 s"),
}
SAME_PAGE = {
    "style sheets": ("<style scoped>td {}</style><td>1</td>", "<td>1</td>"),
    "bars": ("<progress value='1'></progress><td>1</td>", "<td>1</td>"),
    "comments": ("<!-- a --><td>1</td>", "<td>1</td>"),
    "ids of pandas": ("<td id='T_a1b2c'>1</td>", "<td id='T_00000'>1</td>"),
    "random ids": (
        "<td id='6f1c9f0e-8a57-4a4e-9c0e-0123456789ab'>1</td>",
        "<td id='00000000-8a57-4a4e-9c0e-0123456789ab'>1</td>",
    ),
    "embedded pictures": (
        "<img src='data:image/png;base64,AAAA'>",
        "<img src='data:image/png;base64,BBBB'>",
    ),
    "blank lines": ("<tr>\n\n  \n<td>1</td>", "<tr>\n<td>1</td>"),
}
DIFFERENT_PAGE = {
    "a value": ("<style>a</style><td>1</td>", "<style>a</style><td>2</td>"),
    "a cell": ("<td>1</td>", "<td>1</td><td>1</td>"),
    "an id that was given": ("<td id='total'>1</td>", "<td id='mean'>1</td>"),
    "the kind of a picture": (
        "<img src='data:image/png;base64,AAAA'>",
        "<img src='data:image/gif;base64,AAAA'>",
    ),
}


@pytest.mark.parametrize("kind", SAME)
def test_noise_is_folded(kind: str) -> None:
    one, other = SAME[kind]
    assert quiet(one) == quiet(other)


@pytest.mark.parametrize("kind", DIFFERENT)
def test_true_change_comes_through(kind: str) -> None:
    one, other = DIFFERENT[kind]
    assert quiet(one) != quiet(other)


@pytest.mark.parametrize("kind", SAME_PAGE)
def test_noise_of_pages_is_folded(kind: str) -> None:
    one, other = SAME_PAGE[kind]
    assert quiet(one, html=True) == quiet(other, html=True)


@pytest.mark.parametrize("kind", DIFFERENT_PAGE)
def test_true_change_of_a_page_comes_through(kind: str) -> None:
    one, other = DIFFERENT_PAGE[kind]
    assert quiet(one, html=True) != quiet(other, html=True)


PIECES = st.sampled_from(
    (
        *("\r", "\n", " ", "\x1b[0m", "\x1b", "[0m", "/a", "/home/x/y/z", "data:a/b;base64,"),
        *("at 0x7f0011223344", "00:12", "1/2", "[00:01<00:00]", "Wall time: 1"),
        *("<style>", "</style>", "<!--", "-->"),
    )
)


@given(st.lists(PIECES | st.text(max_size=5)).map("".join), st.booleans())
def test_quiet_text_stays_as_it_is(text: str, html: bool) -> None:
    once = quiet(text, html=html)
    assert quiet(once, html=html) == once
