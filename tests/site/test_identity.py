"""One palette, measured in both schemes; figures that follow the scheme; a card for each page."""

from __future__ import annotations

import base64
import copy
import functools
import http.server
import io
import re
import threading
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import small_course
from lxml import html as lxml_html
from nbformat import NotebookNode
from PIL import Image
from playwright.sync_api import Browser
from waiting import until

from coursebuild.render import cards
from coursebuild.render.bundles import DARK
from coursebuild.site import render
from downhill import scheme

REPOSITORY = Path(__file__).parents[2]
STYLE = (REPOSITORY / "docs" / "assets" / "course.css").read_text(encoding="utf-8")
GROUNDS = ("--md-default-bg-color", "--md-code-bg-color", "--dh-tint", "--dh-warm")
TEXTS = ("--md-default-fg-color", "--md-default-fg-color--light", "--dh-slope", "--dh-ball")
ON_CODE = tuple(sorted(set(re.findall(r"--md-code-(?:fg|hl-[a-z]+)-color(?=:)", STYLE))))
PAIRS = [
    *product(TEXTS, GROUNDS),
    *product(ON_CODE, ("--md-code-bg-color",)),
    # links and numbers in output, buttons, the number on the last ball of home's path
    ("--md-default-fg-color--lighter", "--md-default-bg-color"),
    ("--md-code-hl-number-color", "--md-default-bg-color"),
    ("--md-code-hl-string-color", "--md-default-bg-color"),
    ("--md-code-hl-keyword-color", "--md-default-bg-color"),
    ("--md-code-hl-special-color", "--md-default-bg-color"),
    ("--md-default-bg-color", "--dh-slope"),
    ("--md-default-bg-color", "--dh-ball"),
]


def tokens(dark: bool) -> dict[str, str]:
    """Custom properties of a scheme: name → colour; those of the dark one lie upon the light."""
    blocks = re.findall(r"\[data-md-color-scheme(=\"slate\")?\] \{(.*?)\n *\}", STYLE, re.DOTALL)
    found: dict[str, str] = {}
    for of_slate, block in blocks:
        if dark or not of_slate:
            plain = re.sub(r"/\*.*?\*/", "", block)
            found |= dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{6});", plain))
    return found


def luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_text_is_legible_on_every_ground_that_it_stands_on(dark: bool) -> None:
    colours = tokens(dark)
    measured = {
        f"{text} on {ground}": round(contrast(colours[text], colours[ground]), 2)
        for text, ground in PAIRS
    }
    assert len(measured) > 30
    assert {pair: value for pair, value in measured.items() if value < 4.5} == {}


def test_pages_figures_and_cards_have_one_palette() -> None:
    light, dark = tokens(dark=False), tokens(dark=True)
    grounds = (light["--md-default-bg-color"], dark["--md-default-bg-color"])
    assert grounds == (scheme.PAPER, scheme.NIGHT)
    assert (light["--dh-slope"], light["--dh-ball"]) == scheme.ACCENTS
    twins = tuple(scheme.TWINS[colour] for colour in scheme.ACCENTS)
    assert (dark["--dh-slope"], dark["--dh-ball"]) == twins
    assert (scheme.PAPER, *scheme.ACCENTS) == (cards.PAPER, cards.LAKE, cards.RUST)
    assert light["--md-default-fg-color"] == cards.INK


def test_the_mark_is_the_same_wherever_it_is_drawn() -> None:
    logo = (REPOSITORY / "docs/assets/logo.svg").read_text(encoding="utf-8")
    [path] = re.findall(r' d="(.*?)"', logo)
    partial = REPOSITORY / "src/coursebuild/render/theme/partials/logo.html"
    assert f' d="{path}"' in partial.read_text(encoding="utf-8")
    (start, *first), (_, *second) = cards.SLOPE
    corners = [" ".join(map(str, (x, y))) for x, y in (start, *first, *second)]
    assert path == f"M{corners[0]}C{' '.join(corners[1:4])}C{' '.join(corners[4:])}"
    x, y = cards.BALL
    assert f'cx="{x}" cy="{y}"' in logo


# ── A site with a figure that has a twin, and one that has none ────────────────────────────────


def picture(colour: str) -> str:
    buffer = io.BytesIO()
    Image.new("RGB", (320, 180), colour).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def with_twins(notebook: NotebookNode) -> tuple[NotebookNode, int]:
    """A copy of an executed notebook whose first figure has a second picture; all its pictures."""
    made = copy.deepcopy(notebook)
    bundles = [
        output.data
        for cell in made.cells
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    ]
    bundles[0][DARK] = picture(scheme.NIGHT)
    return made, len(bundles)


