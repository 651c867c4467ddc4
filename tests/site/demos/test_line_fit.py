"""The line-fit lab in a real Chromium: mouse, touch, keyboard, URL, no scripts, no data."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from demo_page import MARKS, served, start, still_stays_without_data, still_stays_without_scripts
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from waiting import until

from downhill.demo import pack

pytestmark = MARKS


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a page with the demo, on 100 points as in lesson 02."""
    folder = tmp_path_factory.mktemp("line-fit")
    chance = np.random.default_rng(42)
    x = chance.uniform(-1, 1, 100)
    noise = chance.normal(0, 0.3, 100)
    data = {"x": pack(x), "y": pack(3 * x + 2 + noise - noise.mean()),
            "start": [-1.0, 0.0]}  # fmt: skip
    (folder / "fit.json").write_text(json.dumps(data))
    with served(folder, {"line-fit": "fit.json"}) as address:
        yield address


def part(page: Page, name: str) -> Locator:
    return page.locator(f'[data-part="{name}"]')


def press(page: Page, name: str) -> None:
    page.click(f"[data-do={name}]")


def status(page: Page, text: str) -> None:
    expect(part(page, "status")).to_contain_text(text)


def title(page: Page, view: str) -> str:
    return page.locator(f"[data-part={view}] .dl-name").text_content()


def best(page: Page) -> str:
    """The dashed line's shape."""
    return page.locator("[data-part=data] .dl-best").get_attribute("d")


def point(page: Page, index: int = 0) -> tuple[float, float]:
    """A point's middle on the screen."""
    box = page.locator(".dl-point").nth(index).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def lonely(page: Page) -> int:
    """Index of a point that no other one is near to."""
    return page.evaluate(
        """() => {
          const at = [...document.querySelectorAll('.dl-point')].map((c) =>
            [c.cx.baseVal.value, c.cy.baseVal.value]);
          const room = at.map(([x, y], i) => Math.min(...at.map(([u, v], j) =>
            (i === j ? 1e9 : Math.hypot(x - u, y - v)))));
          const inside = room.map((r, i) => (Math.abs(at[i][1] - 86) < 36 ? r : 0));
          return inside.indexOf(Math.max(...inside));
        }"""
    )


def test_steps_move_line_path_and_loss_together(page: Page) -> None:
    status(page, "Step 0: loss ")
    lines = {view: title(page, view) for view in ("data", "curve")}
    press(page, "step")
    status(page, "Step 1: loss ")
    assert all(title(page, view) != before for view, before in lines.items())
    press(page, "ten")
    status(page, "Step 11: loss ")
    path = page.locator("[data-part=surface] .dl-path").get_attribute("d")
    assert path.count("L") == 11
    assert page.locator("[data-part=curve] .dl-path").get_attribute("d").count("L") == 11
    expect(page).to_have_url(re.compile(r"\?fit-steps=11$"))
    for _ in range(14):
        press(page, "ten")
    status(page, "The line is as good as the best one.")
    press(page, "reset")
    status(page, "Press Play or Step.")
    expect(page).to_have_url(re.compile(r"/$"))


def test_play_runs_until_it_is_paused(page: Page) -> None:
    press(page, "play")
    expect(page.locator("[data-do=play]")).to_have_text("Pause")
    expect(page.locator("[data-part=curve] .dl-name")).to_contain_text(
        re.compile(r"after \d\d steps")
    )
    press(page, "play")
    expect(page.locator("[data-do=play]")).to_have_text("Play")
    status(page, "Step ")
    reached = title(page, "curve")
    page.wait_for_timeout(300)
    assert title(page, "curve") == reached


def test_a_prediction_is_answered_by_a_run_above_the_limit(page: Page) -> None:
    expect(part(page, "question")).to_contain_text(re.compile(r"has a limit, [01]\.\d+\. What"))
    page.click("[data-guess=slow]")
    expect(page.locator("[data-guess=slow]")).to_have_attribute("aria-pressed", "true")
    expect(part(page, "answer")).to_contain_text("You say: it gets there, slowly. At 1.")
    expect(part(page, "answer")).to_contain_text("each step lands on the other side, further away")
    status(page, "Step 40: ")
    status(page, "Diverging: the learning rate 1.")
    expect(page.locator("[data-part=surface]")).to_contain_text("The line has left this map.")


def test_a_point_dragged_with_the_mouse_moves_the_best_line(page: Page) -> None:
    before, index = best(page), lonely(page)
    x, y = point(page, index)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 3, y + 50, steps=5)
    page.mouse.up()
    page.mouse.move(x, y - 30)  # let go: it stays
    page.wait_for_timeout(50)
    assert point(page, index) == pytest.approx((x + 3, y + 50), abs=1)
    assert best(page) != before
    status(page, f"Point {index + 1} of 100: x ")
    expect(page).to_have_url(re.compile(r"\?fit-points=\w{6}$"))
    press(page, "restore")
    page.wait_for_timeout(50)
    assert best(page) == before
    expect(page).to_have_url(re.compile(r"/$"))


