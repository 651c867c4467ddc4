"""Checkpoints, the questionnaire and the kept progress, as a reader with a keyboard meets them."""

from __future__ import annotations

import functools
import gzip
import http.server
import json
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import axe
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from visits import REPOSITORY, SCROLL, WATCH
from waiting import until

pytestmark = pytest.mark.browser
KEY = "downhill.progress"
SCRIPTS = ("progress.js", "quiz.js", "progress-page.js")


@pytest.fixture(scope="module")
def quizzes(site: Path) -> str:
    """URL of the first page with a checkpoint in the form that has choices."""
    return first_with(site, 'class="quiz"')


@pytest.fixture(scope="module")
def questionnaire(site: Path) -> str:
    """URL of the first page with a self-test."""
    return first_with(site, 'class="self-test"')


def first_with(site: Path, words: str) -> str:
    for path in sorted((site / "lessons").glob("*/index.html")):
        if words in path.read_text(encoding="utf-8"):
            return f"lessons/{path.parent.name}/"
    pytest.skip(f"no page has {words} yet")


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A reader who comes for the first time."""
    made = browser.new_context(
        viewport={"width": 390, "height": 844}, reduced_motion="reduce", accept_downloads=True
    )
    made.add_init_script(WATCH)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def kept(page: Page) -> dict[str, dict[str, dict[str, bool]]]:
    text = page.evaluate(f"localStorage.getItem('{KEY}')")
    return json.loads(text)["lessons"] if text else {}


def focused(page: Page, selector: str) -> bool:
    return bool(page.evaluate("s => document.activeElement.matches(s)", selector))


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is there."""
    for _ in range(30):
        if focused(page, selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"thirty tabs do not lead to {selector}")


def summary(quiz: Locator, verdict: str) -> Locator:
    return quiz.locator(f"details[data-verdict={verdict}] > summary").first


def choose(page: Page, quiz: Locator, verdict: str, key: str = "Enter") -> None:
    """Reach a choice with Tab from the one before, and open it."""
    quiz.locator("summary").first.focus()
    tab_to(page, f".quiz details[data-verdict={verdict}] > summary")
    page.keyboard.press(key)


# ── Checkpoints ─────────────────────────────────────────────────────────────────────────────────


def test_a_wrong_choice_then_the_right_one_by_keyboard_alone(
    page: Page, address: str, quizzes: str
) -> None:
    page.goto(address + quizzes, wait_until="networkidle")
    quiz = page.locator(".quiz").first
    note, said = quiz.locator(".quiz-note"), page.locator("[role=status].quiz-hidden")
    choose(page, quiz, "wrong")
    assert focused(page, "summary")  # the focus stays where the answer was given
    expect(summary(quiz, "wrong")).to_contain_text("✗ Not so")
    expect(quiz.locator("details[data-verdict=wrong] > p").first).to_be_visible()
    expect(note).to_contain_text("✗ Not so: read why")
    expect(said).to_contain_text("not so. The reason is unfolded.")
    choose(page, quiz, "right", "Space")
    expect(summary(quiz, "right")).to_contain_text("✓ Right")
    expect(note).to_have_text("✓ Right.")
    expect(said).to_contain_text(": right. The reason is unfolded.")
    (lesson,) = kept(page).values()
    assert lesson["checkpoints"] == {quiz.get_attribute("id"): False}  # the first one counts


def test_the_first_answer_is_remembered_and_shown_without_a_jump(
    page: Page, address: str, quizzes: str
) -> None:
    page.goto(address + quizzes, wait_until="networkidle")
    quiz = page.locator(".quiz").first
    expect(page.locator(".you > *")).to_be_hidden()
    summary(quiz, "right").click()
    expect(quiz.locator(".quiz-note")).to_have_text("✓ Right, at the first try.")
    expect(page.locator(".you")).to_contain_text(re.compile(r"You: 1 of \d+ checkpoints"))
    page.reload(wait_until="networkidle")
    expect(quiz.locator(".quiz-note")).to_have_text("Your first answer here was ✓ right.")
    expect(page.locator(".you")).to_contain_text(re.compile(r"You: 1 of \d+ checkpoints"))
    assert quiz.locator("details[open]").count() == 0  # it can be answered afresh
    assert page.evaluate("window.layoutShift") <= 0.02
    assert not [where for where in page.evaluate("window.shifted") if "you" in where]


def test_the_line_takes_no_room_that_it_did_not_have(
    page: Page, address: str, quizzes: str
) -> None:
    page.goto(address + quizzes, wait_until="networkidle")
    top = "document.querySelector('.you').nextElementSibling.getBoundingClientRect().top + scrollY"
    before = page.evaluate(top)
    summary(page.locator(".quiz").first, "right").click()
    expect(page.locator(".you > *")).to_be_visible()
    assert page.evaluate(top) == before


