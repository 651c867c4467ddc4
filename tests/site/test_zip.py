"""The zip, unpacked and opened from file:// with the network off: pages, search, demos, fonts.

In CI the site is the whole course, so this is the zip that is published.
"""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

import lxml.html
import pytest
from playwright.sync_api import Browser, Page, Request
from rich.console import Console
from waiting import until

from coursebuild.course import Course
from coursebuild.downloads import links
from coursebuild.downloads.bundle import TOP, bundle
from coursebuild.downloads.modules import classic, order
from coursebuild.errors import CourseError

pytestmark = pytest.mark.browser

# The small course's demo has a sign of its own.
ALIVE = "(e) => e.dataset.state === 'ready' || e.dataset.answer === '42'"
SCROLL = """async () => {
  for (let y = 0; y < document.body.scrollHeight; y += innerHeight) {
    scrollTo(0, y);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}"""


@pytest.fixture(scope="module")
def published(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built site with its zip."""
    course = Course(tmp_path_factory.mktemp("zipped"))
    shutil.copytree(site, course.site)
    bundle(course, Console(quiet=True))
    return course.site


@pytest.fixture(scope="module")
def unpacked(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("taken along")
    with zipfile.ZipFile(published / links.FOLDER / links.ZIP) as archive:
        archive.extractall(folder)
    return folder / TOP


class Opened:
    """A tab without a network, what it asked for, and its complaints."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: list[str] = []
        self.complaints: list[str] = []
        page.context.on("request", lambda request: self.asked.append(request.url))
        page.on("console", lambda message: self.complaints.append(f"{page.url}: {message.text}"))
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("requestfailed", self.failed)

    def failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # the page was left before its icon had come
            self.complaints.append(f"{request.url}: {request.failure}")

    def foreign(self) -> list[str]:
        return [url for url in self.asked if urlsplit(url).scheme not in ("file", "blob", "data")]


@pytest.fixture
def opened(browser: Browser) -> Iterator[Opened]:
    context = browser.new_context(reduced_motion="reduce")
    context.set_offline(True)
    yield Opened(context.new_page())
    context.close()


def test_every_page_opens_and_every_demo_comes_alive(opened: Opened, unpacked: Path) -> None:
    pages = sorted(unpacked.rglob("index.html"))
    assert len(pages) > 5
    for path in pages:
        opened.page.goto(path.as_uri())
        for demo in opened.page.locator("[data-src]").element_handles():
            demo.evaluate("(e) => e.scrollIntoView()")  # it loads when it is seen
            until(opened.page, ALIVE, arg=demo)
    assert opened.complaints == []
    assert opened.foreign() == []


def test_search_finds_a_section_and_its_link_opens_it(opened: Opened, unpacked: Path) -> None:
    page = opened.page
    page.goto((unpacked / "index.html").as_uri())
    page.keyboard.press("/")
    until(page, "document.activeElement.name === 'query'")
    page.keyboard.type("lesson", delay=20)
    result = page.locator(".md-search-result__link[href*='#']").first
    result.wait_for(state="attached", timeout=20_000)  # sections fold under their page
    link = result.get_attribute("href") or ""
    page.goto(link)
    page.wait_for_load_state()
    assert urlsplit(page.url).path.endswith("/index.html")
    anchor = urldefrag(link).fragment
    assert page.locator(f"[id='{anchor}']").count() == 1
    assert opened.complaints == []
    assert opened.foreign() == []


def test_formulas_have_their_fonts(opened: Opened, unpacked: Path) -> None:
    with_maths = next(
        path
        for path in sorted(unpacked.rglob("index.html"))
        if 'class="katex"' in path.read_text(encoding="utf-8")
    )
    opened.page.goto(with_maths.as_uri())
    opened.page.evaluate(SCROLL)
    loaded = opened.page.evaluate(
        "document.fonts.ready.then((all) => [...all].filter((f) => f.status === 'loaded')"
        ".map((f) => f.family))"
    )
    assert any("KaTeX" in family for family in loaded)


def test_no_link_leads_to_a_folder_or_nowhere(unpacked: Path) -> None:
    dead = []
    for path in sorted(unpacked.rglob("index.html")):
        for element, attribute, link, _ in lxml.html.fromstring(path.read_bytes()).iterlinks():
            target = urldefrag(urljoin(path.as_uri(), link)).url
            if attribute in ("href", "src", "poster") and target.startswith("file:"):
                parts = urlsplit(target)
                if not Path(lxml.html.urljoin("/", parts.path).replace("%20", " ")).is_file():
                    dead.append(f"{path}: {link} ({element.tag})")
    assert dead == []


def test_the_page_links_the_zip_with_its_size(published: Path) -> None:
    page = (published / "offline" / "index.html").read_text(encoding="utf-8")
    assert f'href="../downloads/{links.ZIP}"' in page
    assert f"({links.size(published / links.FOLDER / links.ZIP)})" in page


def test_the_same_site_gives_the_same_zip(published: Path) -> None:
    path = published / links.FOLDER / links.ZIP
    first = path.read_bytes()
    bundle(Course(published.parents[1]), Console(quiet=True))
    assert path.read_bytes() == first


# --- the linker

MODULES = {
    "demos/a.js": 'import { two as zwei } from "./b.js";\nimport { ONE, four }\n  from "./c.js";\n'
    "export const [SIX, SEVEN] = [6, 7];\nexport function sum() { return zwei + ONE + four(); }\n",
    "demos/b.js": 'import { ONE } from "./c.js";\nconst two = ONE + 1;\nexport { two };\n',
    "demos/c.js": "const window = 1; // its own\nexport const ONE = window;\n"
    "export const four = () => 4;\n",
}


def test_modules_become_scripts_that_do_the_same() -> None:
    names = order("demos/a.js", MODULES.__getitem__)
    assert names == ["demos/c.js", "demos/b.js", "demos/a.js"]
    scripts = "".join(classic(name, MODULES[name]) for name in names)
    whole = (
        f"globalThis.window = globalThis; window.downhillModules = {{}};\n{scripts}"
        'const a = downhillModules["demos/a.js"]; console.log(a.sum(), a.SIX, a.SEVEN);'
    )
    node = shutil.which("node") or str(Path(__file__).parents[2] / ".venv/bin/node")
    done = subprocess.run([node, "-e", whole], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["7", "6", "7"]


@pytest.mark.parametrize(
    "line", ["export default 1;", 'import * as b from "./b.js";', "export let moving = 1;"]
)
def test_a_module_in_a_form_that_is_not_known_stops_the_build(line: str) -> None:
    with pytest.raises(CourseError, match="the zip cannot take the line"):
        classic("demos/a.js", line)


def test_a_circle_of_modules_is_said() -> None:
    circle = {"a.js": 'import { b } from "./b.js";', "b.js": 'import { a } from "./a.js";'}
    with pytest.raises(CourseError, match=r"a\.js → b\.js → a\.js"):
        order("a.js", circle.__getitem__)
