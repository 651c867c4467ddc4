"""The freeze map in a real Chromium: mouse, touch, keyboard, URL, no scripts, no data."""

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
NAME = "freeze-map"


def layers() -> list[dict]:
    """As many layers as a ResNet-34 has, all convolutions and all BatchNorms alike."""
    body = []
    for group, blocks in ((0, 16), (1, 20)):
        for i in range(blocks):
            conv = {"name": f"0.{group}.{i}.conv1", "kind": "Conv2d", "group": group,
                    "parameters": 36_864, "batchnorm": False, "running": 0}  # fmt: skip
            norm = {"name": f"0.{group}.{i}.bn1", "kind": "BatchNorm2d", "group": group,
                    "parameters": 128, "batchnorm": True, "running": 128}  # fmt: skip
            body += [conv, norm]
    head = [{"name": "1.2", "kind": "BatchNorm1d", "group": 2, "parameters": 2048,
             "batchnorm": True, "running": 2048},
            {"name": "1.4", "kind": "Linear", "group": 2, "parameters": 524_288,
             "batchnorm": False, "running": 0}]  # fmt: skip
    return body + head


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a page with the map of a network of three groups."""
    folder = tmp_path_factory.mktemp("freeze")
    groups = [{"name": name, "parameters": 0} for name in ("stem, layer1, <b>", "layer3", "head")]
    cases = [{"freeze_to": -1, "train_bn": True, "trainable": 530_944},
             {"freeze_to": 1, "train_bn": True, "trainable": 1}]  # fmt: skip
    data = {"model": "resnet34", "groups": groups, "layers": layers(), "cases": cases}
    (folder / "freeze.json").write_text(json.dumps(data))
    with served(folder, {NAME: "freeze.json"}) as address:
        yield address


def part(page: Page, name: str) -> Locator:
    return page.locator(f'[data-part="{name}"]')


def looks(page: Page) -> dict[str, int]:
    """How many layers of the map have each look."""
    kinds = ("trains", "forced", "moves", "still", "frozen")
    return {kind: count for kind in kinds if (count := page.locator(f".dl-map .dl-{kind}").count())}


def test_at_first_everything_trains(page: Page) -> None:
    assert looks(page) == {"trains": 74}
    expect(part(page, "callText")).to_have_text("learn.freeze_to(0)")
    expect(part(page, "also")).to_have_text("the same as unfreeze()")
    expect(part(page, "status")).to_have_text(
        "freeze_to(0): 1,858,048 of 1,858,048 parameters train."
    )


@pytest.mark.parametrize(("guess", "verdict"), [("head", "Not so"), ("forced", "Right")])
def test_a_prediction_freezes_and_is_answered(page: Page, guess: str, verdict: str) -> None:
    page.click(f"[data-guess='{guess}']")
    assert looks(page) == {"trains": 2, "forced": 36, "frozen": 36}
    expect(part(page, "answer")).to_contain_text(
        f"{verdict}: 530,944 of 1,858,048 train (28.6 %), the head’s 526,336 and 4,608 in the "
        "body’s BatchNorm layers, because train_bn is on."
    )
    expect(part(page, "also")).to_have_text("the same as freeze_to(-1) and freeze()")


def test_without_train_bn_only_the_statistics_move_until_bnfreeze(page: Page) -> None:
    part(page, "freezeTo").fill("2")
    part(page, "trainBn").uncheck()
    assert looks(page) == {"trains": 2, "moves": 36, "frozen": 36}
    expect(part(page, "status")).to_contain_text(
        "freeze_to(2), train_bn=False: 526,336 of 1,858,048 parameters train. In the frozen groups "
        "nothing is trained. The running statistics of 36 frozen BatchNorm layers move"
    )
    part(page, "bnFreeze").check()
    assert looks(page) == {"trains": 2, "still": 36, "frozen": 36}
    expect(part(page, "status")).to_contain_text("No running statistics move there.")
    part(page, "trainBn").check()  # what trains is not stopped
    assert looks(page) == {"trains": 2, "forced": 36, "frozen": 36}


def test_freezing_everything_is_warned_of(page: Page) -> None:
    part(page, "freezeTo").fill("3")
    expect(part(page, "also")).to_contain_text("fastai warns: the whole model is frozen")
    part(page, "trainBn").uncheck()
    expect(part(page, "total")).to_have_text("0 train")
    expect(part(page, "status")).to_contain_text("Nothing has a gradient, so fit() fails")


def test_fastai_s_own_count_stands_beside_ours_and_a_difference_shows(page: Page) -> None:
    part(page, "freezeTo").fill("2")
    expect(part(page, "check")).to_have_text("✓ fastai counts 530,944 in the lesson’s run, too.")
    part(page, "freezeTo").fill("1")
    expect(part(page, "check")).to_have_text("fastai counts 1 in the lesson’s run: not the same.")
    part(page, "trainBn").uncheck()
    expect(part(page, "check")).to_have_text("")


def test_layers_are_read_by_keyboard_pointer_and_finger(page: Page) -> None:
    part(page, "freezeTo").fill("2")
    layer = part(page, "layer")
    layer.focus()
    page.keyboard.press("ArrowRight")
    said = "0.0.0.bn1, BatchNorm2d, group 1: 128 parameters train, though the group is frozen"
    expect(layer).to_have_attribute("aria-valuetext", f"{said}; 128 running statistics move")
    expect(part(page, "layerText")).to_contain_text(f"Layer 2 of 74: {said}")
    page.hover("[data-layer='73']")
    expect(part(page, "layerText")).to_have_text(
        "Layer 74 of 74: 1.4, Linear, group 3: 524,288 parameters train."
    )
    page.tap("[data-layer='0']")
    expect(part(page, "layerText")).to_have_text(
        "Layer 1 of 74: 0.0.0.conv1, Conv2d, group 1: 36,864 parameters frozen."
    )
    expect(page.locator(".dl-at")).to_have_count(1)


def test_names_of_groups_are_text_not_markup(page: Page) -> None:
    expect(page.locator(".dl-group b").nth(0)).to_have_text("1. stem, layer1, <b>")


def test_the_url_brings_everything_back(context: BrowserContext, base: str) -> None:
    page = start(context.new_page(), f"{base}/?other=1#{NAME}")
    part(page, "freezeTo").fill("1")
    part(page, "trainBn").uncheck()
    part(page, "bnFreeze").check()
    part(page, "layer").fill("4")
    expect(page).to_have_url(
        re.compile(r"\?other=1&fz-to=1&fz-bn=0&fz-bnfreeze=1&fz-layer=4#freeze-map$")
    )
    again = start(context.new_page(), page.url)
    assert looks(again) == looks(page) == {"trains": 42, "still": 16, "frozen": 16}
    expect(part(again, "layerText")).to_contain_text("Layer 4 of 74")
    wild = start(context.new_page(), f"{base}/?fz-to=99&fz-layer=x&fz-bn=%3Cb%3E")
    expect(part(wild, "callText")).to_have_text("learn.freeze_to(3)")
    expect(part(wild, "layerText")).to_contain_text("Layer 1 of 74")


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
    """The demo is as high as its picture was; controls and map stay where they are."""
    page = chromium.new_page(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    height = f"document.querySelector('downhill-{NAME}').firstElementChild.offsetHeight"
    tops = """['.dl-levers', '.dl-map', '[data-part=layer]', '.dl-status'].map(
        (name) => document.querySelector(name).getBoundingClientRect().top + scrollY)"""
    page.route("**/*.json", lambda route: route.abort())
    page.goto(base)
    page.wait_for_selector(f"downhill-{NAME}[data-state=failed]")
    before = page.evaluate(height)
    page.unroute("**/*.json")
    start(page, base)
    assert page.evaluate(height) == before
    top = page.evaluate(tops)
    page.click("[data-guess='forced']")
    assert page.evaluate(tops) == top
    for freeze_to, trained in ((3, False), (2, False), (1, True), (2, True), (3, True)):
        part(page, "freezeTo").fill(str(freeze_to))
        part(page, "trainBn").set_checked(trained)
        for layer in (2, 40, 73):
            part(page, "layer").fill(str(layer))
            assert page.evaluate(tops) == top
        page.wait_for_timeout(300)
        assert page.evaluate(height) == before
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_targets_are_large_enough_for_a_finger(page: Page) -> None:
    sizes = page.evaluate(
        """() => [...document.querySelectorAll('button, .dl-switch, input[type=range]')]
        .map(node => [node.textContent, node.getBoundingClientRect().height])"""
    )
    assert len(sizes) == 7
    assert all(height >= 44 for _, height in sizes), sizes


def test_less_motion_changes_the_map_at_once(chromium: Browser, base: str) -> None:
    for motion, seconds in (("no-preference", "0.25s"), ("reduce", "0s")):
        page = start(chromium.new_page(reduced_motion=motion), base)
        cell = page.locator(".dl-map .dl-cell").first
        assert cell.evaluate("e => getComputedStyle(e).transitionDuration") == seconds
        page.close()


@pytest.mark.parametrize("scheme", ["default", "slate"])
def test_axe_finds_no_violation(
    context: BrowserContext, base: str, npm_package: Callable[[str], Path], scheme: str
) -> None:
    page = start(context.new_page(), f"{base}/?fz-layer=9")
    wear(page, scheme)
    page.click("[data-guess='head']")
    assert not violations(page, NAME, npm_package)
