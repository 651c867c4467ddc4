"""What changes from run to run although nothing has changed, folded away on both sides.

Each function takes out one kind of noise and no more: a test beside each shows that a true
change still comes through.
"""

from __future__ import annotations

import re

ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b")
ADDRESS = re.compile(r"\bat 0x[0-9A-Fa-f]{6,}")
KERNEL_FILE = re.compile(r"\S*ipykernel_\d+/\d+\.py")
# Three folders or more from the root: two would take “/3/7” and the like with them.
PATH = re.compile(r"(?<![\w.:/<~…-])(?:/[\w.+@%-]+){3,}")
BAR = re.compile(r"\[\d+:\d\d(?::\d\d)?<[^\]\n]*\]")
CLOCK = re.compile(r"(?<![\d:.])\d\d:\d\d(?::\d\d)?(?![\d:])")
MEASURED = re.compile(r"^(CPU times|Wall time): .*$", re.MULTILINE)
TIMEIT = re.compile(r"^.* per loop \(mean ± std\. dev\..*$", re.MULTILINE)
STYLE = re.compile(r"<style\b.*?</style>|<progress\b.*?</progress>|<!--.*?-->", re.DOTALL | re.I)
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


def without_folders(text: str) -> str:
    """`/home/ada/.fastai/data/train/3/1.png` → `…/3/1.png`: where a machine keeps its things."""
    text = KERNEL_FILE.sub("…/cell.py", text)
    return PATH.sub(lambda found: "…/" + "/".join(found[0].split("/")[-2:]), text)


def without_timings(text: str) -> str:
    """Clocks of progress bars and of fastai's table, `%time`, `%timeit`. No other number."""
    text = BAR.sub("[--:--]", text)
    text = CLOCK.sub("--:--", text)
    text = MEASURED.sub(r"\1: …", text)
    return TIMEIT.sub("… per loop", text)


def without_page_noise(html: str) -> str:
    """Style sheets, bars, comments, ids drawn at random and embedded pictures out of HTML."""
    html = STYLE.sub("", html)
    html = STYLER_ID.sub("T_…", html)
    html = UUID.sub("…", html)
    html = EMBEDDED.sub(r"\1…", html)
    html = "\n".join(line.rstrip() for line in html.strip().split("\n"))
    return BLANK_LINES.sub("\n", html)


def quiet(text: str, *, html: bool = False) -> str:
    """Text without any of the above. Quiet text stays as it is."""
    while True:
        before = text
        text = without_ansi(text)
        text = fold_carriage_returns(text)
        if html:
            text = without_page_noise(text)
        text = without_addresses(text)
        text = without_folders(text)
        text = without_timings(text)
        if text == before:
            return text
