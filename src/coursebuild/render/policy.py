"""What a page may load and run: its Content-Security-Policy, and a headers file for the host.

The theme's few inline scripts are allowed by the hash of their text (decision 0020). Which scripts
are the theme's is read from the theme's own templates and never from the page, so that a script
which a lesson or a page brings along is not allowed by accident: it stops the build.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import lxml.html
from jinja2 import Environment
from lxml.html import HtmlElement
from mkdocs.config.defaults import MkDocsConfig

from .assets import digest as sha
from .conversions import Conversions
from .inputs import code
from .problem import PageError

KIND = "policy"
TEMPLATES = "partials/javascripts/"  # where Material keeps all of its inline scripts
INLINE = re.compile(r"<script(?:\s[^>]*)?>(.*?)</script>", re.DOTALL)
BASE = "(base)"  # stands for the way to the root, which differs from page to page
CHARSET = '<meta charset="utf-8">'  # the policy follows it: it holds for what stands below it
META = re.compile(r'<meta http-equiv="Content-Security-Policy" content="[^"]*">')

SOURCES = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "style-src-attr": "'unsafe-inline'",  # KaTeX's lengths, the height of a block of code
    "img-src": "'self' data:",  # data: the theme's icons
    "font-src": "'self'",
    "media-src": "'self'",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "manifest-src": "'self'",
    "object-src": "'none'",
    "frame-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'none'",
}
# What only a header can say, for hosts that take a file of them.
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "accelerometer=(), camera=(), display-capture=(), geolocation=(), "
    "gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()",
}
ANCESTORS = "frame-ancestors 'self'"  # a meta element cannot say this one

FORBIDDEN = {"applet", "base", "embed", "frame", "iframe", "object"}
ADDRESSES = ("href", "src", "action", "formaction", "data", "poster", "srcset", "xlink:href")
RUNNABLE = re.compile(r"\s*(?:javascript|vbscript|data:(?!image/))", re.IGNORECASE)
ELSEWHERE = re.compile(r"\s*(?:https?:)?//", re.IGNORECASE)
LOADED = {"script", "img", "source", "video", "audio", "track", "input"}  # by their src and so on
LOADED_LINKS = {"stylesheet", "icon", "preload", "modulepreload", "prefetch", "manifest"}
DATA = {"application/json", "application/ld+json"}  # scripts that nobody runs


def digest(text: str) -> str:
    """A script or style as a source in a policy: 'sha256-…'."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


class Policy:
    """The policy of each page, and the sum of them for the headers file."""

    def __init__(
        self,
        env: Environment,
        config: MkDocsConfig,
        preview: bool = False,
        kept: Conversions | None = None,
    ) -> None:
        """preview: any inline script may run, since MkDocs reloads by one that is always new.

        kept: pages that an earlier build has checked, each under its whole text.
        """
        self.theme = tuple(_scripts(env, config))
        self.preview, self.kept = preview, kept
        self.known = sha(code(), *(script.pattern for script in self.theme))
        self.used: dict[str, set[str]] = {"script-src": set(), "style-src": set()}

    def apply(self, page: str, where: str) -> str:
        """A whole page with its policy in its head. Raises PageError for what it would block."""
        own = self._own(page, where)
        for directive, hashes in own.items():
            self.used[directive].update(hashes)
        if self.preview:
            own = {**own, "script-src": ["'unsafe-inline'"]}
        return page.replace(CHARSET, f"{CHARSET}{meta(own)}", 1)

    def _own(self, page: str, where: str) -> dict[str, list[str]]:
        """What a page needs besides, which an earlier build may know of this very text."""
        key = sha(self.known, page)
        own: dict[str, list[str]] | None = self.kept.find(KIND, where, key) if self.kept else None
        if own is None:
            root = lxml.html.document_fromstring(page)
            _check(root, where)
            own = {
                "script-src": [digest(text) for text in self._inline(root, where)],
                "style-src": [digest(style.text or "") for style in root.iterfind("head/style")],
            }
            if CHARSET not in page:
                raise PageError(
                    "a page does not say its charset", where, f"begin its head with {CHARSET}"
                )
            if self.kept:
                self.kept.keep(KIND, where, key, own)
        return own

    def _inline(self, root: HtmlElement, where: str) -> Iterator[str]:
        for script in root.iter("script"):
            if script.get("src") is not None or script.get("type") in DATA:
                continue
            text = script.text or ""
            if not any(known.fullmatch(text) for known in self.theme):
                raise _problem(f"an inline script, “{' '.join(text.split())[:60]}”", where)
            yield text

    def headers(self) -> str:
        """The file `_headers`, as Netlify and Cloudflare Pages read it."""
        lines = {"Content-Security-Policy": f"{text(self.used)}; {ANCESTORS}", **HEADERS}
        return "/*\n" + "".join(f"  {name}: {value}\n" for name, value in lines.items())

    def write(self, site: Path) -> None:
        """Put the headers file into the site. Hosts that do not know it do nothing with it."""
        (site / "_headers").write_text(self.headers(), encoding="utf-8")


