"""The PDF of a lesson: tagged, with an outline, with what the page folds; and what printing shows.

A PDF is read here as far as these tests need: its objects, and the text that its fonts map back.
"""

from __future__ import annotations

import os
import re
import unicodedata
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser

from coursebuild.cli import main
from coursebuild.course import Course
from coursebuild.downloads import browser as machine
from coursebuild.downloads import links, paper
from coursebuild.errors import CourseError

pytestmark = pytest.mark.browser

OBJECT = re.compile(rb"(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
STREAM = re.compile(rb"stream\n(.*?)\nendstream", re.DOTALL)
SHOWN = re.compile(rb"/(F\d+) [\d.-]+ Tf|<([0-9A-Fa-f]+)>|(T\*|Td|Tm)")
PAIR = re.compile(rb"^<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]+)>$", re.MULTILINE)
RUN = re.compile(rb"^<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]{4})> <([0-9A-Fa-f]{4,})>$", re.MULTILINE)


def objects(pdf: bytes) -> dict[bytes, bytes]:
    """Number → object, its stream unpacked."""

    def unpacked(body: bytes) -> bytes:
        found = STREAM.search(body)
        if not found or b"/FlateDecode" not in body:
            return body
        return body[: found.start()] + zlib.decompress(found[1])

    return {number: unpacked(body) for number, body in OBJECT.findall(pdf)}


def text(pdf: bytes) -> str:
    """All text of a PDF as Chromium writes it, without spaces."""
    known = objects(pdf)
    fonts: dict[bytes, dict[bytes, str]] = {}
    for body in known.values():
        for name, number in re.findall(rb"/(F\d+) (\d+) 0 R", body):
            unicode = re.search(rb"/ToUnicode (\d+) 0 R", known.get(number, b""))
            fonts[name] = characters(known[unicode[1]]) if unicode else {}
    return "".join(piece for body in known.values() for piece in shown(body, fonts))


def characters(table: bytes) -> dict[bytes, str]:
    """Glyph in hex → characters, of a ToUnicode table."""
    found = {}
    for first, last, start in RUN.findall(table):
        for step in range(int(last, 16) - int(first, 16) + 1):
            before = bytes.fromhex(start[:-4].decode()).decode("utf-16-be")  # of a ligature
            found[b"%04X" % (int(first, 16) + step)] = before + chr(int(start[-4:], 16) + step)
    for glyph, letters in PAIR.findall(table):
        found[glyph.upper()] = bytes.fromhex(letters.decode()).decode("utf-16-be")
    return found


def shown(body: bytes, fonts: dict[bytes, dict[bytes, str]]) -> Iterator[str]:
    font: dict[bytes, str] = {}
    if b" Tf" not in body:
        return
    for name, glyphs, _ in SHOWN.findall(body):
        if name:
            font = fonts.get(name, {})
        codes = glyphs.upper()
        yield from (font.get(codes[i : i + 4], "") for i in range(0, len(codes), 4))


@pytest.fixture(scope="module")
def lesson_pdf(site: Path, chromium: str, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The first lesson, all of its pages."""
    os.environ["CHROMIUM"] = chromium
    pages = paper.sheets(site)
    name = next(page.lesson for page in pages if page.lesson)
    document = paper.document(site, [p for p in pages if p.lesson == name], "https://course.test/")
    out = tmp_path_factory.mktemp("paper") / "lesson.pdf"
    machine.pdf(document, out)
    return out.read_bytes()


def bare(words: str) -> str:
    """Without spaces, and without ligatures: fonts on paper join the letters f and i."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", words))


def test_the_pdf_is_tagged_and_says_its_language(lesson_pdf: bytes) -> None:
    assert re.search(rb"/MarkInfo\s*<<[^>]*/Marked true", lesson_pdf)
    assert b"/StructTreeRoot" in lesson_pdf
    assert b"/Lang (en)" in lesson_pdf


def test_the_outline_has_the_sections_of_all_its_pages(lesson_pdf: bytes, site: Path) -> None:
    assert b"/Outlines" in lesson_pdf
    titles = re.findall(rb"/Title [(<]", lesson_pdf)
    pages = [page for page in paper.sheets(site) if page.lesson]
    of_first = [page for page in pages if page.lesson == pages[0].lesson]
    assert len(of_first) > 1
    assert len(titles) > len(of_first)


def test_what_is_folded_is_on_paper(lesson_pdf: bytes, site: Path, lesson: str) -> None:
    """The text of a folded thing, letter by letter; a formula; no address of this machine."""
    on_paper = bare(text(lesson_pdf))
    page = paper.lxml.html.fromstring((site / lesson / "index.html").read_bytes())
    folded = [
        bare(code.text_content())
        for code in paper.elements(page, "//details//*[self::code or self::p]")
        if not paper.elements(code, ".//*[contains(@class, 'katex')]")
    ]
    words = [each[:30] for each in folded if len(each) > 30]
    assert words
    assert not [each for each in words if each not in on_paper]
    assert b"file://" not in lesson_pdf


def test_a_formula_is_on_paper(lesson_pdf: bytes) -> None:
    """Set in KaTeX's own fonts: they were found."""
    assert b"KaTeX" in b"".join(objects(lesson_pdf).values())


def test_a_lesson_has_each_name_once_and_no_dead_link_within(site: Path) -> None:
    pages = paper.sheets(site)
    tree = paper.lxml.html.fromstring(paper.document(site, pages, "https://course.test/"))
    names = paper.strings(tree, "//@id")
    assert len(names) == len(set(names))
    dead = {link for link in paper.strings(tree, "//a/@href") if link.startswith("#")}
    assert not {link for link in dead if link[1:] not in names}
    assert not paper.elements(tree, "//details[not(@open)] | //script")


def test_printing_a_page_opens_what_is_folded(browser: Browser, address: str, lesson: str) -> None:
    """Without scripts too: the style sheet does it."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + lesson)
    inside = page.locator("details:not([open]) > :not(summary)").first
    assert not inside.is_visible()
    page.emulate_media(media="print")
    assert inside.is_visible()
    assert not page.locator(".md-header").is_visible()
    context.close()


def test_no_chromium_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "nowhere"))
    with pytest.raises(CourseError, match="a PDF needs Chromium"):
        machine.chromium()


def test_no_site_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    course = Course(tmp_path)
    course.lessons_dir.mkdir()
    course.docs_dir.mkdir()
    (course.lessons_dir / "01_a.ipynb").write_text("{}", encoding="utf-8")
    (tmp_path / "mkdocs.yml").write_text("site_name: A\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["pdf"])
    assert result.exit_code == 1
    assert "there is no site yet" in result.output


def test_a_link_is_there_where_its_file_is(tmp_path: Path) -> None:
    page = tmp_path / "lessons" / "01_a" / "index.html"
    page.parent.mkdir(parents=True)
    page.write_text(f"<ul>{links.place('pdf 01_a')}</ul>{links.place('downloads')}")
    links.fill(tmp_path)
    assert "make pdf" in page.read_text()
    assert ".pdf" not in page.read_text()
    (tmp_path / links.FOLDER).mkdir()
    (tmp_path / links.FOLDER / "01_a.pdf").write_bytes(b"0" * 1_200_000)
    links.fill(tmp_path)
    assert page.read_text().count('href="../../downloads/01_a.pdf"') == 2
    assert "1.2 MB" in page.read_text()
