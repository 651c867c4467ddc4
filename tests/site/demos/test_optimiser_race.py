"""The optimiser race in a real Chromium: mouse, touch, keyboard, URL, no scripts, no data."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from demo_page import (
    MARKS,
    served,
    start,
    still_stays_without_data,
    still_stays_without_scripts,
    violations,
    wear,
)
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

pytestmark = MARKS
NAME = "optimiser-race"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a page with the race, its starts given as the lesson gives them."""
    folder = tmp_path_factory.mktemp("race")
    starts = {"bowl": [-2.0, 1.5], "ravine": [-2.5, 1.0], "saddle": [-2.0, 0.05]}
    (folder / "race.json").write_text(json.dumps({"start": starts, "cases": []}))
    with served(folder, {NAME: "race.json"}) as address:
        yield address


def part(page: Page, name: str) -> Locator:
    return page.locator(f'[data-part="{name}"]')


def status(page: Page) -> Locator:
    return part(page, "status")


def table(page: Page) -> dict[str, list[str]]:
    """Optimiser → its height and where it is."""
    return {
        name: part(page, name).locator("td").all_text_contents()
        for name in ("sgd", "momentum", "adam")
    }


def place(page: Page) -> str:
    return part(page, "start").get_attribute("aria-label").split(". Arrow")[0]


def test_all_three_stand_at_one_start(page: Page) -> None:
    expect(status(page)).to_have_text(
        "Step 0. All three stand at x −2.50, y 1.00, at height 15.625."
    )
    assert set(map(tuple, table(page).values())) == {("15.625", "at the start")}


def test_a_step_moves_all_three_and_says_who_is_ahead(page: Page) -> None:
    page.click("[data-step]")
    expect(part(page, "caption")).to_have_text("Step 1 of 100")
    heights = {name: float(row[0]) for name, row in table(page).items()}
    assert heights["sgd"] == heights["momentum"] < heights["adam"] < 15.625
    expect(status(page)).to_contain_text("Step 1: SGD and momentum are level.")
    for _ in range(9):
        page.click("[data-step]")
    expect(status(page)).to_contain_text(
        "Step 10: momentum is ahead. Momentum at height 0.391; SGD at"
    )


def test_a_prediction_is_answered_by_running(context: BrowserContext, base: str) -> None:
    page = context.new_page()
    page.clock.install()
    start(page, base)
    page.click("[data-surface='bowl']")
    page.click("[data-guess='adam']")  # asks about the ravine, so it shows the ravine
    expect(page.locator("[data-surface='ravine']")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-guess='adam']")).to_have_attribute("aria-pressed", "true")
    expect(part(page, "answer")).to_have_text("You say: Adam. Press Play.")
    page.click("[data-play]")
    page.clock.run_for(2000)
    expect(part(page, "answer")).to_have_text("You say: Adam. They are off.")
    expect(status(page)).to_have_text("Racing…")
    page.clock.run_for(10_000)
    expect(part(page, "answer")).to_contain_text(
        "At the bottom: momentum from step 69, SGD and Adam not within 100 steps."
    )
    expect(page.locator("[data-play]")).to_have_text("Play")
    expect(status(page)).to_contain_text("Step 100: momentum is ahead.")


def test_play_pauses_and_begins_again_at_the_end(context: BrowserContext, base: str) -> None:
    page = context.new_page()
    page.clock.install()
    start(page, base)
    page.click("[data-play]")
    page.clock.run_for(1000)
    page.click("[data-play]")
    before = part(page, "caption").text_content()
    assert re.fullmatch(r"Step 1\d of 100", before)
    page.clock.run_for(2000)
    assert part(page, "caption").text_content() == before
    page.click("[data-play]")
    page.clock.run_for(10_000)
    assert part(page, "caption").text_content() == "Step 100 of 100"
    page.click("[data-play]")
    page.clock.run_for(500)
    assert re.fullmatch(r"Step \d of 100", part(page, "caption").text_content())


def test_less_motion_plays_ten_steps_at_a_time(chromium: Browser, base: str) -> None:
    page = chromium.new_page(reduced_motion="reduce", viewport={"width": 1280, "height": 1800})
    page.clock.install()
    start(page, base)
    page.clock.run_for(5000)
    assert part(page, "caption").text_content() == "Step 0 of 100"  # nothing plays by itself
    page.click("[data-play]")
    page.clock.run_for(950)
    assert part(page, "caption").text_content() == "Step 10 of 100"
    page.clock.run_for(500)
    assert part(page, "caption").text_content() == "Step 10 of 100"
    page.close()