def test_what_the_browser_unfolds_itself_is_no_answer(
    page: Page, address: str, quizzes: str
) -> None:
    """Its own search does so, and a printer's script."""
    page.goto(address + quizzes, wait_until="networkidle")
    page.evaluate("document.querySelectorAll('.quiz details').forEach((d) => { d.open = true })")
    page.wait_for_timeout(100)
    assert page.locator(".quiz-mark").count() == 0
    assert not any(lesson["checkpoints"] for lesson in kept(page).values())


def test_a_page_counts_as_read_when_its_end_was_reached(
    page: Page, address: str, quizzes: str
) -> None:
    page.goto(address + quizzes, wait_until="networkidle")
    assert kept(page) == {}
    page.keyboard.press("End")
    until(page, f"localStorage.getItem('{KEY}') !== null")
    (lesson,) = kept(page).values()
    assert lesson["pages"] == [int(page.locator(".you").get_attribute("data-page") or 0)]


def test_without_scripts_all_folds_and_no_button_is_dead(
    browser: Browser, address: str, quizzes: str, questionnaire: str
) -> None:
    plain = browser.new_context(java_script_enabled=False)
    page = plain.new_page()
    page.goto(address + quizzes)
    choice = page.locator(".quiz details").first
    choice.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(choice.locator("p").first).to_be_visible()
    page.goto(address + questionnaire)
    expect(page.locator(".self-test")).to_be_hidden()
    page.locator("details.answer > summary").first.click()
    expect(page.locator("details.answer > p").first).to_be_visible()
    page.goto(address + "progress/")
    expect(page.locator(".progress-tools")).to_be_hidden()
    expect(page.get_by_text("Scripts are off in this browser")).to_be_visible()
    expect(page.locator(".progress-lesson a").first).to_be_visible()
    plain.close()


# ── The questionnaire ───────────────────────────────────────────────────────────────────────────


def test_the_questionnaire_by_keyboard_alone(page: Page, address: str, questionnaire: str) -> None:
    page.goto(address + questionnaire, wait_until="networkidle")
    questions = page.locator("details.answer[id]")
    count, score = questions.count(), page.locator(".self-test-score")
    missed, again = page.locator(".self-test-missed"), page.locator(".self-test-again")
    expect(missed).to_be_disabled()
    expect(again).to_be_disabled()
    questions.first.locator("summary").focus()
    for number in range(count):  # the second is missed; each answer leads on to the next question
        assert questions.nth(number).locator("summary:focus").count() == 1
        page.keyboard.press("Enter")
        tab_to(page, "details.answer button")
        if number == 1:
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
    expect(score).to_have_text(f"{count - 1} of {count} known, 1 missed.")
    assert focused(page, ".self-test-score")
    expect(questions.nth(0).locator("summary")).to_contain_text("✓ Knew it")
    expect(questions.nth(1).locator("summary")).to_contain_text("✗ Not yet")

    tab_to(page, ".self-test-missed")
    page.keyboard.press("Enter")
    assert questions.nth(1).locator("summary:focus").count() == 1
    expect(page.locator("details.answer[id]:visible")).to_have_count(1)
    expect(missed).to_have_text("Show all questions")
    page.keyboard.press("Enter")
    tab_to(page, "details.answer button")
    page.keyboard.press("Enter")
    expect(score).to_have_text(f"{count} of {count} known, 0 missed.")
    expect(page.locator("details.answer[id]:visible")).to_have_count(count)

    page.reload(wait_until="networkidle")
    expect(score).to_have_text(f"{count} of {count} known, 0 missed.")
    again.focus()
    page.keyboard.press("Enter")
    expect(again).to_be_disabled()
    assert page.locator("details.answer .quiz-mark").count() == 0
    assert questions.first.locator("summary:focus").count() == 1


def test_headings_without_a_missed_question_hide_with_them(
    page: Page, address: str, questionnaire: str
) -> None:
    page.goto(address + questionnaire, wait_until="networkidle")
    questions = page.locator("details.answer[id]")
    questions.first.locator("summary").click()
    page.locator("details.answer[open]").get_by_text("Not yet").click()
    page.locator(".self-test-missed").click()
    visible = page.evaluate(
        "[...document.querySelectorAll('h3')].filter((h) => {"
        "let e = h; while ((e = e.nextElementSibling) && !/^H/.test(e.tagName))"
        "if (e.matches('.answer')) return h.checkVisibility(); return false }).length"
    )
    assert visible <= 1
    page.locator(".self-test-missed").click()
    expect(page.locator("details.answer[id]:visible")).to_have_count(questions.count())


# ── Your progress ───────────────────────────────────────────────────────────────────────────────


def answered(page: Page, address: str, quizzes: str) -> str:
    """Answer a checkpoint wrongly; its id."""
    page.goto(address + quizzes, wait_until="networkidle")
    quiz = page.locator(".quiz").first
    summary(quiz, "wrong").click()
    return quiz.get_attribute("id") or ""


