"""The site's search: nothing of the index before it is used, then sections, prose and code."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import lxml.html
import pytest
from playwright.sync_api import Browser, Page, Request
from waiting import until

pytestmark = pytest.mark.browser

SECTIONS = "/search/sections.json"
RESULT = ".md-search-result__link"


class Watched:
    """A page, the files that it and its workers asked for, and its complaints."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: list[str] = []
        self.complaints: list[str] = []
        page.context.on("request", self._note)  # the page's own and those of its workers
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _note(self, request: Request) -> None:
        self.asked.append(urlsplit(request.url).path)

    def search(self, words: str) -> list[str]:
        """Type into the search as a reader does; where the results lead."""
        self.page.keyboard.press("/")
        until(self.page, "document.activeElement.name === 'query'")
        self.page.keyboard.type(words, delay=20)
        return self.results()

    def results(self) -> list[str]:
        self.page.locator(RESULT).first.wait_for(timeout=15_000)
        self.page.wait_for_timeout(300)  # the rest of what has been typed
        links = self.page.locator(RESULT).all()
        return [
            urlsplit(link.get_attribute("href") or "")._replace(query="").geturl() for link in links
        ]


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    context = browser.new_context()
    yield Watched(context.new_page())
    context.close()


@pytest.fixture(scope="session")
def sections(site: Path) -> list[dict[str, str]]:
    """What the index says of each section of the first lesson."""
    everything = json.loads((site / SECTIONS.lstrip("/")).read_text(encoding="utf-8"))
    return [each for each in everything if each["location"].startswith("lessons/01_")]


def rare(sections: list[dict[str, str]], inside: str) -> tuple[str, str]:
    """A long word that one section alone has, and where that section is."""
    found: dict[str, set[str]] = {}
    for section in sections:
        text = " ".join(re.findall(inside, section["text"], re.DOTALL))
        for word in re.findall(
            r"\b[a-z]{7,}\b", lxml.html.fromstring(f"<p>{text}</p>").text_content()
        ):
            found.setdefault(word, set()).add(section["location"])
    everywhere = " ".join(section["title"] + section["text"] for section in sections)
    lonely = {
        word: where
        for word, where in found.items()
        if len(where) == 1 and len(re.findall(word, everywhere, re.IGNORECASE)) == 1
    }
    word = sorted(lonely)[len(lonely) // 2]
    return word, lonely[word].pop()


def test_a_page_loads_next_to_nothing_of_the_index(site: Path) -> None:
    index = (site / "search" / "search_index.json").read_bytes()
    assert len(gzip.compress(index)) < 500


def test_the_whole_index_is_small(site: Path) -> None:
    """What a search costs on any machine: benchmarks/searching.py measures the time here."""
    index = (site / SECTIONS.lstrip("/")).read_bytes()
    assert len(gzip.compress(index)) < 400_000


def test_nothing_is_fetched_before_somebody_searches(
    watched: Watched, address: str, lesson: str
) -> None:
    watched.page.goto(address + lesson, wait_until="networkidle")
    watched.page.mouse.wheel(0, 3000)
    watched.page.wait_for_timeout(500)
    assert "/search/search_index.json" in watched.asked  # the stub: our worker does run
    assert SECTIONS not in watched.asked
    assert not [path for path in watched.asked if "/workers/" in path]
    watched.search("lesson")
    assert watched.asked.count(SECTIONS) == 1
    assert not watched.complaints


def test_a_word_of_the_prose_leads_to_its_section(
    watched: Watched, address: str, sections: list[dict[str, str]]
) -> None:
    word, where = rare(sections, r"<p>(.*?)</p>")
    watched.page.goto(address)
    assert any(link.endswith(where) for link in watched.search(word)), word
    assert watched.page.locator(f"{RESULT} mark", has_text=re.compile(word, re.IGNORECASE)).count()
    assert not watched.complaints


def test_a_name_in_the_code_leads_to_its_section(
    watched: Watched, address: str, sections: list[dict[str, str]]
) -> None:
    word, where = rare(sections, r"<code>(.*?)</code>")
    watched.page.goto(address)
    assert any(link.endswith(where) for link in watched.search(word)), word


def test_a_method_is_found_with_and_without_its_object(
    watched: Watched, address: str, site: Path, lesson: str
) -> None:
    """The separator of mkdocs.yml: words of code do not end at spaces only."""
    page = lxml.html.fromstring((site / lesson / "index.html").read_bytes())
    code = "\n".join(node.text_content() for node in page.xpath("//pre/code"))
    thing, method = re.findall(r"\b([a-z]\w*)\.([A-Za-z]\w{3,})\(", code)[0]
    for words in (f"{thing}.{method}", method):
        watched.page.goto(address)
        assert any(f"/{lesson}" in link for link in watched.search(words)), words


def test_a_search_in_the_address_is_carried_out(
    watched: Watched, address: str, sections: list[dict[str, str]]
) -> None:
    word, where = rare(sections, r"<p>(.*?)</p>")
    watched.page.goto(f"{address}?q={word}")
    assert any(link.endswith(where) for link in watched.results())
    assert not watched.complaints


def test_a_result_opens_with_its_words_marked(
    watched: Watched, address: str, sections: list[dict[str, str]]
) -> None:
    word, _ = rare(sections, r"<p>(.*?)</p>")
    watched.page.goto(address)
    watched.search(word)
    watched.page.locator(f"{RESULT}[href*='h={word}']").first.click()
    watched.page.locator("article mark", has_text=re.compile(word, re.IGNORECASE)).first.wait_for()
    assert f"h={word}" in watched.page.url


def test_what_is_typed_while_the_index_loads_is_searched_for(
    watched: Watched, address: str, sections: list[dict[str, str]]
) -> None:
    word, where = rare(sections, r"<p>(.*?)</p>")
    context = watched.page.context
    context.route(
        f"**{SECTIONS}", lambda route: (watched.page.wait_for_timeout(800), route.continue_())
    )
    watched.page.goto(address)
    assert any(link.endswith(where) for link in watched.search(word))


def test_an_index_that_does_not_load_is_said_and_tried_again(
    watched: Watched, address: str
) -> None:
    context = watched.page.context
    context.route(f"**{SECTIONS}", lambda route: route.abort())
    watched.page.goto(address)
    watched.search("the")
    assert "did not load" in (watched.page.locator(RESULT).first.text_content() or "")
    context.unroute(f"**{SECTIONS}")
    watched.page.keyboard.type("n")
    watched.page.locator(RESULT, has_text="did not load").first.wait_for(state="detached")