def test_a_high_learning_rate_diverges_in_words(page: Page) -> None:
    part(page, "lr").focus()
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    assert part(page, "lrText").text_content() == "0.12"
    for _ in range(30):
        page.click("[data-step]")
    expect(status(page)).to_contain_text("SGD diverged: past a million by step 9.")
    assert table(page)["sgd"][0] == "over 1,000"
    assert table(page)["sgd"][1] == "diverged by 9"


def test_the_ridge_of_the_saddle_holds_who_starts_on_it(context: BrowserContext, base: str) -> None:
    page = start(context.new_page(), f"{base}/?race-surface=saddle&race-lr=0.1&race-step=100")
    assert all(where.startswith("bottom since") for _, where in table(page).values())
    part(page, "start").focus()
    for _ in range(5):
        page.keyboard.press("Shift+ArrowDown")
    assert place(page) == "Start, at x −2.00, y 0.00"
    assert table(page)["sgd"][1] == "stuck at the saddle"
    expect(status(page)).to_contain_text("stuck at the saddle")


def test_arrow_keys_move_the_start_and_stay_in_the_picture(page: Page) -> None:
    handle = part(page, "start")
    handle.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    assert place(page) == "Start, at x −2.40, y 1.10"
    for _ in range(12):
        page.keyboard.press("ArrowUp")
    assert place(page) == "Start, at x −2.40, y 2.10"
    expect(status(page)).to_contain_text("All three stand at x −2.40, y 2.10")
    expect(page).to_have_url(re.compile(r"\?race-start=-2\.4_2\.1$"))


def test_the_mouse_drags_the_start_and_a_click_puts_it_there(page: Page) -> None:
    box = part(page, "map").bounding_box()
    centre = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    handle = part(page, "start").bounding_box()
    page.mouse.move(handle["x"] + 22, handle["y"] + 22)
    page.mouse.down()
    page.mouse.move(centre[0], centre[1] - box["height"] / 4, steps=5)
    page.mouse.up()
    assert re.fullmatch(r"Start, at x −?0\.0\d, y 1\.0\d", place(page))
    page.mouse.click(centre[0] + box["width"] / 3, centre[1])
    assert re.fullmatch(r"Start, at x (2\.0\d|1\.9\d), y −?0\.0\d", place(page))


def test_a_finger_drags_the_start_and_does_not_scroll_the_page(
    context: BrowserContext, base: str
) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 700})
    start(page, base)
    part(page, "map").scroll_into_view_if_needed()
    scrolled = page.evaluate("scrollY")
    box = part(page, "start").bounding_box()
    session = context.new_cdp_session(page)

    def touch(kind: str, *at: tuple[float, float]) -> None:
        spots = [{"x": x, "y": y} for x, y in at]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": spots})

    x, y = box["x"] + 22, box["y"] + 22
    touch("touchStart", (x, y))
    for moved in (20, 40, 60):
        touch("touchMove", (x + moved, y + moved))
    touch("touchEnd")
    expect(status(page)).not_to_contain_text("x −2.50")
    assert re.search(r"x −1\.\d\d, y −?0\.\d\d", place(page))
    assert page.evaluate("scrollY") == scrolled


def test_the_whole_race_by_keyboard(context: BrowserContext, base: str) -> None:
    page = context.new_page()
    page.clock.install()
    start(page, base)
    page.evaluate("document.activeElement.blur()")
    names = []
    for _ in range(13):
        page.keyboard.press("Tab")
        names.append(
            page.evaluate(
                "(e => e.dataset.part ?? Object.keys(e.dataset)[0])(document.activeElement)"
            )
        )
    assert names[:3] == ["guess"] * 3
    assert names[3:] == [*["surface"] * 3, "start", "play", "step", "rewind", "reset", "lr", "beta"]
    page.keyboard.press("Home")  # β, the last that has the focus
    assert part(page, "betaText").text_content() == "0.00"
    page.locator("[data-step]").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    assert part(page, "caption").text_content() == "Step 2 of 100"
    rows = table(page)
    assert rows["sgd"][0] == rows["momentum"][0]  # β = 0 is SGD