def upload(page: Page, name: str, text: str) -> None:
    file = {"name": name, "mimeType": "application/json", "buffer": text.encode()}
    page.locator(".progress-file").set_input_files(files=[file])  # type: ignore[list-item]


def test_progress_goes_out_is_erased_and_comes_in_again(
    page: Page, address: str, quizzes: str
) -> None:
    name = answered(page, address, quizzes)
    page.goto(address + "progress/", wait_until="networkidle")
    chip = page.locator(f".chip[data-of={name}]").first
    expect(chip).to_contain_text("✗")
    expect(chip).to_contain_text("not right at the first try")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").press("Enter")
    text = download.value.path().read_text(encoding="utf-8")
    assert re.fullmatch(
        r"downhill-progress-\d{4}-\d\d-\d\d\.json", download.value.suggested_filename
    )
    assert json.loads(text)["version"] == 1

    erase = page.get_by_role("button", name="Erase…")
    erase.press("Enter")
    assert focused(page, ".progress-no")  # what asks first is safe to answer in haste
    page.keyboard.press("Escape")
    expect(page.locator(".progress-sure")).to_be_hidden()
    assert kept(page)
    erase.press("Enter")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".progress-state")).to_contain_text("Erased")
    assert kept(page) == {}
    expect(chip).not_to_contain_text("✗")

    upload(page, "mine.json", text)
    expect(page.locator(".progress-state")).to_contain_text("mine.json was imported")
    expect(chip).to_contain_text("✗")
    assert kept(page) == json.loads(text)["lessons"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "it is no JSON"),
        ("[1, 2]", "it holds no progress of this course"),
        ('{"version": 2, "lessons": {}}', "it was written by another version"),
        ('{"version": 1, "lessons": {"__proto__": {}}}', "“__proto__” is no lesson"),
        ('{"version": 1, "lessons": {"01_a": {"pages": ["x"]}}}', "the pages of 01_a"),
        (
            '{"version": 1, "lessons": {"01_a": {"checkpoints": {"quiz-a": 1}}}}',
            "“quiz-a” in 01_a is no answer",
        ),
        ("[" + " " * 1_000_001 + "]", "it is too large"),
    ],
)
def test_a_bad_file_is_one_clear_line_and_changes_nothing(
    page: Page, address: str, quizzes: str, text: str, why: str
) -> None:
    answered(page, address, quizzes)
    page.goto(address + "progress/", wait_until="networkidle")
    before = kept(page)
    upload(page, "bad.json", text)
    state = page.locator(".progress-state")
    expect(state).to_contain_text(f"bad.json was not imported: {why}")
    expect(state).to_contain_text("Nothing has changed.")
    assert focused(page, ".progress-state")
    assert kept(page) == before


def test_importing_adds_and_takes_nothing_away(page: Page, address: str, quizzes: str) -> None:
    name = answered(page, address, quizzes)
    page.goto(address + "progress/", wait_until="networkidle")
    lesson = page.locator(f".progress-lesson:has([data-of={name}])").first.get_attribute(
        "data-lesson"
    )
    theirs = {"pages": [1], "checkpoints": {name: True, "quiz-other": True}, "questions": {}}
    text = json.dumps({"version": 1, "lessons": {lesson: theirs, "99_elsewhere": {}}})
    upload(page, "theirs.json", text)
    expect(page.locator(".progress-state")).to_contain_text("was imported")
    after = kept(page)
    assert after[str(lesson)]["checkpoints"] == {name: False, "quiz-other": True}
    assert 1 in after[str(lesson)]["pages"]
    assert "99_elsewhere" in after


def test_another_tab_shows_the_same(context: BrowserContext, address: str, quizzes: str) -> None:
    here, there = context.new_page(), context.new_page()
    there.goto(address + "progress/", wait_until="networkidle")
    name = answered(here, address, quizzes)
    chip = there.locator(f".chip[data-of={name}]").first  # later lessons may have one of its name
    expect(chip).to_contain_text("✗")


# ── Browsers that keep nothing ──────────────────────────────────────────────────────────────────


class Sandboxed(http.server.SimpleHTTPRequestHandler):
    """Pages of no origin: Chromium refuses them localStorage, as it does where cookies are off."""

    def log_message(self, format: str, *args: object) -> None:
        pass

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", "sandbox allow-scripts allow-downloads")
        super().end_headers()


