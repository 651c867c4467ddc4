"""The softmax calculator in a real Chromium: mouse, touch, keys, URL, no scripts, no data."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
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
NAME = "softmax-calculator"
CLASSES = ["Abyssinian", "Bengal", "american_pit_bull_terrier", "pomeranian", "shiba_inu"]
LOGITS = [2.3125, 3.0518, -1.7204, 0.4431, -0.8817]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a page with the calculator."""
    z = torch.tensor(LOGITS, requires_grad=True)
    loss = torch.nn.functional.cross_entropy(z[None], torch.tensor([0]))
    loss.backward()
    assert z.grad is not None
    data = {"classes": CLASSES, "logits": LOGITS, "target": 0, "loss": loss.item(),
            "p": z.detach().softmax(0).tolist(), "gradient": z.grad.tolist()}  # fmt: skip
    folder = tmp_path_factory.mktemp("softmax")
    (folder / "softmax.json").write_text(json.dumps(data))
    with served(folder, {NAME: "softmax.json"}) as address:
        yield address


def part(page: Page, name: str) -> Locator:
    return page.locator(f'[data-part="{name}"]')


def column(page: Page, name: str) -> list[str]:
    return page.locator(f'[data-own="{name}"]').all_text_contents()


def slide(page: Page, name: str, value: float) -> None:
    part(page, name).evaluate(
        "(e, v) => { e.value = v; e.dispatchEvent(new Event('input', {bubbles: true})); }", value
    )


def test_it_starts_with_the_run_s_own_prediction(page: Page) -> None:
    p = torch.tensor(LOGITS).softmax(0)
    assert column(page, "p") == [f"{share:.3f}" for share in p.tolist()]
    expect(part(page, "loss")).to_have_text(f"{-p[0].log():.3f}")
    assert column(page, "gradient")[0] == f"−{1 - p[0]:.3f}"
    expect(part(page, "status")).to_have_text(
        "Target Abyssinian: p 0.302, loss 1.196. Most likely: Bengal, 0.633. "
        "Descent raises its logit: gradient −0.698."
    )


def test_a_hundred_on_every_logit_changes_nothing_until_the_maximum_stays(page: Page) -> None:
    before = column(page, "p")
    page.get_by_role("button", name="They become nan").click()
    expect(part(page, "answer")).to_contain_text("You say: they become nan. They stay:")
    assert column(page, "p") == before
    assert column(page, "z")[0] == "102.3"
    page.get_by_label("Without subtracting the maximum").check()
    assert column(page, "exp") == ["inf"] * 5
    assert column(page, "p") == ["nan"] * 5
    assert column(page, "gradient") == ["nan"] * 5
    expect(part(page, "status")).to_contain_text("too large for float32: inf.")
    slide(page, "add", -150)
    assert column(page, "exp") == ["0.000"] * 5
    expect(part(page, "status")).to_contain_text("0 / 0 is nan")


def test_equal_logits_lose_ln_5(page: Page) -> None:
    page.get_by_role("button", name="All equal").click()
    assert column(page, "p") == ["0.200"] * 5
    expect(part(page, "loss")).to_have_text("1.609")
    assert column(page, "gradient") == ["−0.800", *["0.200"] * 4]


def test_twice_a_sure_prediction_keeps_its_loss(page: Page) -> None:
    page.get_by_role("button", name="Sure and right").click()
    expect(part(page, "loss")).to_have_text("0.001")
    page.get_by_label("Softmax twice").check()
    expect(part(page, "loss")).to_have_text("0.906")
    expect(part(page, "status")).to_contain_text("Twice keeps the loss above 0.905.")
    expect(part(page, "curve")).to_contain_text("out of reach, twice")


def test_a_low_temperature_sharpens_and_a_high_one_flattens(page: Page) -> None:
    slide(page, "temperature", -1)
    expect(part(page, "temperatureText")).to_have_text("0.1")
    assert column(page, "p")[1] == "0.999"
    slide(page, "temperature", 1)
    assert max(column(page, "p")) < "0.26"