@pytest.fixture(scope="module")
def twins(
    executed_lessons: dict[str, NotebookNode], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Folder of a built site."""
    name = next(iter(executed_lessons))
    lessons = executed_lessons | {name: with_twins(executed_lessons[name])[0]}
    made = small_course.make_course(tmp_path_factory.mktemp("twins"), lessons)
    render(made, "offline", made.site)
    return made.site


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Files, without a line per request."""

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def served(twins: Path) -> Iterator[str]:
    handler = functools.partial(Quiet, directory=str(twins))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def page_with_twins(site: Path) -> str:
    [page] = [p for p in (site / "lessons").glob("*/index.html") if "on-dark" in p.read_text()]
    return f"lessons/{page.parent.name}/"


@pytest.mark.browser
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_the_figure_of_the_scheme_is_shown_and_the_other_is_not_fetched(
    browser: Browser, served: str, twins: Path, colours: str
) -> None:
    page = browser.new_page(color_scheme=colours)  # type: ignore[arg-type]
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    page.goto(served + page_with_twins(twins), wait_until="networkidle")
    other = {"light": "dark", "dark": "light"}[colours]
    shown, hidden = page.locator(f"img.on-{colours}"), page.locator(f"img.on-{other}")
    shown.scroll_into_view_if_needed()
    until(page, "image => image.complete && image.naturalWidth", arg=shown.element_handle())
    page.wait_for_load_state("networkidle")
    assert shown.is_visible()
    assert not hidden.is_visible()
    addresses = [each.evaluate("image => new URL(image.src).pathname") for each in (shown, hidden)]
    assert [address in asked for address in addresses] == [True, False]
    # What a screen reader is told: one picture by this name.
    alt = shown.get_attribute("alt") or ""
    assert page.get_by_role("img", name=alt, exact=True).count() == 1
    # The reader's button, until the scheme is the other one: the figure follows at once.
    for _ in range(3):
        if page.evaluate("document.body.dataset.mdColorScheme") == {"light": "slate"}.get(
            colours, "default"
        ):
            break
        page.locator("label.md-header__button[for^=__palette]:visible").click()
    hidden.wait_for(state="visible")
    assert not shown.is_visible()
    until(page, "image => image.complete && image.naturalWidth", arg=hidden.element_handle())
    page.close()


@pytest.mark.browser
def test_a_figure_of_an_old_run_is_one_picture_in_both_schemes(
    browser: Browser, served: str, twins: Path
) -> None:
    text = (twins / page_with_twins(twins) / "index.html").read_text(encoding="utf-8")
    alone = [i for i in lxml_html.fromstring(text).xpath("//figure//img") if not i.get("class")]
    for colours in ("light", "dark"):
        page = browser.new_page(color_scheme=colours)  # type: ignore[arg-type]
        page.goto(served + page_with_twins(twins))
        for image in alone:
            assert page.locator(f'figure img[src="{image.get("src")}"]').first.is_visible()
        page.close()


@pytest.mark.browser
def test_paper_has_the_light_figure_in_light_colours(
    browser: Browser, served: str, twins: Path
) -> None:
    page = browser.new_page(color_scheme="dark")
    page.goto(served + page_with_twins(twins))
    page.emulate_media(media="print")
    assert page.locator("img.on-light").is_visible()
    assert not page.locator("img.on-dark").is_visible()
    ground = page.evaluate(
        "getComputedStyle(document.body).getPropertyValue('--md-default-bg-color')"
    )
    assert ground.strip() == "#fff"
    page.close()


def test_each_page_has_a_card_with_its_title(twins: Path) -> None:
    pages = [page for page in sorted(twins.rglob("index.html")) if page.parent.name != "404"]
    assert len(pages) > 5
    seen = set()
    for path in pages:
        head = lxml_html.fromstring(path.read_text(encoding="utf-8"))
        told = {
            meta.get("property") or meta.get("name"): meta.get("content")
            for meta in head.xpath("//head/meta[@property or @name]")
        }
        assert told["twitter:card"] == "summary_large_image"
        assert told["og:title"] in told["og:image:alt"]
        root = "https://downhill-course.github.io/downhill/"
        assert told["og:url"].startswith(root)
        card = twins / told["og:image"].removeprefix(root)
        assert card.stat().st_size <= 60_000
        with Image.open(card) as image:
            assert (image.format, image.size) == ("PNG", cards.SIZE)
            size = (told["og:image:width"], told["og:image:height"])
            assert size == tuple(map(str, image.size))
        seen.add(card.name)
        if path.parent.name.startswith("02_"):
            assert told["og:image:alt"] == "Downhill. Lesson 2. Another lesson"
    assert len(seen) == len(pages)
