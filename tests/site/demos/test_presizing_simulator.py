"""The presizing simulator in a real Chromium: mouse, touch, keys, URL, no scripts, no data."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from demo_page import (
    MARKS,
    ROOT,
    served,
    start,
    still_stays_without_data,
    still_stays_without_scripts,
    violations,
    wear,
)
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

pytestmark = MARKS
NAME = "presizing-simulator"
BLURRED = "Step by step: only blurred more"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where drawn.json is, the simulator's data."""
    folder = tmp_path_factory.mktemp("presizing")
    run = [sys.executable, str(ROOT / "tests/demos/small_presizing.py"), str(folder)]
    subprocess.run(run, check=True, timeout=300)
    return folder


@pytest.fixture(scope="module")
def base(folder: Path) -> Iterator[str]:
    """URL of a page with the simulator."""
    with served(folder, {NAME: "drawn.json"}) as address:
        yield address


def part(page: Page, name: str) -> Locator:
    return page.locator(f'[data-part="{name}"]')


def slide(page: Page, name: str, value: float) -> None:
    part(page, name).evaluate(
        "(e, v) => { e.value = v; e.dispatchEvent(new Event('input', {bubbles: true})); }", value
    )


def shown(page: Page) -> list[str]:
    """Empty shares and errors as the page writes them: left, right."""
    return [part(page, f"{side}{what}").inner_text().replace("\u00a0", " ")
            for side in ("left", "right") for what in ("Empty", "Error")]  # fmt: skip


def pixels(page: Page, name: str) -> list[int]:
    """What a canvas shows: red, green, blue, alpha of each pixel."""
    return part(page, name).evaluate(
        "c => [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data]"
    )


def written(share: float) -> str:
    return f"{100 * share:.{1 if 0 < share < 0.1 else 0}f} %"


def test_the_prediction_comes_before_the_results(page: Page) -> None:
    for name in ("left", "right", "reference", "leftError"):
        expect(part(page, name)).to_be_hidden()
    page.get_by_role("button", name=BLURRED).click()
    expect(part(page, "answer")).to_contain_text(
        re.compile(r"You say: only blurred more. Step by step has \d\.\d times the error; "
                   "the corners are equally empty")
    )  # fmt: skip
    expect(page.get_by_role("button", name=BLURRED)).to_have_attribute("aria-pressed", "true")
    for name in ("left", "right", "reference", "leftError"):
        expect(part(page, name)).to_be_visible()


def test_it_shows_the_numbers_of_the_lesson_s_cases(page: Page, folder: Path) -> None:
    data = json.loads((folder / "drawn.json").read_text())
    page.get_by_role("button", name="Just show me").click()
    cases = {(c["picture"], c["angle"], c["scale"], c["order"]): c for c in data["cases"]}
    order = {"naive": "turn, then zoom", "crop-first": "zoom, then turn"}
    for picture, button in enumerate(("Larger than the presize", "Smaller than the presize")):
        page.get_by_role("button", name=button).click()
        for angle, zoom, left in ((10, 1.2, "naive"), (30, 1.4, "crop-first"), (0, 1.0, "naive")):
            page.get_by_role("button", name=order[left]).click()
            slide(page, "angle", angle)
            slide(page, "zoom", zoom)
            at = [cases[picture, angle, zoom, which] for which in (left, "presized")]
            expected = [text for c in at for text in (written(c["black"]), f"{c['error']:.3f}")]
            assert shown(page) == expected, (picture, angle, zoom, left)


def test_what_it_says_fits_what_it_shows(page: Page) -> None:
    page.get_by_role("button", name="Just show me").click()
    slide(page, "angle", -25)
    slide(page, "zoom", 1)
    expect(part(page, "status")).to_contain_text(re.compile("Turn −25°, zoom 1.0.*equally empty"))
    slide(page, "zoom", 1.5)
    expect(part(page, "status")).to_contain_text("still has pixels to spare")
    page.get_by_role("button", name="zoom, then turn").click()
    expect(part(page, "status")).to_contain_text("Zooming first cuts off")
    slide(page, "angle", 0)
    slide(page, "zoom", 1)
    expect(part(page, "status")).to_contain_text("With nothing to turn or zoom")
    labels = page.locator('[data-part="leftStages"] small').all_text_contents()
    assert labels == ["32 px", "×1.0", "0°"]


def test_empty_corners_are_black_and_the_difference_can_be_seen(page: Page) -> None:
    slide(page, "angle", 45)
    slide(page, "zoom", 1)
    assert pixels(page, "right")[:4] == [0, 0, 0, 255]
    before = pixels(page, "right")
    page.get_by_role("switch", name="Show the difference").check()
    after = pixels(page, "right")
    assert sum(after[0::4]) < sum(before[0::4])
    assert sum(pixels(page, "left")[0::4]) > sum(after[0::4]), "step by step differs more"
    expect(part(page, "left")).to_have_attribute("aria-label", re.compile("its difference"))


