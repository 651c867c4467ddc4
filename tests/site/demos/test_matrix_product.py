"""The matrix-product stepper in a real Chromium: mouse, touch, keys, URL, no scripts, no data."""

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
NAME = "matrix-product"
X = [[0.38, 1.0], [-0.25, 1.0], [-0.7234567, 1.0], [0.915, 1.0], [0.042, 1.0]]
PREDICTIONS = ["3.140", "1.250", "−0.170", "4.745", "2.126"]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a page with the stepper, on five rows."""
    folder = tmp_path_factory.mktemp("product")
    data = {"X": X, "a": [3.0, 2.0], "y_hat": [3 * x + 2 for x, _ in X]}
    (folder / "product.json").write_text(json.dumps(data))
    with served(folder, {NAME: "product.json"}) as address:
        yield address


def part(page: Page, name: str) -> Locator:
    return page.locator(f'[data-part="{name}"]')


def status(page: Page) -> Locator:
    return part(page, "status")


def answer(page: Page) -> Locator:
    return part(page, "answer")


def y_hat(page: Page) -> list[str]:
    return page.locator("[data-y]").all_text_contents()


def lit(page: Page) -> list[str]:
    """Labels of the entries whose product is the newest."""
    return page.locator(".dl-now").evaluate_all("all => all.map(e => e.ariaLabel)")


def ask(page: Page, guess: str) -> None:
    part(page, "guess").fill(guess)
    page.click("[type=submit]")


def test_a_row_is_multiplied_entry_by_entry_then_summed(page: Page) -> None:
    assert y_hat(page) == ["·"] * 5
    expect(status(page)).to_have_text("No prediction yet. Next makes the first product.")
    page.click("[data-next]")
    assert lit(page) == ["X, row 1, column 1", "a, entry 1"]
    expect(status(page)).to_have_text("Row 1: 0.380 times 3.000 is 1.140.")
    page.click("[data-next]")
    assert lit(page) == ["X, row 1, column 2", "a, entry 2"]
    assert y_hat(page)[0] == "·"
    page.click("[data-next]")
    expect(status(page)).to_have_text("Row 1: 1.140 plus 2.000 is 3.140, the first prediction.")
    assert y_hat(page) == ["3.140", "·", "·", "·", "·"]
    page.click("[data-next]")
    assert lit(page) == ["X, row 2, column 1", "a, entry 1"]
    page.click("[data-previous]")
    page.click("[data-previous]")
    assert y_hat(page) == ["·"] * 5


def test_the_ends_say_so_and_keep_the_focus(page: Page) -> None:
    previous, forward = page.locator("[data-previous]"), page.locator("[data-next]")
    expect(previous).to_have_attribute("aria-disabled", "true")
    forward.focus()
    for _ in range(16):  # once more than there are steps
        page.keyboard.press("Enter")
    assert y_hat(page) == PREDICTIONS
    expect(status(page)).to_contain_text("the fifth prediction. That was the last row.")
    expect(forward).to_have_attribute("aria-disabled", "true")
    expect(forward).to_be_focused()


def test_play_goes_through_all_rows_and_pauses(context: BrowserContext, base: str) -> None:
    page = context.new_page()
    page.clock.install()
    start(page, base)
    page.click("[data-play]")
    page.clock.run_for(4000)
    expect(page.locator("[data-play]")).to_have_text("Pause")
    page.click("[data-play]")
    before = y_hat(page)
    assert before[0] == "3.140"
    page.clock.run_for(5000)
    assert y_hat(page) == before
    page.click("[data-play]")
    page.clock.run_for(20_000)
    assert y_hat(page) == PREDICTIONS
    expect(page.locator("[data-play]")).to_have_text("Play")
    page.click("[data-play]")  # at the end: again from the first row
    page.clock.run_for(500)
    assert y_hat(page) == ["·"] * 5


@pytest.mark.parametrize(
    ("guess", "said"),
    [
        ("-0.17", "You say −0.17. Right: (−0.723) × 3.000 + 1.000 × 2.000 = −0.170."),
        ("-2.17", "That is one of the products."),
        ("1.25", "That is the prediction of another row."),
        ("0.17", "The size is right, the sign is not."),
        ("5", "Not yet. Each entry of row 3"),
        ("", "Type a number"),
    ],
)
def test_a_prediction_is_checked_and_a_mistake_gets_a_hint(
    page: Page, guess: str, said: str
) -> None:
    ask(page, guess)
    expect(answer(page)).to_contain_text(said)
    assert y_hat(page) == ["·"] * 5  # the hint does not give the answer away


def test_show_row_3_begins_with_its_first_product(page: Page) -> None:
    page.click("[data-third]")
    assert lit(page) == ["X, row 3, column 1", "a, entry 1"]
    assert y_hat(page) == ["3.140", "1.250", "·", "·", "·"]


def test_changed_entries_change_the_predictions(page: Page) -> None:
    for _ in range(3):
        page.click("[data-next]")
    page.get_by_label("a, entry 2").fill("-1")
    assert y_hat(page)[0] == "0.140"
    page.get_by_label("X, row 1, column 1").fill("2")
    assert y_hat(page)[0] == "5.000"
    expect(status(page)).to_contain_text("Row 1: 6.000 plus −1.000 is 5.000")
    entry = page.get_by_label("X, row 1, column 1")
    entry.fill("")
    expect(entry).to_have_attribute("aria-invalid", "true")
    assert y_hat(page)[0] == "5.000"
    entry.blur()
    expect(entry).to_have_value("2")  # what was last readable
    expect(entry).not_to_have_attribute("aria-invalid", "true")
    page.click("[data-reset]")
    expect(entry).to_have_value("0.38")
    assert y_hat(page) == ["·"] * 5


def test_leaving_an_entry_alone_keeps_all_its_decimals(page: Page) -> None:
    """The third x is shown with three decimals; tabbing through must not round it."""
    entry = page.get_by_label("X, row 3, column 1")
    expect(entry).to_have_value("-0.723")
    entry.focus()
    page.keyboard.press("Tab")
    page.get_by_label("a, entry 1").fill("1000")
    page.click("[data-third]")
    expect(status(page)).to_contain_text("is −723.457.")


def test_the_arrow_keys_change_an_entry_by_a_tenth(page: Page) -> None:
    page.get_by_label("X, row 3, column 1").focus()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_label("X, row 3, column 1")).to_have_value("-0.623")


def test_keyboard_only_predicts_and_steps(page: Page) -> None:
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Tab")
    expect(part(page, "guess")).to_be_focused()
    page.keyboard.type("-0.2")
    page.keyboard.press("Enter")
    expect(answer(page)).to_contain_text("You say −0.2. Not yet.")
    for _ in range(16):  # Check, Show, ten of X, two of a, Previous, Next
        page.keyboard.press("Tab")
    expect(page.locator("[data-next]")).to_be_focused()
    for _ in range(3):
        page.keyboard.press("Space")
    assert y_hat(page)[0] == "3.140"


def test_a_finger_steps(context: BrowserContext, base: str) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 700})
    start(page, base)
    for _ in range(3):
        page.tap("[data-next]")
    assert y_hat(page)[0] == "3.140"


def test_the_sum_flies_into_its_place_but_not_with_less_motion(
    chromium: Browser, base: str
) -> None:
    animated = "document.querySelector('[data-y=\"0\"]').getAnimations().length"
    for motion, count in (("no-preference", 1), ("reduce", 0)):
        page = chromium.new_page(reduced_motion=motion, viewport={"width": 1280, "height": 1800})
        start(page, base)
        page.click("[data-next]")
        page.click("[data-next]")
        script = f"() => {{ document.querySelector('[data-next]').click(); return {animated}; }}"
        assert page.evaluate(script) == count
        page.close()


def test_the_url_brings_back_step_and_entries(context: BrowserContext, base: str) -> None:
    page = start(context.new_page(), f"{base}/?other=1#matrix-product")
    page.get_by_label("a, entry 1").fill("-4.5")
    expect(page).to_have_url(re.compile(r"\?other=1&mat-a=-4\.5_2#matrix-product$"))
    page.get_by_label("X, row 2, column 1").fill("0.5")
    page.click("[data-third]")
    expect(page).to_have_url(
        re.compile(
            r"\?other=1&mat-step=7&mat-a=-4\.5_2&mat-X=0\.38_1_0\.5_1_-0\.7234567_1_0\.915_1_0\.042_1"
            r"#matrix-product$"
        )
    )
    again = start(context.new_page(), page.url)
    assert y_hat(again) == y_hat(page) == ["0.290", "−0.250", "·", "·", "·"]
    assert lit(again) == lit(page)
    again.click("[data-reset]")
    expect(again).to_have_url(re.compile(r"\?other=1#matrix-product$"))


def test_nonsense_in_the_url_starts_at_the_beginning(context: BrowserContext, base: str) -> None:
    page = start(context.new_page(), f"{base}/?mat-step=x&mat-a=1_b&mat-X=%3Cb%3E")
    assert y_hat(page) == ["·"] * 5
    expect(page.get_by_label("a, entry 1")).to_have_value("3")
    far = start(context.new_page(), f"{base}/?mat-step=9e9&mat-a=1_2_3")
    assert y_hat(far) == PREDICTIONS


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
    """The demo is as high as its picture was; the buttons stay under the finger all along."""
    page = chromium.new_page(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    height = f"document.querySelector('downhill-{NAME}').firstElementChild.offsetHeight"
    button = "document.querySelector('[data-next]').getBoundingClientRect().top + scrollY"
    page.route("**/*.json", lambda route: route.abort())
    page.goto(base)
    page.wait_for_selector(f"downhill-{NAME}[data-state=failed]")
    before = page.evaluate(height)
    page.unroute("**/*.json")
    start(page, base)
    assert page.evaluate(height) == before
    top = page.evaluate(button)
    for guess in ("", "-0.25", "-2.17", "-0.17"):
        ask(page, guess)
        assert page.evaluate(button) == top, guess
    page.get_by_label("a, entry 1").fill("-88.8")
    for _ in range(15):
        page.click("[data-next]")
        assert page.evaluate(button) == top
    assert page.evaluate(height) == before
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_targets_are_large_enough_for_a_finger(page: Page) -> None:
    sizes = page.evaluate(
        """() => [...document.querySelectorAll('button, input')]
        .map(node => [node.textContent, node.getBoundingClientRect().height])"""
    )
    assert len(sizes) == 19
    assert all(height >= 44 for _, height in sizes), sizes


@pytest.mark.parametrize("scheme", ["default", "slate"])
def test_axe_finds_no_violation(
    context: BrowserContext, base: str, npm_package: Callable[[str], Path], scheme: str
) -> None:
    page = start(context.new_page(), f"{base}/?mat-step=9")
    wear(page, scheme)
    ask(page, "1.25")
    assert not violations(page, NAME, npm_package)
