"""The schedule visualiser in a real Chromium: mouse, touch, keyboard, URL, no scripts, no data."""

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
NAME = "schedule-visualiser"


def record(epochs: int, frozen: int) -> dict:
    """A case in the lesson's format; its rates are flat, so fastai's they are not."""
    steps = 10 * (epochs + frozen)
    return {
        "epochs": epochs,
        "freeze_epochs": frozen,
        "lrs": [[1e-5, 1e-4, 1e-3]] * steps,
        "moms": [0.9] * steps,
    }


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a page with the visualiser: ten steps per epoch, three groups."""
    folder = tmp_path_factory.mktemp("schedule")
    data = {"groups": 3, "steps_per_epoch": 10, "cases": [record(1, 1), record(2, 3)]}
    (folder / "schedule.json").write_text(json.dumps(data))
    with served(folder, {NAME: "schedule.json"}) as address:
        yield address


def part(page: Page, name: str) -> Locator:
    return page.locator(f'[data-part="{name}"]')


def control(page: Page, name: str) -> Locator:
    return page.locator(f'[data-control="{name}"]')


def rates(page: Page) -> list[str]:
    """The table's values at the cursor: head, body from its end to its start, momentum."""
    return part(page, "rows").locator("td").all_text_contents()


def test_the_curves_wait_for_a_prediction(page: Page) -> None:
    expect(page.locator(".dl-curve.dl-ghead").nth(0)).not_to_be_visible()
    expect(page.locator(".dl-wait")).to_be_visible()
    page.click("[data-guess='0.002']")
    expect(part(page, "answer")).to_contain_text("You say 2e−3. Not so. Before it unfreezes")
    expect(part(page, "answer")).to_contain_text("the head peaks at 1e−3")
    expect(page.locator(".dl-curve.dl-ghead").nth(0)).to_be_visible()
    expect(page.locator(".dl-wait")).not_to_be_visible()
    assert rates(page) == ["1e−3", "1e−4", "1e−5", "0.8500"]
    page.click("[data-guess='0.001']")
    expect(part(page, "answer")).to_contain_text("You say 1e−3. Right. Before")


def test_the_first_step_is_a_twenty_fifth_of_the_peak(page: Page) -> None:
    page.click("[data-guess='show']")
    part(page, "cursor").fill("0")
    assert rates(page) == ["8e−5", "8e−6", "8e−6", "0.9500"]
    expect(part(page, "status")).to_have_text(
        "Step 1, epoch 1 of 4, frozen: of the body only BatchNorm trains. "
        "Rates: head 8e−5; body, group 2 8e−6; body, group 1 8e−6. Momentum 0.9500."
    )


def test_the_keyboard_moves_the_cursor_step_by_step(page: Page) -> None:
    page.click("[data-guess='show']")
    cursor = part(page, "cursor")
    cursor.focus()
    page.keyboard.press("Home")
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    expect(part(page, "caption")).to_have_text("Step 11 of 40")
    expect(cursor).to_have_attribute("aria-valuetext", "step 11, head 2e−4, momentum 0.950")
    expect(part(page, "status")).to_contain_text("epoch 2 of 4, unfrozen: all groups train")
    page.keyboard.press("End")
    expect(part(page, "caption")).to_have_text("Step 40 of 40")


def test_the_pointer_reads_a_step(page: Page) -> None:
    page.click("[data-guess='show']")
    box = part(page, "picture").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 54 / 380 + 1, box["y"] + 100)
    expect(part(page, "caption")).to_have_text("Step 1 of 40")
    page.mouse.move(box["x"] + box["width"] * 372 / 380 - 1, box["y"] + 100)
    expect(part(page, "caption")).to_have_text("Step 40 of 40")
    page.touchscreen.tap(box["x"] + box["width"] * 213 / 380, box["y"] + 100)
    expect(part(page, "caption")).to_have_text(re.compile("Step 2[01] of 40"))


def test_every_argument_stands_in_the_call(page: Page) -> None:
    ends = {"epochs": "0", "baseLr": "0", "freezeEpochs": "2", "lrMult": "3", "pctStart": "50",
            "div": "5", "divFinal": "1", "steps": "1", "groups": "1"}  # fmt: skip
    for name, value in ends.items():
        control(page, name).fill(value)
    expect(part(page, "call")).to_have_text(
        "learn.fine_tune(1, base_lr=1e-5, freeze_epochs=2, lr_mult=5, pct_start=0.5, div=25, "
        "div_final=10)"
    )
    expect(part(page, "length")).to_have_text("3 epochs × 2 = 6 steps")
    assert len(rates(page)) == 3  # head, body, momentum
    expect(control(page, "divFinal")).to_have_attribute("aria-valuetext", "10")
    page.click("[data-reset]")
    expect(part(page, "call")).to_have_text("learn.fine_tune(3)")


def test_one_group_freezes_nothing_and_says_so(page: Page) -> None:
    control(page, "groups").fill("0")
    expect(part(page, "status")).to_contain_text("with one group, freezing freezes nothing")
    expect(page.locator(".dl-phase").nth(1)).to_have_text("2nd phase")