def test_keyboard_only_turns_zooms_and_changes_the_order(page: Page) -> None:
    page.get_by_label(re.compile("^Turn")).focus()
    page.keyboard.press("ArrowRight")
    expect(part(page, "angleText")).to_have_text("21°")
    expect(part(page, "left")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowLeft")
    expect(part(page, "zoomText")).to_have_text("×1.35")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="zoom, then turn")).to_have_attribute(
        "aria-pressed", "true"
    )
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(part(page, "compare")).to_be_checked()


def test_a_finger_chooses_the_other_picture(context: BrowserContext, base: str) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 700})
    start(page, base)
    page.tap("text=Smaller than the presize")
    expect(part(page, "sideText")).to_have_text("40\u00a0px")
    expect(part(page, "status")).to_contain_text("no detail was gained")


def test_the_url_brings_back_all_settings(context: BrowserContext, base: str) -> None:
    page = start(context.new_page(), f"{base}/?other=1#{NAME}")
    slide(page, "angle", -12)
    slide(page, "zoom", 1.65)
    page.get_by_role("button", name="zoom, then turn").click()
    page.get_by_role("button", name="Smaller than the presize").click()
    page.get_by_role("switch", name="Show the difference").check()
    expect(page).to_have_url(
        re.compile(
            r"\?other=1&ps-picture=1&ps-turn=-12&ps-zoom=1.65&ps-order=crop-first"
            rf"&ps-difference=1#{NAME}$"
        )
    )
    again = start(context.new_page(), page.url)
    assert shown(again) == shown(page)
    assert pixels(again, "left") == pixels(page, "left")
    expect(part(again, "left")).to_be_visible()
    again.get_by_role("button", name=BLURRED).click()
    expect(again).to_have_url(re.compile(rf"\?other=1&ps-picture=1#{NAME}$"))


def test_nonsense_in_the_url_starts_at_the_beginning(context: BrowserContext, base: str) -> None:
    address = f"{base}/?ps-picture=x&ps-turn=&ps-zoom=NaN&ps-order=toString"
    page = start(context.new_page(), address)
    expect(part(page, "angleText")).to_have_text("20°")
    expect(part(page, "zoomText")).to_have_text("×1.4")
    expect(part(page, "left")).to_be_hidden()
    far = start(context.new_page(), f"{base}/?ps-picture=9&ps-turn=-1e9&ps-zoom=1e9")
    expect(part(far, "angleText")).to_have_text("−45°")
    expect(part(far, "zoomText")).to_have_text("×2.0")


def test_without_scripts_the_picture_and_its_words_stay(chromium: Browser, base: str) -> None:
    still_stays_without_scripts(chromium, base, NAME)


def test_without_data_the_picture_stays_and_a_message_says_why(
    chromium: Browser, base: str
) -> None:
    still_stays_without_data(chromium, base, NAME)


@pytest.mark.parametrize("width", [320, 360, 375, 390, 768, 1280])
def test_nothing_jumps_and_nothing_is_wider_than_the_screen(
    chromium: Browser, base: str, width: int
) -> None:
    """The demo is as high as its picture was; the controls stay under the finger all along."""
    page = chromium.new_page(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    height = f"document.querySelector('downhill-{NAME}').firstElementChild.offsetHeight"
    places = """[...document.querySelectorAll('.dl-presizing input, .dl-presizing canvas')]
        .map((e) => e.getBoundingClientRect().top + scrollY)"""
    page.route("**/*.json", lambda route: route.abort())
    page.goto(base)
    page.wait_for_selector(f"downhill-{NAME}[data-state=failed]")
    before = page.evaluate(height)
    page.unroute("**/*.json")
    start(page, base)
    assert page.evaluate(height) == before
    tops = page.evaluate(places)
    for button in ("more of the corners", BLURRED, "Smaller than", "zoom, then turn"):
        page.get_by_role("button", name=button).click()
        for angle, zoom in ((-45, 1), (33, 1.05), (20, 1.95), (0, 1)):
            slide(page, "angle", angle)
            slide(page, "zoom", zoom)
            page.wait_for_timeout(300)
            assert page.evaluate(places) == tops, (button, angle, zoom)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(height) == before
    page.close()


def test_targets_are_large_enough_for_a_finger(page: Page) -> None:
    sizes = page.evaluate(
        """() => [...document.querySelectorAll('button, label, input[type=range]')]
        .map(node => [node.textContent, node.getBoundingClientRect().height])"""
    )
    assert len(sizes) == 8 + 3 + 2
    assert all(height >= 44 for _, height in sizes), sizes


@pytest.mark.parametrize("scheme", ["default", "slate"])
def test_axe_finds_no_violation(
    context: BrowserContext, base: str, npm_package: Callable[[str], Path], scheme: str
) -> None:
    page = start(context.new_page(), f"{base}/?ps-turn=-30")
    wear(page, scheme)
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 1800})
        assert not violations(page, NAME, npm_package)