def test_the_url_brings_the_race_back(context: BrowserContext, base: str) -> None:
    page = start(context.new_page(), f"{base}/?other=1#optimiser-race")
    page.click("[data-surface='saddle']")
    part(page, "lr").fill("20")
    part(page, "beta").fill("75")
    part(page, "start").focus()
    page.keyboard.press("ArrowLeft")
    for _ in range(4):
        page.click("[data-step]")
    expect(page).to_have_url(
        re.compile(
            r"\?other=1&race-surface=saddle&race-start=-2\.1_0\.05&race-lr=0\.1&race-beta=0\.75"
            r"&race-step=4#optimiser-race$"
        )
    )
    again = start(context.new_page(), page.url)
    assert table(again) == table(page)
    expect(status(again)).to_have_text(status(page).text_content())
    again.click("[data-reset]")
    expect(again).to_have_url(re.compile(r"\?other=1&race-surface=saddle#optimiser-race$"))
    expect(part(again, "lrText")).to_have_text("0.02")


def test_nonsense_in_the_url_starts_the_race_as_it_is(context: BrowserContext, base: str) -> None:
    nonsense = "race-surface=toString&race-start=a_b&race-lr=x&race-beta=%3Cb%3E&race-step=NaN"
    page = start(context.new_page(), f"{base}/?{nonsense}")
    expect(status(page)).to_contain_text("Step 0. All three stand at x −2.50, y 1.00")
    assert part(page, "lrText").text_content() == "0.02"
    assert part(page, "betaText").text_content() == "0.90"
    far = start(context.new_page(), f"{base}/?race-lr=1e99&race-beta=-7&race-step=9e9")
    assert part(far, "lrText").text_content() == "3"
    assert part(far, "betaText").text_content() == "0.00"
    expect(part(far, "caption")).to_have_text("Step 100 of 100")


def test_without_scripts_the_picture_and_its_words_stay(chromium: Browser, base: str) -> None:
    still_stays_without_scripts(chromium, base, NAME)


def test_without_data_the_picture_stays_and_a_message_says_why(
    chromium: Browser, base: str
) -> None:
    still_stays_without_data(chromium, base, NAME)


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_jumps_and_nothing_is_wider_than_the_screen(
    chromium: Browser, base: str, width: int
) -> None:
    """The demo is as high as its picture was, and stays so with its longest texts."""
    page = chromium.new_page(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    height = f"document.querySelector('downhill-{NAME}').firstElementChild.offsetHeight"
    controls = "document.querySelector('[data-part=map]').getBoundingClientRect().top + scrollY"
    page.route("**/*.json", lambda route: route.abort())
    page.goto(base)
    page.wait_for_selector(f"downhill-{NAME}[data-state=failed]")
    before = page.evaluate(height)
    page.unroute("**/*.json")
    start(page, base)
    assert page.evaluate(height) == before
    top = page.evaluate(controls)
    page.click("[data-guess='momentum']")
    for lr in (13, 17, 20, 30):  # some arrive, some leave the picture, some diverge
        part(page, "lr").fill(str(lr))
        for _ in range(11):
            page.evaluate("document.querySelector('[data-step]').click()")
        page.evaluate(f"document.querySelector('downhill-{NAME}').go(100)")
        page.wait_for_timeout(300)
        assert page.evaluate(height) == before, lr
        assert page.evaluate(controls) == top, lr
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_targets_are_large_enough_for_a_finger(page: Page) -> None:
    sizes = page.evaluate(
        """() => [...document.querySelectorAll('button, .dl-start, input[type=range]')]
        .map(node => [node.textContent, node.getBoundingClientRect().height])"""
    )
    assert len(sizes) == 13
    assert all(height >= 44 for _, height in sizes), sizes


@pytest.mark.parametrize("scheme", ["default", "slate"])
def test_axe_finds_no_violation(
    context: BrowserContext, base: str, npm_package: Callable[[str], Path], scheme: str
) -> None:
    page = start(context.new_page(), f"{base}/?race-step=70")
    wear(page, scheme)
    page.click("[data-guess='sgd']")
    assert not violations(page, NAME, npm_package)
