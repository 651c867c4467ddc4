"""The course as a zip that works from file://: no server, no network, search and demos included.

Made from the built site. Links name their files; modules, data and the search become classic
scripts (file.js says why); what only a server can use is left out.
"""

from __future__ import annotations

import json
import posixpath
import re
import zipfile
from functools import cache
from pathlib import Path

from rich.console import Console

from ..course import Course
from ..errors import CourseError
from ..render import search
from . import links, modules
from .pdf import built

TOP = "downhill-course"
SHIM = "assets/file.js"
SOURCE = Path(__file__).with_name("file.js")
LEFT_OUT = re.compile(
    r".*\.map|assets/javascripts/(lunr|workers)/.*|sitemap\.xml.*|robots\.txt|_headers|404\.html|sw\.js"
    r"|offline/(files|version)\.json|downloads/.*|search/.*|assets/(saved?|search)\.js|assets/cards/.*"
)
OURS = re.compile(r"assets/[\w-]+\.js")  # what lies deeper is the theme's
PACKED = {".webp", ".png", ".woff2", ".mp4", ".gz"}  # smaller by nothing
HREF = re.compile(r'(<(?:a|link|area)\b[^>]*?\shref=")([^"]*)(")')
MODULE = re.compile(
    r'<script\s+type="?module"?\s+src="([^"]+)"></script>|'
    r'<script\s+src="([^"]+)"\s+type="?module"?></script>'
)
PRELOAD = re.compile(r'<link\s+rel="modulepreload"[^>]*>')
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="[^"]*">')
SAVE = re.compile(r"<div data-save[^>]*>.*?</div>", re.DOTALL)
HERE = "<p>This is the copy from the zip: all of it is on this machine already.</p>"
NONE = "<p>The zip and the PDFs are on the published site.</p>"
EPOCH = (1980, 1, 1, 0, 0, 0)  # the same site gives the same zip


def bundle(course: Course, console: Console) -> Path:
    """Make build/site/downloads/downhill-course.zip and link it."""
    site = built(course)
    out = site / links.FOLDER / links.ZIP
    out.parent.mkdir(exist_ok=True)
    part = out.with_suffix(".part")
    with zipfile.ZipFile(part, "w") as archive:
        for name, data in Copy(site).files().items():
            entry = zipfile.ZipInfo(f"{TOP}/{name}", EPOCH)
            packed = Path(name).suffix in PACKED
            entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    part.replace(out)
    links.fill(site)
    console.print(f"{out.relative_to(course.root)}: {links.size(out)}", highlight=False)
    return out


class Copy:
    """The files of a site as they are in the zip."""

    def __init__(self, site: Path) -> None:
        self.site = site
        self.read = cache(lambda name: (site / name).read_text(encoding="utf-8"))
        self.graph: dict[str, list[str]] = {}  # a page's module → it and what it needs, in order

    def files(self) -> dict[str, bytes]:
        """Name → content."""
        made: dict[str, bytes] = {}
        names = sorted(
            path.relative_to(self.site).as_posix()
            for path in self.site.rglob("*")
            if path.is_file()
        )
        for name in names:
            if LEFT_OUT.fullmatch(name):
                continue
            if name.endswith(".html"):
                made[name] = self.page(name).encode()
            elif name.endswith(".json"):
                value = json.loads(self.read(name))
                text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
                made[f"{name}.js"] = f"downhillFile({text});\n".encode()
            elif name.endswith(".js") and self.is_module(name):
                self.graph[name] = modules.order(name, self.read)
                made[name] = modules.classic(name, self.read(name)).encode()
            elif OURS.fullmatch(name):
                made[name] = modules.loading(self.read(name)).encode()
            else:
                made[name] = (self.site / name).read_bytes()
        made["search/search_index.js"] = self.index().encode()
        made[SHIM] = self.shim().encode()
        return made

    def is_module(self, name: str) -> bool:
        return bool(re.search(r"^(?:import|export)\b", self.read(name), re.MULTILINE)) or (
            name.startswith("demos/")
        )

    def page(self, name: str) -> str:
        """A page whose links name files, and whose scripts are classic ones."""
        folder = posixpath.dirname(name)
        text = links.emptied(SAVE.sub(HERE, self.read(name)), NONE)
        text = HREF.sub(lambda match: match[1] + self.link(folder, match[2]) + match[3], text)
        text = PRELOAD.sub("", text)
        text = POLICY.sub(lambda match: policy(match[0]), text)
        root = "../" * (folder.count("/") + 1) if folder else ""
        seen: set[str] = set()

        def scripts(match: re.Match[str]) -> str:
            path = posixpath.normpath(posixpath.join(folder, match[1] or match[2]))
            if LEFT_OUT.fullmatch(path):
                return ""
            new = [each for each in modules.order(path, self.read) if each not in seen]
            seen.update(new)
            return "".join(f'<script defer src="{root}{each}"></script>' for each in new)

        text = MODULE.sub(scripts, text)
        if 'type="module"' in text or "type=module" in text:
            raise CourseError("a page has a module that the zip cannot take", name)
        return text.replace("</head>", f'<script src="{root}{SHIM}"></script></head>', 1)

    def link(self, folder: str, link: str) -> str:
        """A link of a page: to a folder's file and not to the folder."""
        path, mark, rest = re.match(r"([^?#]*)([?#]?)(.*)", link, re.DOTALL).groups()  # type: ignore[union-attr]
        if not path or re.match(r"[a-z][a-z0-9+.-]*:|/", path, re.IGNORECASE):
            return link
        target = posixpath.normpath(posixpath.join(folder, path))
        if (self.site / target).is_dir():
            path = posixpath.join(path, "index.html")
        return path + mark + rest

    def index(self) -> str:
        """The search's index, whole, for a theme that takes it from a script on file://."""
        whole = json.loads(self.read(search.INDEX))
        whole["docs"] = [
            {**section, "location": self.link("", section["location"] or ".")}
            for section in json.loads(self.read(search.SECTIONS))
        ]
        return f"var __index = {json.dumps(whole, ensure_ascii=False, separators=(',', ':'))};\n"

    def shim(self) -> str:
        [worker] = (self.site / "assets/javascripts/workers").glob("search.*.js")
        text = worker.read_text(encoding="utf-8").partition("\n//# sourceMappingURL")[0]
        return (
            f"{SOURCE.read_text(encoding='utf-8')}"
            f"downhillGraph({json.dumps(self.graph)});\ndownhillWorker({json.dumps(text)});\n"
        )


def policy(meta: str) -> str:
    """A page's policy for file://, where not every browser takes a file beside it for its own."""
    wider = meta.replace("'self'", "'self' file:")
    return wider.replace("worker-src 'self' file:", "worker-src 'self' file: blob:")