@pytest.fixture
def refused(site: Path) -> Iterator[str]:
    """Address of the site where nothing can be stored."""
    handler = functools.partial(Sandboxed, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_where_storage_is_blocked_quizzes_work_and_the_page_says_so(
    page: Page, refused: str, quizzes: str
) -> None:
    page.goto(refused + quizzes, wait_until="networkidle")
    with pytest.raises(Exception, match=r"SecurityError|Access is denied"):
        page.evaluate("localStorage.length")
    quiz = page.locator(".quiz").first
    summary(quiz, "right").click()
    expect(quiz.locator(".quiz-note")).to_have_text(
        "✓ Right, at the first try. This browser does not keep it."
    )
    expect(page.locator(".you")).to_contain_text("nothing is kept after you leave")
    page.goto(refused + "progress/", wait_until="networkidle")
    expect(page.locator(".progress-state")).to_contain_text("lets no page store anything")


def test_where_storage_is_full_nothing_old_is_lost_and_the_page_says_so(
    page: Page, address: str, quizzes: str
) -> None:
    answered(page, address, quizzes)
    before = kept(page)
    page.evaluate(
        "for (let size = 1 << 22; size >= 1; size >>= 1) for (let n = 0; n < 9; n++)"
        " try { localStorage.setItem(`x${size}-${n}`, 'x'.repeat(size)) } catch { break }"
    )
    quiz = page.locator(".quiz").nth(1) if page.locator(".quiz").count() > 1 else None
    if quiz is None:
        page.keyboard.press("End")
    else:
        summary(quiz, "right").click()
        expect(quiz.locator(".quiz-note")).to_contain_text("This browser does not keep it.")
    expect(page.locator(".you")).to_contain_text("storage is full")
    assert kept(page) == before


@pytest.mark.parametrize("stored", ["no JSON", '{"version": 9, "lessons": {}}'])
def test_what_another_version_stored_is_left_alone_until_it_is_erased(
    page: Page, address: str, quizzes: str, stored: str
) -> None:
    page.goto(address + quizzes, wait_until="networkidle")
    page.evaluate("([key, text]) => localStorage.setItem(key, text)", [KEY, stored])
    page.reload(wait_until="networkidle")
    quiz = page.locator(".quiz").first
    summary(quiz, "right").click()
    expect(quiz.locator(".quiz-note")).to_contain_text("✓ Right, at the first try.")
    assert page.evaluate(f"localStorage.getItem('{KEY}')") == stored
    page.goto(address + "progress/", wait_until="networkidle")
    expect(page.locator(".progress-state")).to_contain_text("it is left alone")
    page.get_by_role("button", name="Erase…").click()
    page.get_by_role("button", name="Yes, erase it").click()
    expect(page.locator(".progress-state")).to_contain_text("Erased")
    assert page.evaluate(f"localStorage.getItem('{KEY}')") is None


# ── What all of it must be ──────────────────────────────────────────────────────────────────────


def test_axe_finds_nothing_in_answered_quizzes_and_progress(
    page: Page,
    address: str,
    quizzes: str,
    questionnaire: str,
    npm_package: Callable[[str], Path],
) -> None:
    script = (npm_package("axe-core") / "axe.min.js").read_text(encoding="utf-8")

    def look(where: str) -> None:
        page.evaluate(script)
        assert axe.in_both_schemes(page) == [], where

    answered(page, address, quizzes)
    summary(page.locator(".quiz").first, "right").click()
    look("checkpoint")
    page.goto(address + questionnaire, wait_until="networkidle")
    for number, word in enumerate(("I knew it", "Not yet")):
        page.locator("details.answer > summary").nth(number).click()
        page.locator("details.answer[open]").get_by_text(word).click()
    page.locator("details.answer > summary").nth(1).click()
    look("questionnaire")
    page.goto(address + "progress/", wait_until="networkidle")
    page.get_by_role("button", name="Erase…").click()
    look("progress")


def test_what_a_choice_is_shows_in_grey_too(page: Page, address: str, quizzes: str) -> None:
    """Right and wrong differ in words, in a mark and in the border's form, not only in colour."""
    answered(page, address, quizzes)
    quiz = page.locator(".quiz").first
    summary(quiz, "right").click()
    style = "(e) => getComputedStyle(e.closest('details')).borderTopStyle"
    assert summary(quiz, "wrong").evaluate(style) != summary(quiz, "right").evaluate(style)


def test_no_request_and_no_cookie_comes_of_an_answer(
    context: BrowserContext, page: Page, address: str, quizzes: str
) -> None:
    page.goto(address + quizzes, wait_until="networkidle")
    page.evaluate(SCROLL)  # pictures load when they come near
    page.wait_for_timeout(500)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    summary(page.locator(".quiz").first, "wrong").click()
    page.wait_for_timeout(200)
    assert asked == []
    assert context.cookies() == []


def test_the_scripts_weigh_at_most_6_kb() -> None:
    sizes = [
        len(gzip.compress((REPOSITORY / "docs/assets" / name).read_bytes())) for name in SCRIPTS
    ]
    assert sum(sizes) <= 6_000, dict(zip(SCRIPTS, sizes, strict=True))