def test_keyboard_only_changes_target_and_logit(page: Page) -> None:
    page.get_by_label("Abyssinian is the target").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Bengal is the target")).to_be_checked()
    expect(part(page, "loss")).to_have_text("0.457")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Logit of Bengal")).to_be_focused()
    page.keyboard.press("End")
    assert column(page, "z")[1] == "10.00"
    page.keyboard.press("ArrowLeft")
    assert column(page, "z")[1] == "9.90"


def test_a_finger_chooses_the_target(context: BrowserContext, base: str) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 700})
    start(page, base)
    page.tap(".dl-class >> text=pomeranian")
    expect(part(page, "status")).to_contain_text("Target pomeranian: p 0.047")


def test_the_url_brings_back_all_settings(context: BrowserContext, base: str) -> None:
    page = start(context.new_page(), f"{base}/?other=1#{NAME}")
    page.get_by_role("button", name="Sure and wrong").click()
    page.get_by_label("shiba inu is the target").check()
    slide(page, "add", 90)
    page.get_by_label("Without subtracting the maximum").check()
    expect(page).to_have_url(
        re.compile(rf"\?other=1&sm-z=0_8_0_0_0&sm-target=4&sm-add=90&sm-naive=1#{NAME}$")
    )
    again = start(context.new_page(), page.url)
    assert column(again, "exp") == column(page, "exp")
    expect(part(again, "loss")).to_have_text(part(page, "loss").inner_text())
    again.get_by_role("button", name="The run’s logits").click()
    expect(again).to_have_url(re.compile(rf"\?other=1&sm-target=0#{NAME}$|\?other=1#{NAME}$"))


def test_nonsense_in_the_url_starts_at_the_beginning(context: BrowserContext, base: str) -> None:
    address = f"{base}/?sm-z=1_x&sm-target=b&sm-temp=&sm-add=NaN"
    page = start(context.new_page(), address)
    assert column(page, "z") == ["2.31", "3.05", "−1.72", "0.44", "−0.88"]
    far = start(context.new_page(), f"{base}/?sm-target=99&sm-temp=1e9&sm-add=1e9")
    expect(far.get_by_label("shiba inu is the target")).to_be_checked()
    expect(part(far, "addText")).to_have_text("150")


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
    places = """[...document.querySelectorAll('[data-own=slider], [data-part=add]')]
        .map((e) => e.getBoundingClientRect().top + scrollY)"""
    page.route("**/*.json", lambda route: route.abort())
    page.goto(base)
    page.wait_for_selector(f"downhill-{NAME}[data-state=failed]")
    before = page.evaluate(height)
    page.unroute("**/*.json")
    start(page, base)
    assert page.evaluate(height) == before
    tops = page.evaluate(places)
    page.get_by_label("american pit bull terrier is the target").check()
    for button in ("The largest takes all", "Sure and wrong", "They become nan"):
        page.get_by_role("button", name=button).click()
        for switch in ("Without subtracting the maximum", "Softmax twice"):
            page.get_by_role("switch", name=switch).click()
            page.wait_for_timeout(300)
            assert page.evaluate(places) == tops, (button, switch)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(height) == before
    page.close()


def test_targets_are_large_enough_for_a_finger(page: Page) -> None:
    sizes = page.evaluate(
        """() => [...document.querySelectorAll('button, label, input[type=range]')]
        .map(node => [node.textContent, node.getBoundingClientRect().height])"""
    )
    assert len(sizes) == 7 + 5 + 4 + 7
    assert all(height >= 44 for _, height in sizes), sizes


@pytest.mark.parametrize("scheme", ["default", "slate"])
def test_axe_finds_no_violation(
    context: BrowserContext, base: str, npm_package: Callable[[str], Path], scheme: str
) -> None:
    page = start(context.new_page(), f"{base}/?sm-naive=1&sm-twice=1&sm-add=100")
    wear(page, scheme)
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 1800})
        assert not violations(page, NAME, npm_package)
