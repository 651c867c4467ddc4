"""What changes from run to run although nothing has changed, folded away on both sides.

Each function takes out one kind of noise and no more: a test beside each shows that a true
change still comes through.
"""

from __future__ import annotations

import re
from collections.abc import Callable

ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b")
ADDRESS = re.compile(r"\bat 0x[0-9A-Fa-f]{6,}")
KERNEL_FILE = re.compile(r"\S*ipykernel_\d+/\d+\.py")
TEMPORARY = re.compile(r"(?<=/)tmp(?=[a-z]*[0-9_])[a-z0-9_]{8}(?![\w.])")
# Three folders or more from the root: two would take “/3/7” and the like with them.
PATH = re.compile(r"(?<![\w.:/<~…-])(?:/[\w.+@%-]+){3,}")
STAMP = re.compile(
    r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z\b|[+-]\d\d:?\d\d(?!\d))?"
)
# Of tqdm's `[00:01<00:00, 9.1it/s, loss=0.5]` the clocks and the rate, not what follows them.
BAR = re.compile(
    r"\[\d+:\d\d(?::\d\d)?(?:<[^\],\n]*(?:, *[\d.?]+ ?\w*/\w+)?|, *[\d.?]+ ?\w*/\w+)(?=[\],])"
)
BLOCKS = re.compile(r"(?<=%)\|[^|\n]*\|(?= *[\w.?]+/[\w.?]+ \[)")
CLOCK = re.compile(r"(?<![\d:.])\d\d:\d\d(?::\d\d)?(?![\d:])")
MEASURED = re.compile(r"^(CPU times|Wall time|Compiler time): .*$", re.MULTILINE)
TIMEIT = re.compile(r"^.* per loop \(mean ± std\. dev\..*$", re.MULTILINE)
STYLE = re.compile(r"<style\b.*?</style>", re.DOTALL | re.IGNORECASE)
PROGRESS = re.compile(r"<progress\b.*?</progress>", re.DOTALL | re.IGNORECASE)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
STYLER_ID = re.compile(r"\bT_[0-9a-f]{5,}")
UUID = re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b")
EMBEDDED = re.compile(r"(data:[\w.+-]+/[\w.+-]+;base64,)[A-Za-z0-9+/=\s]+")
BLANK_LINES = re.compile(r"\n\s*\n")


def without_ansi(text: str) -> str:
    """Terminal colours out."""
    return ANSI.sub("", text)


def fold_carriage_returns(text: str) -> str:
    """Of a line that was written over, what a reader saw last."""
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(line.rstrip("\r").rsplit("\r", 1)[-1] for line in lines)


def without_addresses(text: str) -> str:
    """`<function f at 0x7f3a12345678>` → `<function f at 0x…>`. Other hexadecimal stays."""
    return ADDRESS.sub("at 0x…", text)


def without_kernel_files(text: str) -> str:
    """`/tmp/ipykernel_12/345.py:3` → `…/cell.py:3`: the line of a warning stays."""
    return KERNEL_FILE.sub("…/cell.py", text)


def without_temporary_names(text: str) -> str:
    """`/tmp/tmpa1b2c3d4/x.png` → `/tmp/tmp…/x.png`: a folder whose name was drawn."""
    return TEMPORARY.sub("tmp…", text)


def without_folders(text: str) -> str:
    """`/home/ada/.fastai/data/train/3/1.png` → `…/3/1.png`: where a machine keeps its things."""
    return PATH.sub(lambda found: "…/" + "/".join(found[0].split("/")[-2:]), text)


def without_time_stamps(text: str) -> str:
    """`2026-11-21 17:43:54,123 INFO` → `(time) INFO`. A day without a clock stays."""
    return STAMP.sub("(time)", text)


def without_bar_clocks(text: str) -> str:
    """tqdm's `9/9 [00:01<00:00, 9.1it/s]` → `9/9 [--:--]`: the steps stay, and what is beside."""
    return BAR.sub("[--:--", text)


def without_bar_blocks(text: str) -> str:
    """tqdm's `50%|█████     |`: as long as the terminal is wide. The share stays."""
    return BLOCKS.sub("|…|", text)


def without_clocks(text: str) -> str:
    """`00:12`, as in the last column of fastai's table."""
    return CLOCK.sub("--:--", text)


def without_cell_times(text: str) -> str:
    """What `%time` prints. The seconds of a sentence stay: a cell that prints them skips."""
    return MEASURED.sub(r"\1: …", text)


def without_loop_times(text: str) -> str:
    """What `%timeit` prints."""
    return TIMEIT.sub("… per loop", text)


def without_style_sheets(html: str) -> str:
    """pandas' `<style scoped>`."""
    return STYLE.sub("", html)


def without_page_bars(html: str) -> str:
    """fastai's `<progress>`; the text beside it stays."""
    return PROGRESS.sub("", html)


def without_comments(html: str) -> str:
    """`<!-- … -->`, which nobody sees."""
    return COMMENT.sub("", html)


def without_drawn_ids(html: str) -> str:
    """Ids drawn at random: those of pandas' Styler, and UUIDs."""
    return UUID.sub("…", STYLER_ID.sub("T_…", html))


def without_embedded_pixels(html: str) -> str:
    """The bytes of embedded pictures; their kind stays. Figures are compared by their summary."""
    return EMBEDDED.sub(r"\1…", html)


def without_blank_lines(html: str) -> str:
    """Blank lines, and spaces at the end of a line."""
    html = "\n".join(line.rstrip() for line in html.strip().split("\n"))
    return BLANK_LINES.sub("\n", html)


Rule = Callable[[str], str]
PAGE_RULES: tuple[Rule, ...] = (
    without_style_sheets,
    without_page_bars,
    without_comments,
    without_drawn_ids,
    without_embedded_pixels,
    without_blank_lines,
)
RULES: tuple[Rule, ...] = (
    without_addresses,
    without_kernel_files,
    without_temporary_names,
    without_folders,
    without_time_stamps,
    without_bar_clocks,
    without_bar_blocks,
    without_clocks,
    without_cell_times,
    without_loop_times,
)
FIRST: tuple[Rule, ...] = (without_ansi, fold_carriage_returns)  # before all that look at words


def quiet(text: str, *, html: bool = False) -> str:
    """Text without any of the above. Quiet text stays as it is."""
    rules = (*FIRST, *PAGE_RULES, *RULES) if html else (*FIRST, *RULES)
    while True:
        before = text
        for rule in rules:
            text = rule(text)
        if text == before:
            return text
