"""Noise goes, changes stay: each rule has a case of both."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursebuild.noise import FIRST, PAGE_RULES, RULES, quiet

# rule: ((two texts that say the same), (two that do not, though they look alike))
CASES = {
    "without_ansi": (
        ("\x1b[31mloss\x1b[0m 1", "loss 1"),
        ("\x1b[31mloss\x1b[0m", "\x1b[31mgain\x1b[0m"),
    ),
    "fold_carriage_returns": (("1/2\r2/2\r\n", "2/2\n"), ("1/2\r2/2", "2/2\r1/2")),
    "without_addresses": (
        ("<f at 0x7f0011223344>", "<f at 0x7f9988776655>"),
        ("<f at 0x7f0011223344>", "<g at 0x7f0011223344>"),
    ),
    "without_kernel_files": (
        ("/tmp/ipykernel_1/22.py:3: Warn", "/tmp/ipykernel_9/8.py:3: Warn"),
        ("/tmp/ipykernel_1/22.py:3: Warn", "/tmp/ipykernel_1/22.py:4: Warn"),
    ),
    "without_temporary_names": (
        ("/tmp/tmpa1b2c3d4/x.png", "/tmp/tmp_zyx9876/x.png"),
        ("/tmp/tmpa1b2c3d4/x.png", "/tmp/tmpa1b2c3d4/y.png"),
    ),
    "without_folders": (
        ("/home/ada/.fastai/data/3/1.png", "/Users/bob/x/.fastai/data/3/1.png"),
        ("/home/ada/data/3/1.png", "/home/ada/data/7/1.png"),
    ),
    "without_time_stamps": (
        ("2026-11-21 17:43:54,123 INFO", "2027-01-02 07:00:01,9 INFO"),
        ("2026-11-21 17:43:54,123 INFO", "2026-11-21 17:43:54,123 WARN"),
    ),
    "without_bar_clocks": (
        ("9/9 [00:01<00:00, 9.1it/s]", "9/9 [01:07<00:00, 2.0s/it]"),
        ("8/9 [00:01<00:00, 9.1it/s]", "9/9 [00:01<00:00, 9.1it/s]"),
    ),
    "without_bar_blocks": (
        ("50%|█████     | 1/2 [00:01<00:01]", "50%|█▌ | 1/2 [00:01<00:01]"),
        ("50%|█████     | 1/2 [00:01<00:01]", "90%|█████     | 1/2 [00:01<00:01]"),
    ),
    "without_clocks": (
        ("0  0.5  0.9  00:12", "0  0.5  0.9  01:40"),
        ("0  0.5  0.9  00:12", "0  0.5  0.8  00:12"),
    ),
    "without_cell_times": (
        ("Wall time: 3.1 s", "Wall time: 1.9 ms"),
        ("it took 3 s", "it took 4 s"),
    ),
    "without_loop_times": (
        (
            "3 ms ± 1 μs per loop (mean ± std. dev. of 7 runs)",
            "5 ms ± 2 μs per loop (mean ± std. dev. of 7 runs)",
        ),
        ("3 errors per loop", "5 errors per loop"),
    ),
    "without_style_sheets": (
        ("<style scoped>td {}</style><td>1</td>", "<td>1</td>"),
        ("<style>a</style><td>1</td>", "<style>a</style><td>2</td>"),
    ),
    "without_page_bars": (
        ("<progress value='1'></progress>9/9", "9/9"),
        ("<progress value='1'></progress>9/9", "<progress value='1'></progress>8/9"),
    ),
    "without_comments": (("<!-- a --><td>1</td>", "<td>1</td>"), ("<!-- a -->1", "<!-- a -->2")),
    "without_drawn_ids": (
        ("<td id='T_a1b2c'>1</td>", "<td id='T_00000'>1</td>"),
        ("<td id='total'>1</td>", "<td id='mean'>1</td>"),
    ),
    "without_embedded_pixels": (
        ("<img src='data:image/png;base64,AAAA'>", "<img src='data:image/png;base64,BBBB'>"),
        ("<img src='data:image/png;base64,AAAA'>", "<img src='data:image/gif;base64,AAAA'>"),
    ),
    "without_blank_lines": (
        ("<tr>\n\n  \n<td>1</td>", "<tr>\n<td>1</td>"),
        ("<tr>\n\n<td>1</td>", "<tr>\n\n<td>1</td><td>1</td>"),
    ),
}
MORE_NOISE = [
    ("5it [00:01, 4.2it/s]", "5it [00:02, 9it/s]"),
    ("2026-11-21T17:43:54Z", "2026-11-22T01:00:00+01:00"),
    (
        "<td id='6f1c9f0e-8a57-4a4e-9c0e-0123456789ab'>1</td>",
        "<td id='00000000-8a57-4a4e-9c0e-0123456789ab'>1</td>",
    ),
]
MORE_CHANGES = [
    ("color 0x7f0011223344", "color 0x7f9988776655"),
    ("/home/ada/data/3/1.png", "/home/ada/data/3/2.png"),
    ("3/7/9", "3/7/8"),
    ("https://a.example/b/c/d", "https://a.example/x/c/d"),
    ("9/9 [00:01<00:00, 9.1it/s, loss=0.5]", "9/9 [00:01<00:00, 9.1it/s, loss=0.6]"),
    ("made on 2026-11-21", "made on 2026-11-22"),
    ("/a/tmpfiles", "/a/tmppaths"),
    ("|cat| 1/2", "|dog| 1/2"),
    ("<td>1</td>", "<td>1</td><td>1</td>"),
]
BY_NAME = {rule.__name__: rule for rule in (*FIRST, *RULES, *PAGE_RULES)}


@pytest.mark.parametrize("rule", BY_NAME)
def test_rule_folds_its_noise_and_lets_a_true_change_through(rule: str) -> None:
    noise, change = CASES[rule]
    html = BY_NAME[rule] in PAGE_RULES
    assert any(BY_NAME[rule](text) != text for text in noise), "the rule has nothing to do"
    assert quiet(noise[0], html=html) == quiet(noise[1], html=html)
    assert quiet(change[0], html=html) != quiet(change[1], html=html)


@pytest.mark.parametrize(("one", "other"), MORE_NOISE)
def test_noise_is_folded(one: str, other: str) -> None:
    assert quiet(one, html=True) == quiet(other, html=True)


@pytest.mark.parametrize(("one", "other"), MORE_CHANGES)
def test_true_change_comes_through(one: str, other: str) -> None:
    assert quiet(one, html=True) != quiet(other, html=True)


PIECES = st.sampled_from(
    (
        *("\r", "\n", " ", "\x1b[0m", "\x1b", "[0m", "/a", "/home/x/y/z", "data:a/b;base64,"),
        *("at 0x7f0011223344", "00:12", "1/2", "[00:01<00:00]", "Wall time: 1"),
        *("<style>", "</style>", "<!--", "-->", "/tmp", "tmpa1b2c3d4", "2026-11-21", "50%|", "|"),
    )
)


@given(st.lists(PIECES | st.text(max_size=5)).map("".join), st.booleans())
def test_quiet_text_stays_as_it_is(text: str, html: bool) -> None:
    once = quiet(text, html=html)
    assert quiet(once, html=html) == once
