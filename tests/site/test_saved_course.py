"""The course saved in a browser: below a sub-path, with the network off and the server gone."""

from __future__ import annotations

import functools
import http.server
import re
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from waiting import until

from coursebuild.render import offline

pytestmark = pytest.mark.browser

SAVE, STOP, REMOVE = (f"[data-save] [data-part={part}]" for part in ("save", "stop", "remove"))
REGISTERED = "navigator.serviceWorker.getRegistrations().then((all) => all.length)"
STORED = """async () => {
  const names = await caches.keys();
  return names.length ? (await (await caches.open(names[0])).keys()).length : 0;
}"""


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        pass  # a browser that stops a download hangs up


class Host:
    """A site below /downhill/ that can change, break and go away."""

    def __init__(self, root: Path, site: Path) -> None:
        self.site = root / "downhill"
        shutil.copytree(site, self.site)
        self.asked: list[str] = []
        self.broken: re.Pattern[str] | None = None  # answered by a cut connection
        self.missing: re.Pattern[str] | None = None  # answered by 404
        self.held = threading.Event()  # while it is set, answers wait
        host = self

        class Handler(http.server.SimpleHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:
                pass

            def do_GET(self) -> None:
                host.asked.append(self.path)
                while host.held.is_set():
                    host.held.wait(0.01)
                    threading.Event().wait(0.01)
                if host.broken and host.broken.search(self.path):
                    self.close_connection = True
                    return
                if host.missing and host.missing.search(self.path):
                    self.send_error(404)
                    return
                super().do_GET()

        handler = functools.partial(Handler, directory=str(root))
        self.server = Server(("127.0.0.1", 0), handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/downhill/"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def leave(self) -> None:
        if self.thread.is_alive():
            self.server.shutdown()
            self.server.server_close()
            self.thread.join()

    def publish(self, name: str, old: str, new: str) -> None:
        """A new build in which one file differs."""
        path = self.site / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        offline.write(self.site)


@pytest.fixture
def host(site: Path, tmp_path: Path) -> Iterator[Host]:
    made = Host(tmp_path, site)
    yield made
    made.held.clear()
    made.leave()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context()
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def state(page: Page, wanted: str) -> None:
    expect(page.locator("[data-save]")).to_have_attribute("data-state", wanted, timeout=120_000)


def save(page: Page, host: Host) -> None:
    page.goto(host.address + "offline/")
    state(page, "none")
    page.click(SAVE)
    state(page, "saved")


def now(page: Page) -> str:
    return page.inner_text("[data-save] [data-part=now]")


def trouble(page: Page) -> str:
    return page.inner_text("[data-save] [data-part=trouble]")


def without_network(context: BrowserContext, host: Host) -> None:
    context.set_offline(True)
    host.leave()


def test_who_saves_nothing_gets_no_service_worker(page: Page, host: Host, lesson: str) -> None:
    for url in ("", lesson, "offline/"):
        page.goto(host.address + url, wait_until="networkidle")
        assert page.evaluate(REGISTERED) == 0
        assert page.evaluate("caches.keys()") == []
    assert not [path for path in host.asked if "version.json" in path or "sw.js" in path]


def test_a_saved_course_is_whole_without_a_network(
    context: BrowserContext, page: Page, host: Host, lesson: str
) -> None:
    """Home and its demo, a lesson with its figures, formulas and pages, the search, the 404."""
    save(page, host)
    without_network(context, host)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.append(request.url))
    page.goto(host.address, wait_until="networkidle")
    assert "Downhill" in page.title()
    page.locator("[data-src]").first.scroll_into_view_if_needed()
    alive = page.locator("[data-src]:is([data-state=ready], [data-answer='42'])")
    expect(alive.first).to_be_visible()  # the small course's demo has another sign

    page.goto(host.address + lesson, wait_until="networkidle")
    page.evaluate("document.querySelectorAll('img').forEach((i) => { i.loading = 'eager' })")
    until(page, "[...document.images].every((i) => i.complete && i.naturalWidth)")
    page.keyboard.press("/")
    page.keyboard.type("lesson", delay=20)
    page.locator(".md-search-result__link").first.click()
    page.wait_for_load_state()
    assert complaints == []
    assert page.goto(host.address + "no/such/page/").status == 404  # type: ignore[union-attr]
    assert page.locator("h1").count()
    page.goto((host.address + lesson).rstrip("/"))  # a typed address
    assert page.url == host.address + lesson
    assert page.evaluate("document.fonts.ready.then(() => document.styleSheets.length)") > 2


def test_every_file_of_the_list_is_kept_and_served(
    context: BrowserContext, page: Page, host: Host
) -> None:
    save(page, host)
    without_network(context, host)
    lost = page.evaluate(
        """async () => {
          const { files } = await (await caches.match("saved/files.json")).json();
          const lost = [];
          for (const [path, , bytes] of files) {
            const reply = await fetch(new URL("../" + path, location.href));
            if ((await reply.arrayBuffer()).byteLength !== bytes) lost.push(path);
          }
          return [files.length, lost];
        }"""
    )
    assert lost[0] > 100
    assert lost[1] == []


def test_stopped_then_gone_on_fetches_only_the_rest(page: Page, host: Host) -> None:
    page.goto(host.address + "offline/")
    state(page, "none")
    page.click(SAVE)
    until(page, "document.querySelector('progress').value > 0.1")
    host.held.set()
    page.click(STOP)
    state(page, "partly")
    host.held.clear()
    assert page.evaluate(REGISTERED) == 0  # what is not whole is not used
    kept = page.evaluate(STORED)
    assert kept > 0
    page.reload()
    state(page, "partly")
    host.asked.clear()
    page.click(SAVE)
    state(page, "saved")
    fetched = [path for path in host.asked if "saving=" in path and "offline/" not in path]
    assert len(fetched) <= page.evaluate(STORED) - kept


def test_an_update_fetches_what_differs_when_the_reader_says_so(
    page: Page, host: Host, lesson: str
) -> None:
    save(page, host)
    host.publish("about/index.html", "</h1>", " anew</h1>")
    page.goto(host.address + lesson)
    note = page.locator(".saved-note")
    expect(note).to_contain_text("newer version")
    page.goto(host.address + "about/")
    assert "anew" not in page.inner_text("h1")  # the copy is of one version
    expect(note).to_be_visible()
    note.get_by_role("link").click()
    expect(page.locator("[data-save]")).to_have_attribute("data-newer", "yes")
    assert "1 file to fetch" in now(page)
    host.asked.clear()
    page.click(SAVE)
    expect(page.locator("[data-save]")).to_have_attribute("data-newer", "no")
    fetched = [path for path in host.asked if re.search(r"saving=.", path)]
    assert len(fetched) == 1
    page.goto(host.address + "about/")
    assert "anew" in page.inner_text("h1")
    assert page.locator(".saved-note").count() == 0


def test_an_update_that_breaks_off_leaves_the_old_copy(
    context: BrowserContext, page: Page, host: Host
) -> None:
    save(page, host)
    host.publish("about/index.html", "</h1>", " anew</h1>")
    host.publish("notation/index.html", "</h1>", " anew</h1>")
    host.broken = re.compile("notation/")
    page.reload()
    page.click(SAVE)
    expect(page.locator("[data-part=trouble]")).to_contain_text("Your copy is as it was")
    state(page, "saved")
    without_network(context, host)
    for url in ("about/", "notation/"):
        page.goto(host.address + url)
        assert "anew" not in page.inner_text("h1")


def test_a_missing_file_is_said_in_one_line(page: Page, host: Host) -> None:
    host.missing = re.compile("notation/")
    page.goto(host.address + "offline/")
    page.click(SAVE)
    state(page, "partly")
    assert "answered 404 for notation/index.html" in trouble(page)
    assert "\n" not in trouble(page)
    assert page.evaluate(REGISTERED) == 0


def test_a_file_that_is_not_the_lists_is_refused(page: Page, host: Host) -> None:
    """The course was published anew in the middle, or somebody changed a file on its way."""
    with (host.site / "notation" / "index.html").open("a", encoding="utf-8") as file:
        file.write("<!-- other -->")
    page.goto(host.address + "offline/")
    page.click(SAVE)
    state(page, "partly")
    assert "not the file of the list" in trouble(page)


def test_too_little_room_is_said_in_one_line(
    context: BrowserContext, page: Page, host: Host
) -> None:
    page.goto(host.address + "offline/")
    state(page, "none")
    context.new_cdp_session(page).send(
        "Storage.overrideQuotaForOrigin",
        {"origin": host.address.removesuffix("/downhill/"), "quotaSize": 300_000},
    )
    page.click(SAVE)
    state(page, "partly")
    assert "no more room for this site: free some space" in trouble(page)
    assert page.evaluate(REGISTERED) == 0


def test_a_removed_copy_leaves_nothing(page: Page, host: Host) -> None:
    save(page, host)
    page.click(REMOVE)
    state(page, "none")
    page.goto(host.address)
    assert page.evaluate(REGISTERED) == 0
    assert page.evaluate("caches.keys()") == []
    host.asked.clear()
    page.goto(host.address + "about/")
    assert "/downhill/about/" in host.asked


def test_a_stretch_of_a_file_is_served(context: BrowserContext, page: Page, host: Host) -> None:
    """Safari plays no video without."""
    save(page, host)
    without_network(context, host)
    got = page.evaluate(
        """async () => {
          const reply = await fetch("../assets/logo.svg", { headers: { range: "bytes=2-5" } });
          return [reply.status, reply.headers.get("content-range"), (await reply.text()).length];
        }"""
    )
    size = (host.site / "assets" / "logo.svg").stat().st_size
    assert got == [206, f"bytes 2-5/{size}", 4]
