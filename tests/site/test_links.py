"""Links, anchors and weight of the built files: no browser needed."""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import lxml.html

ROOT = "http://course.test/"
HERE = ("https://downhill-course.github.io/downhill/",)


@cache
def parsed(path: Path) -> lxml.html.HtmlElement:
    return lxml.html.fromstring(path.read_bytes())


def file_of(site: Path, url: str) -> Path:
    path = site / unquote(urlsplit(url).path.lstrip("/"))
    return path / "index.html" if path.is_dir() or url.endswith("/") else path


def dead_links(site: Path) -> list[str]:
    """All links, pictures, styles and scripts that lead nowhere within the site."""
    dead = []
    for page in sorted(site.rglob("index.html")):
        base = urljoin(ROOT, page.parent.relative_to(site).as_posix() + "/")
        for element, attribute, link, _ in parsed(page).iterlinks():
            target, anchor = urldefrag(urljoin(base, link))
            if not target.startswith(ROOT) or attribute not in ("href", "src", "data-src"):
                continue
            file = file_of(site, target)
            if not file.is_file():
                dead.append(f"{base}: {link} ({element.tag})")
            elif anchor and file.suffix == ".html":
                names = parsed(file).xpath("//@id | //a/@name")
                if unquote(anchor) not in names:
                    dead.append(f"{base}: {link} has no such anchor")
    return dead


def test_no_link_and_no_anchor_is_dead(site: Path) -> None:
    assert dead_links(site) == []


def test_a_dead_link_and_a_dead_anchor_are_seen(tmp_path: Path) -> None:
    """The check itself: it would be silent as well if it saw nothing."""
    page = '<p id="here"><a href="gone/">a</a><a href="#nowhere">b</a><a href="#here">c</a></p>'
    (tmp_path / "index.html").write_text(page, encoding="utf-8")
    assert len(dead_links(tmp_path)) == 2


def test_demo_data_lie_beside_the_page(site: Path) -> None:
    for page in site.rglob("index.html"):
        for element in parsed(page).xpath("//*[@data-src]"):
            file = (page.parent / element.get("data-src")).resolve()
            json.loads(file.read_text(encoding="utf-8"))


def test_ids_are_unique(site: Path) -> None:
    for page in site.rglob("index.html"):
        ids = parsed(page).xpath("//@id")
        twice = {name for name in ids if ids.count(name) > 1}
        assert not twice, f"{page}: {twice}"


def test_every_picture_is_described_and_has_a_size(site: Path, lesson: str) -> None:
    pictures = parsed(site / lesson / "index.html").xpath("//article//img")
    assert pictures
    for picture in pictures:
        assert picture.get("alt"), picture.get("src")
        assert picture.get("width"), picture.get("src")
        assert picture.get("height"), picture.get("src")
        assert picture.get("decoding") == "async"


def test_a_lesson_weighs_at_most_40_kb(site: Path) -> None:
    for page in (site / "lessons").glob("*/index.html"):
        weight = len(gzip.compress(page.read_bytes()))
        assert weight <= 40_000, f"{page.parent.name}: {weight:,} bytes"


def test_no_page_inlines_pictures_or_scripts_of_others(site: Path) -> None:
    for page in site.rglob("index.html"):
        text = page.read_text(encoding="utf-8")
        for trap in ("data:image", "mathjax", "fonts.googleapis", "cdn.jsdelivr", "require.js"):
            assert trap not in text.lower(), f"{page}: {trap}"


def search_index(site: Path) -> tuple[str, list[dict[str, str]]]:
    text = (site / "search" / "sections.json").read_text(encoding="utf-8")
    return text, json.loads(text)


def test_a_lesson_adds_at_most_45_kb_to_what_a_search_loads(site: Path) -> None:
    """The pages around the lessons, the package's among them, have 65 kB in all."""
    lessons = len(list((site / "lessons").glob("*/*-student.ipynb")))
    _, entries = search_index(site)
    weight = {True: 0, False: 0}
    for of_lessons in weight:
        there = [e for e in entries if e["location"].startswith("lessons/") == of_lessons]
        weight[of_lessons] = len(gzip.compress(json.dumps(there, ensure_ascii=False).encode()))
    assert weight[True] <= 45_000 * lessons
    assert weight[False] <= 65_000


def test_search_finds_sections_and_code_but_no_outputs(site: Path, lesson: str) -> None:
    page = parsed(site / lesson / "index.html")
    text, entries = search_index(site)
    titles = " ".join(entry["title"] for entry in entries)
    for heading in page.xpath("//article//h2[@id]/text()[1]"):
        assert heading.split(" `")[0].strip() in titles
    code = page.xpath("//article//div[contains(@class, 'nb-code')]//code")
    assert any(line.text_content().split()[0] in text for line in code)
    unique = [o.text_content().strip() for o in page.xpath("//pre[contains(@class, 'nb-stream')]")]
    source = " ".join(node.text_content() for node in code)
    for output in unique:
        line = output.splitlines()[-1]
        if len(line) > 12 and line not in source:
            assert line not in text


def test_each_lesson_can_be_downloaded_in_both_forms(site: Path) -> None:
    """The executed notebook has its outputs; the student's has no solutions."""
    students = list((site / "lessons").glob("*/*-student.ipynb"))
    assert students
    for path in students:
        student = json.loads(path.read_text(encoding="utf-8"))
        whole = path.with_name(path.name.replace("-student", ""))
        executed = json.loads(whole.read_text(encoding="utf-8"))
        assert any(cell.get("outputs") for cell in executed["cells"])
        assert not any(cell.get("outputs") for cell in student["cells"])
        marks = [tag for cell in student["cells"] for tag in cell["metadata"].get("tags", [])]
        assert "solution" not in marks


def test_the_edit_link_points_at_the_lesson_itself(site: Path, lesson: str) -> None:
    name = lesson.strip("/").split("/")[-1]
    links = parsed(site / lesson / "index.html").xpath("//article//a[contains(@href, '/edit/')]")
    assert links
    assert {a.get("href").rpartition("/edit/main/")[2] for a in links} == {f"lessons/{name}.ipynb"}
