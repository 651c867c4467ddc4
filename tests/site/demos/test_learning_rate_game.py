"""The learning-rate game in a real Chromium: mouse, touch, keyboard, URL, no scripts, no data."""

import json
import math
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
NAME = "learning-rate-game"


def sweep(depth: float) -> dict[str, list[float]]:
    """A range test: level at 3, a fall by `depth` that is steepest at 1e-3, a rise from .1 on."""
    rates = [1e-7 * (10 / 1e-7) ** (i / 100) for i in range(101)]
    losses = [3 - depth / (1 + (1e-3 / lr) ** 1.5) + 3 * lr**2 for lr in rates]
    return {"lr": rates, "loss": losses}


def runs() -> list[dict]:
    """Nine runs: best at 1e-2; the last one's loss is no number from its third step on."""
    errors = [0.91, 0.72, 0.31, 0.2, 0.19, 0.22, 0.4, 0.8, 0.915]
    rates = [1e-5, 1e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 1.0, 10.0]
    return [
        {"lr": lr, "error": [error + 0.05, error + 0.02, error], "seeds": 2,
         "train_loss": [3.0, 2.9] + [None if lr == 10 else 3 * error] * 18}
        for lr, error in zip(rates, errors, strict=True)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a page with the game: nine runs, a curve with a good range, one without."""
    folder = tmp_path_factory.mktemp("game")
    suggestions = {"valley": 2.1e-3, "slide": 0.11, "minimum": 0.012, "steep": 9.8e-4}
    archetypes = [
        {"name": "after <b>unfreezing", "good": [1e-6, 1e-4], **sweep(0.2),
         "why": "Well to the left of the rise. There may be no fall at all, and then the steepest "
         "point is an accident: ignore it, and choose a decade lower."},
        {"name": "labels shuffled", "good": None, **sweep(0.5),
         "why": "The loss only falls to that of a blind guess: the fault is in the data."},
    ]  # fmt: skip
    data = {"sweep": sweep(2), "suggestions": suggestions, "guessing": math.log(12),
            "runs": runs(), "archetypes": archetypes}  # fmt: skip
    (folder / "game.json").write_text(json.dumps(data))
    with served(folder, {NAME: "game.json"}) as address:
        yield address


def part(page: Page, name: str) -> Locator:
    return page.locator(f'[data-part="{name}"]')


def choose(page: Page, rate: float) -> None:
    """Moves the slider to a rate."""
    share = math.log(rate / 1e-7) / math.log(10 / 1e-7)
    part(page, "slider").fill(str(round(400 * share)))


def shown(page: Page) -> list[int]:
    """Unknown runs, shown runs, names of rules on the curve, good ranges."""
    kinds = ("text.dl-unknown", "circle.dl-run", ".dl-named", ".dl-good")
    return [page.locator(f"[data-part=picture] {kind}").count() for kind in kinds]


def test_at_first_errors_and_suggestions_are_unknown(page: Page) -> None:
    assert shown(page) == [9, 0, 0, 0]
    expect(part(page, "question")).to_contain_text("With which rate would you train 3 epochs?")
    expect(part(page, "chosen")).to_have_text("Your learning rate: 1e−3")
    expect(part(page, "status")).to_have_text("")
    expect(part(page, "score")).to_contain_text("9 recorded runs are waiting")
    expect(part(page, "rules")).to_contain_text("After your first answer")
    expect(part(page, "none")).to_be_hidden()


def test_a_choice_is_answered_by_the_nearest_run(page: Page) -> None:
    choose(page, 1.2e-3)
    page.click("[data-go]")
    assert shown(page) == [8, 1, 4, 0]
    expect(part(page, "status")).to_have_text(
        "You chose 1.2e−3. The nearest recorded run has 1e−3. Error after each epoch: 36.0 %, "
        "33.0 %, 31.0 % (mean of 2 seeds). 83 of 100 points. A higher rate does better."
    )
    expect(part(page, "score")).to_have_text("First try: 83 points. Best of 1 of 9 runs: 83.")
    expect(part(page, "rules")).to_contain_text(
        "valley 2.1e−3, slide 0.11, minimum 1.2e−2, steep 9.8e−4 (83 points)."
    )
    choose(page, 3e-3)
    page.click("[data-go]")
    expect(part(page, "status")).to_contain_text("99 of 100 points. The best run is hardly better.")
    choose(page, 1e-2)
    page.click("[data-go]")
    expect(part(page, "status")).to_contain_text("100 of 100 points. No run is better.")
    expect(part(page, "score")).to_have_text("First try: 83 points. Best of 3 of 9 runs: 100.")
    choose(page, 1)
    page.click("[data-go]")
    expect(part(page, "status")).to_contain_text("16 of 100 points. A lower rate does better.")
    assert shown(page) == [5, 4, 4, 0]


def test_a_run_that_broke_off_says_so(page: Page) -> None:
    choose(page, 10)
    page.click("[data-go]")
    expect(part(page, "loss")).to_contain_text("nan")
    expect(part(page, "status")).to_contain_text("0 of 100 points")


def test_the_result_stays_while_the_next_rate_is_chosen(page: Page) -> None:
    page.click("[data-go]")
    told = part(page, "status").inner_text()
    choose(page, 1e-5)
    expect(part(page, "chosen")).to_have_text("Your learning rate: 1e−5")
    expect(part(page, "status")).to_have_text(told)
    page.click("[data-again]")
    assert shown(page) == [9, 0, 0, 0]
    expect(part(page, "status")).to_have_text("")


def test_without_runs_a_rate_is_judged_by_the_good_range(page: Page) -> None:
    page.click("[data-round='1']")
    expect(part(page, "question")).to_contain_text("if any?")
    assert shown(page) == [0, 0, 0, 0]
    choose(page, 1e-2)
    page.click("[data-go]")
    expect(part(page, "status")).to_contain_text(
        "1e−2: Too high, 100 times. This was “after <b>unfreezing”. Good is 1e−6 to 1e−4. Well to"
    )
    assert shown(page) == [0, 0, 4, 1]
    choose(page, 1e-5)
    page.click("[data-go]")
    expect(part(page, "status")).to_contain_text("1e−5: Right.")
    page.click("[data-none]")
    expect(part(page, "status")).to_contain_text("No rate: Not so, a rate can be chosen.")


def test_that_no_rate_is_good_is_an_answer(page: Page) -> None:
    page.click("[data-round='2']")
    page.click("[data-go]")
    expect(part(page, "status")).to_contain_text("1e−3: Not so, no rate is good here. This was")
    page.click("[data-none]")
    expect(part(page, "status")).to_contain_text(
        "No rate: Right. This was “labels shuffled”. The loss only falls"
    )
    assert shown(page) == [0, 0, 4, 0]


def test_it_is_played_by_keyboard(page: Page) -> None:
    slider = part(page, "slider")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "1.05e−3")
    page.keyboard.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", "1e−7")
    page.keyboard.press("End")
    expect(slider).to_have_attribute("aria-valuetext", "10")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(part(page, "status")).to_contain_text("You chose 10.")


def test_finger_and_mouse_choose_on_the_curve(page: Page) -> None:
    box = part(page, "picture").bounding_box()
    assert box
    one = box["width"] / 380  # an SVG unit
    page.touchscreen.tap(box["x"] + 50 * one, box["y"] + 100)
    expect(part(page, "chosen")).to_have_text("Your learning rate: 1e−7")
    part(page, "picture").click(position={"x": 372 * one, "y": 100})
    expect(part(page, "chosen")).to_have_text("Your learning rate: 10")
    part(page, "picture").click(position={"x": 211 * one, "y": 280 * one})
    expect(part(page, "chosen")).to_have_text(re.compile(r"Your learning rate: (1\.0.|9\.\d*|1)e"))


def test_names_are_text_not_markup(page: Page) -> None:
    page.click("[data-round='1']")
    page.click("[data-none]")
    assert page.locator(f"downhill-{NAME} .dl-status b").count() == 0


def test_the_url_brings_everything_back(context: BrowserContext, base: str) -> None:
    page = start(context.new_page(), f"{base}/?other=1#{NAME}")
    page.click("[data-go]")
    choose(page, 1e-2)
    page.click("[data-go]")
    choose(page, 1e-5)
    part(page, "go").click()
    choose(page, 1e-4)
    expect(page).to_have_url(
        re.compile(r"\?other=1&lg-lr=0\.0001&lg-tried=2_4_0&lg-first=2#learning-rate-game$")
    )
    again = start(context.new_page(), page.url)
    assert shown(again) == shown(page) == [6, 3, 4, 0]
    for name in ("score", "chosen", "rules"):
        expect(part(again, name)).to_have_text(part(page, name).inner_text())
    expect(part(again, "status")).to_contain_text("The nearest recorded run has 1e−5.")
    page.click("[data-round='2']")
    page.click("[data-none]")
    expect(page).to_have_url(re.compile(r"lg-curve=2.*lg-seen=2"))
    third = start(context.new_page(), page.url)
    assert shown(third) == [0, 0, 4, 0]
    wild = start(
        context.new_page(), f"{base}/?lg-lr=9e9&lg-tried=99_x_-1&lg-curve=7&lg-first=%3Cb%3E"
    )
    assert shown(wild) == [9, 0, 0, 0]
    expect(part(wild, "chosen")).to_have_text("Your learning rate: 1e−3")


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
    """The demo is as high as its picture was; curve, slider and buttons stay where they are."""
    page = chromium.new_page(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    height = f"document.querySelector('downhill-{NAME}').firstElementChild.offsetHeight"
    tops = """['picture', 'slider', 'go', 'status', 'score', 'rules'].map((name) =>
        document.querySelector(`[data-part=${name}]`).getBoundingClientRect().top + scrollY)"""
    page.route("**/*.json", lambda route: route.abort())
    page.goto(base)
    page.wait_for_selector(f"downhill-{NAME}[data-state=failed]")
    before = page.evaluate(height)
    page.unroute("**/*.json")
    start(page, base)
    assert page.evaluate(height) == before
    for number in (0, 1, 2):
        page.click(f"[data-round='{number}']")
        top = page.evaluate(tops)
        for rate in (1e-7, 1.24e-3, 2.24e-2, 10):
            choose(page, rate)
            page.click("[data-go]")
            assert page.evaluate(tops) == top, (number, rate)
            assert page.evaluate(height) == before
    page.click("[data-none]")
    assert page.evaluate(tops) == top
    assert page.evaluate(height) == before
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_targets_are_large_enough_for_a_finger(page: Page) -> None:
    page.click("[data-round='1']")
    sizes = page.evaluate(
        """() => [...document.querySelectorAll('button, input[type=range]')]
        .map(node => [node.textContent, node.getBoundingClientRect().height])"""
    )
    assert len(sizes) == 7
    assert all(height >= 44 for _, height in sizes), sizes


def test_it_never_moves_by_itself(chromium: Browser, base: str) -> None:
    for motion in ("no-preference", "reduce"):
        page = start(chromium.new_page(reduced_motion=motion), base)
        page.click("[data-go]")
        assert page.evaluate("document.getAnimations().length") == 0
        page.close()


@pytest.mark.parametrize("scheme", ["default", "slate"])
def test_axe_finds_no_violation(
    context: BrowserContext, base: str, npm_package: Callable[[str], Path], scheme: str
) -> None:
    page = start(context.new_page(), base)
    wear(page, scheme)
    for number in (0, 1):
        page.click(f"[data-round='{number}']")
        page.click("[data-go]")
        assert not violations(page, NAME, npm_package)