@pytest.fixture
def finger(context: BrowserContext, page: Page) -> Callable[..., None]:
    """A finger that goes down at a place, then to others, and up."""
    page.set_viewport_size({"width": 390, "height": 700})
    session = context.new_cdp_session(page)

    def send(kind: str, *places: tuple[float, float]) -> None:
        spots = [{"x": x, "y": y} for x, y in places]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": spots})

    def draw(*places: tuple[float, float]) -> None:
        send("touchStart", places[0])
        for place in places[1:]:
            send("touchMove", place)
            page.wait_for_timeout(30)
        send("touchEnd")

    return draw


def test_a_finger_moves_a_point_and_does_not_scroll(
    page: Page, finger: Callable[..., None]
) -> None:
    part(page, "data").scroll_into_view_if_needed()
    before, index = page.evaluate("scrollY"), lonely(page)
    x, y = point(page, index)
    finger((x, y), (x, y - 15), (x, y - 30), (x, y - 40))
    expect(page).to_have_url(re.compile(r"\?fit-points=\w{6}$"))
    assert point(page, index) == pytest.approx((x, y - 40), abs=1)
    assert page.evaluate("scrollY") == before


def test_a_finger_beside_the_points_scrolls_the_page(
    page: Page, finger: Callable[..., None]
) -> None:
    page.evaluate("document.querySelector('[data-part=data]').scrollIntoView({block: 'center'})")
    before, line = page.evaluate("scrollY"), best(page)
    box = part(page, "data").bounding_box()
    x, y = box["x"] + 0.9 * box["width"], box["y"] + 0.75 * box["height"]  # the empty corner
    finger((x, y), (x, y - 40), (x, y - 80), (x, y - 120))
    until(page, f"scrollY > {before + 20}")
    assert best(page) == line


def test_the_keyboard_alone_chooses_and_moves_a_point(page: Page) -> None:
    page.locator("[data-guess=above]").focus()
    page.keyboard.press("Tab")
    expect(part(page, "data")).to_be_focused()
    expect(page.locator(".dl-chosen")).to_be_visible()
    status(page, "Point 1 of 100: x ")
    for _ in range(100):
        page.keyboard.press("ArrowLeft")
    status(page, "Point ")
    left = page.evaluate("document.querySelector('.dl-chosen').cx.baseVal.value")
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(50)
    assert page.evaluate("document.querySelector('.dl-chosen').cx.baseVal.value") > left
    before = best(page)
    for _ in range(8):
        page.keyboard.press("Shift+ArrowUp")
    expect(page).to_have_url(re.compile(r"\?fit-points=\w{6}$"))
    assert best(page) != before
    for control in ("play", "step", "ten", "reset", "restore"):
        page.keyboard.press("Tab")
        expect(page.locator(f"[data-do={control}]")).to_be_focused()
    expect(page.locator(".dl-chosen")).to_have_count(0)
    page.keyboard.press("Tab")
    expect(part(page, "rate")).to_be_focused()
    page.keyboard.press("End")
    expect(part(page, "rate")).to_have_attribute("aria-valuetext", re.compile("^10, limit 2/λmax"))


def test_a_setting_shows_its_whole_effect_at_once(page: Page) -> None:
    press(page, "ten")
    slow = title(page, "curve")
    part(page, "momentum").fill("0.9")
    expect(part(page, "limit")).to_contain_text(re.compile(r"limit 2\(1 \+ β\)/λmax = 1\."))
    assert title(page, "curve") != slow
    assert title(page, "curve").endswith("after 10 steps")
    part(page, "zero").uncheck()
    expect(part(page, "limit")).to_have_text("no limit: every rate runs away")
    part(page, "momentum").fill("0")
    status(page, "It swings and does not settle: without zero_grad")
    part(page, "zero").check()
    page.click("[data-size='4']")
    expect(page.locator(".dl-now")).to_have_count(4)
    before = title(page, "curve")
    part(page, "seed").fill("7")
    expect(page).to_have_url(re.compile(r"fit-seed=7"))
    assert title(page, "curve") != before


def test_the_url_brings_back_settings_steps_and_points(context: BrowserContext, base: str) -> None:
    query = (
        "fit-batch=16&fit-lr=0.35&fit-momentum=0.6&fit-seed=5&fit-steps=33&fit-points=00zz0008aa11"
    )
    page = start(context.new_page(), f"{base}/?other=1&{query}#line-fit")
    status(page, "Step 33: ")
    part(page, "zero").uncheck()
    expect(page).to_have_url(re.compile(r"\?other=1&.*fit-zero=0.*#line-fit$"))
    again = start(context.new_page(), page.url)
    for view in ("data", "surface", "curve"):
        assert part(again, view).inner_html() == part(page, view).inner_html()
    assert part(again, "seed").input_value() == "5"
    assert not part(again, "zero").is_checked()
    expect(again.locator("[data-size='16']")).to_have_attribute("aria-pressed", "true")