def test_no_frozen_epochs_leave_one_phase(page: Page) -> None:
    control(page, "freezeEpochs").fill("0")
    expect(page.locator(".dl-frozen")).to_have_count(0)
    expect(part(page, "status")).to_contain_text("Step 1, epoch 1 of 3, unfrozen")


def test_the_logarithmic_axis_sets_the_groups_a_decade_apart(page: Page) -> None:
    page.click("[data-guess='show']")
    part(page, "logarithmic").check()
    heights = page.locator(".dl-cursor circle").evaluate_all(
        "all => all.map(c => +c.getAttribute('cy'))"
    )
    assert heights[0] - heights[1] == pytest.approx(heights[1] - heights[2])


def test_a_recorded_run_sets_the_arguments_and_shows_the_difference(page: Page) -> None:
    part(page, "runs").select_option("1")
    expect(part(page, "call")).to_have_text("learn.fine_tune(2, freeze_epochs=3)")
    expect(page.locator(".dl-record")).to_have_count(4)
    # this record is made up: far from what fastai does, and the page does not hide it
    expect(part(page, "check")).to_have_text(
        "Dots: fastai’s record. Largest difference: rate 1e−3, momentum 5e−2."
    )
    control(page, "epochs").fill("4")
    expect(page.locator(".dl-record")).to_have_count(0)
    expect(part(page, "runs")).to_have_value("")


def test_the_url_brings_everything_back(context: BrowserContext, base: str) -> None:
    page = start(context.new_page(), f"{base}/?other=1#{NAME}")
    control(page, "baseLr").fill("24")
    control(page, "pctStart").fill("7")
    part(page, "logarithmic").check()
    part(page, "cursor").fill("17")
    expect(page).to_have_url(
        re.compile(r"\?other=1&ft-step=18&ft-log=1&ft-lr=0\.1&ft-pct=0\.07#schedule-visualiser$")
    )
    again = start(context.new_page(), page.url)
    assert rates(again) == rates(page)
    expect(part(again, "logarithmic")).to_be_checked()
    expect(again.locator(".dl-cursor")).to_be_visible()
    again.click("[data-reset]")
    part(again, "logarithmic").uncheck()
    part(again, "cursor").fill("0")
    expect(again).to_have_url(re.compile(r"\?other=1#schedule-visualiser$"))


def test_nonsense_in_the_url_is_ignored(context: BrowserContext, base: str) -> None:
    page = start(
        context.new_page(),
        f"{base}/?ft-epochs=x&ft-lr=-1&ft-steps=1e9&ft-groups=2.4&ft-step=1e9&ft-div=%3Cb%3E",
    )
    expect(part(page, "call")).to_have_text("learn.fine_tune(3)")
    assert len(rates(page)) == 3  # 2.4 groups are two
    expect(part(page, "caption")).to_have_text("Step 40 of 40")


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
    """The demo is as high as its picture was, and the sliders stay under the finger."""
    page = chromium.new_page(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    height = f"document.querySelector('downhill-{NAME}').firstElementChild.offsetHeight"
    controls = "document.querySelector('.dl-controls').getBoundingClientRect().top + scrollY"
    page.route("**/*.json", lambda route: route.abort())
    page.goto(base)
    page.wait_for_selector(f"downhill-{NAME}[data-state=failed]")
    before = page.evaluate(height)
    page.unroute("**/*.json")
    start(page, base)
    assert page.evaluate(height) == before
    top = page.evaluate(controls)
    page.click("[data-guess='0.002']")
    assert page.evaluate(controls) == top
    part(page, "runs").select_option("1")
    assert page.evaluate(controls) == top
    for name, value in {"epochs": 9, "baseLr": 1, "freezeEpochs": 5, "lrMult": 9, "pctStart": 37,
                        "div": 5, "divFinal": 6, "steps": 10, "groups": 4}.items():  # fmt: skip
        control(page, name).fill(str(value))
        assert page.evaluate(controls) == top, name
    for step in (0, 499, 1499):
        part(page, "cursor").fill(str(step))
        page.wait_for_timeout(350)
        assert page.evaluate(height) == before
        assert page.evaluate(controls) == top
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_targets_are_large_enough_for_a_finger(page: Page) -> None:
    sizes = page.evaluate(
        """() => [...document.querySelectorAll('button, select, .dl-switch, input[type=range]')]
        .map(node => [node.textContent, node.getBoundingClientRect().height])"""
    )
    assert len(sizes) == 17
    assert all(height >= 44 for _, height in sizes), sizes


@pytest.mark.parametrize("scheme", ["default", "slate"])
def test_axe_finds_no_violation(
    context: BrowserContext, base: str, npm_package: Callable[[str], Path], scheme: str
) -> None:
    page = start(context.new_page(), f"{base}/?ft-groups=5")
    wear(page, scheme)
    page.click("[data-guess='0.002']")
    assert not violations(page, NAME, npm_package)