def text(hashes: Mapping[str, Iterable[str]]) -> str:
    """A policy. hashes: directive → sources that it allows besides."""
    return "; ".join(
        " ".join([directive, sources, *sorted(set(hashes.get(directive, ())))])
        for directive, sources in SOURCES.items()
    )


def meta(hashes: Mapping[str, Iterable[str]]) -> str:
    """The elements that carry a policy, and say that other sites are not told the page."""
    return (
        f'<meta http-equiv="Content-Security-Policy" content="{text(hashes)}">'
        '<meta name="referrer" content="no-referrer">'
    )


def for_file(page: str) -> str:
    """A page for file://, where only some browsers take a file beside it for the page's own."""

    def wider(match: re.Match[str]) -> str:
        allowed = match[0].replace("'self'", "'self' file:")
        return allowed.replace("worker-src 'self' file:", "worker-src 'self' file: blob:")

    return META.sub(wider, page)


def _scripts(env: Environment, config: MkDocsConfig) -> Iterator[re.Pattern[str]]:
    """What matches an inline script of the theme, whole, on whichever page it stands."""
    # Not env.list_templates(): Material's icons are templates too, some 14,000 of them
    folders = [Path(folder, TEMPLATES) for folder in config.theme.dirs]
    names = sorted({f"{TEMPLATES}{path.name}" for folder in folders for path in folder.glob("*.*")})
    for name in names:
        made = env.get_template(name).render(
            config=config, base_url=BASE, features=config.theme.get("features", [])
        )
        for script in INLINE.findall(made):
            yield re.compile(re.escape(script).replace(re.escape(BASE), r"[\w./~%-]*"))


def _check(root: HtmlElement, where: str) -> None:
    """Raise PageError for what a browser would block, or what would leave for another host."""
    for element in root.iter():
        if not isinstance(element.tag, str):  # a comment
            continue
        if element.tag in FORBIDDEN:
            raise _problem(f"<{element.tag}>", where)
        if element.tag == "style" and next(element.iterancestors()).tag != "head":
            raise _problem("<style> in its body", where)
        if element.tag == "meta" and element.get("http-equiv", "").lower() == "refresh":
            raise _problem("<meta http-equiv=refresh>", where)
        for name, value in element.attrib.items():
            if name.lower().startswith("on"):
                raise _problem(f"the event handler {name}=“{value[:60]}”", where)
            if name in ADDRESSES and RUNNABLE.match(value):
                raise _problem(f"{name}=“{value[:60]}”", where)
            if name in ADDRESSES and ELSEWHERE.match(value) and _loads(element):
                raise _problem(f"{name}=“{value[:60]}”, a request to another host", where)


def _loads(element: HtmlElement) -> bool:
    """Whether the page asks for the element's address by itself."""
    kinds = set(element.get("rel", "").lower().split())
    return element.tag in LOADED or (element.tag == "link" and bool(kinds & LOADED_LINKS))


def _problem(what: str, where: str) -> PageError:
    do = "put scripts and styles into files under docs/, and files of others into the course"
    return PageError(f"a page has {html.unescape(what)}", where, do)