def test_nonsense_in_the_url_is_the_usual_lab(
    context: BrowserContext, page: Page, base: str
) -> None:
    wrong = "fit-lr=x&fit-batch=7&fit-momentum=NaN&fit-zero=%3Cb%3E&fit-seed=e&fit-steps=--"
    other = start(context.new_page(), f"{base}/?{wrong}&fit-points=zzzzz")
    for view in ("data", "surface", "curve"):
        assert part(other, view).inner_html() == part(page, view).inner_html()
    far = "fit-lr=1e9&fit-momentum=-3&fit-steps=99999&fit-seed=-2.5&fit-points=zz0000"
    other = start(context.new_page(), f"{base}/?{far}")
    status(other, "Diverging: the learning rate 10 is above the limit ")
    assert part(other, "momentum").input_value() == "0"


def test_less_motion_answers_at_once_and_plays_in_leaps(chromium: Browser, base: str) -> None:
    page = chromium.new_page(reduced_motion="reduce", viewport={"width": 1280, "height": 1800})
    start(page, base)
    page.click("[data-guess=swings]")
    expect(page.locator("[data-do=play]")).to_have_text("Play")
    status(page, "Step 40: ")
    press(page, "reset")
    press(page, "play")
    seen = set()
    for _ in range(25):
        seen.add(title(page, "curve").split(" after ")[1])
        page.wait_for_timeout(100)
    assert seen <= {"0 steps", "10 steps", "20 steps", "30 steps"}
    assert "10 steps" in seen
    page.close()


def test_without_scripts_the_picture_and_its_words_stay(chromium: Browser, base: str) -> None:
    still_stays_without_scripts(chromium, base, "line-fit")


def test_without_data_the_picture_stays_and_a_message_says_why(
    chromium: Browser, base: str
) -> None:
    still_stays_without_data(chromium, base, "line-fit")


@pytest.mark.parametrize("width", [320, 360, 375, 390, 768, 1280])
def test_nothing_jumps_and_nothing_is_wider_than_the_screen(
    chromium: Browser, base: str, width: int
) -> None:
    """The demo is as high as the picture was, with the longest texts too."""
    page = chromium.new_page(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    height = "document.querySelector('downhill-line-fit').getBoundingClientRect().height"
    page.route("**/*.json", lambda route: route.abort())
    page.goto(base)
    page.wait_for_selector("downhill-line-fit[data-state=failed]")
    page.evaluate("document.querySelector('.dl-error').remove()")
    picture = page.evaluate(height)
    page.unroute("**/*.json")
    start(page, f"{base}/?fit-zero=0&fit-momentum=0.55&fit-batch=16&fit-steps=400")
    tops = "[...document.querySelectorAll('.dl-plots > *')].map((e) => e.offsetTop)"
    before = page.evaluate(tops)
    assert page.evaluate(height) == pytest.approx(picture, abs=1)
    part(page, "data").focus()
    page.keyboard.press("Shift+ArrowUp")
    status(page, "Point 1 of 100: ")
    assert page.evaluate(tops) == before
    page.click("[data-guess=swings]")
    status(page, "Diverging")
    assert page.evaluate(tops) == before
    assert page.evaluate(height) == pytest.approx(picture, abs=1)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


@pytest.mark.parametrize("scheme", ["default", "slate"])
def test_axe_finds_nothing(page: Page, npm_package: Callable[[str], Path], scheme: str) -> None:
    if scheme == "slate":
        page.evaluate(
            """() => {
              document.body.dataset.mdColorScheme = 'slate';
              const colours = {'default-fg-color': '#e2e4e9', 'default-fg-color--light': '#b4b8c4',
                'default-bg-color': '#1e2129', 'code-bg-color': '#272a35'};
              for (const name in colours) {
                document.body.style.setProperty(`--md-${name}`, colours[name]);
              }
              document.body.style.background = '#1e2129';
              document.body.style.color = '#e2e4e9';
            }"""
        )
    press(page, "ten")
    status(page, "Step 10")
    page.evaluate((npm_package("axe-core") / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("axe.run()")["violations"]
    assert not [(v["id"], [n["target"] for n in v["nodes"]]) for v in found]


def test_targets_are_large_enough_for_a_finger(page: Page) -> None:
    sizes = page.evaluate(
        """() => [...document.querySelectorAll('button, .dl-switch, input:not([type=checkbox])')]
        .map((node) => [node.outerHTML, node.getBoundingClientRect()])
        .map(([html, box]) => [html, box.width, box.height])"""
    )
    assert len(sizes) > 14
    assert all(min(width, height) >= 44 for _, width, height in sizes), sizes
