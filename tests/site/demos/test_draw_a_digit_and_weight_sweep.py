"""The demos in a real Chromium: mouse, touch, keyboard, URL, no scripts, no data."""

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from demo_page import MARKS, ROOT, served, start
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

pytestmark = MARKS


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a page with both demos, on the data of a small real run."""
    folder = tmp_path_factory.mktemp("demos")
    small_run = [sys.executable, str(ROOT / "tests/demos/small_run.py"), str(folder)]
    subprocess.run(small_run, check=True, timeout=300)
    with served(folder, {"draw-a-digit": "digit.json", "weight-sweep": "sweep.json"}) as address:
        yield address


def part(page: Page, name: str) -> Locator:
    return page.locator(f'[data-part="{name}"]')


def verdicts(page: Page) -> list[str]:
    return page.locator(".dl-verdict").all_text_contents()


def status(page: Page, demo: str = "draw-a-digit") -> Locator:
    return page.locator(f"downhill-{demo} .dl-status")


SEVEN = [(0.3, 0.22), (0.7, 0.22), (0.58, 0.5), (0.45, 0.84)]


def test_a_seven_drawn_with_the_mouse_is_a_seven(page: Page) -> None:
    assert verdicts(page) == ["–", "–", "–"]
    box = part(page, "canvas").bounding_box()
    points = [(box["x"] + u * box["width"], box["y"] + v * box["height"]) for u, v in SEVEN]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=8)
    page.mouse.up()
    expect(status(page)).to_contain_text("two-layer net says 7")
    assert verdicts(page)[1:] == ["7", "7"]
    expect(page).to_have_url(re.compile(r"\?digit=[\w-]{60,}$"))


def test_a_finger_draws_and_does_not_scroll_the_page(context: BrowserContext, base: str) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 700})
    page.goto(base)
    page.wait_for_selector("downhill-draw-a-digit[data-state=ready]")
    part(page, "canvas").scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    box = part(page, "canvas").bounding_box()
    points = [(box["x"] + u * box["width"], box["y"] + v * box["height"]) for u, v in SEVEN]
    session = context.new_cdp_session(page)

    def touch(kind: str, *at: tuple[float, float]) -> None:
        spots = [{"x": x, "y": y} for x, y in at]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": spots})

    touch("touchStart", points[0])
    for point in points[1:]:
        touch("touchMove", point)
    touch("touchEnd")
    expect(status(page)).to_contain_text("two-layer net says 7")
    assert page.evaluate("scrollY") == before


def test_arrow_keys_and_space_draw_a_seven(page: Page) -> None:
    part(page, "canvas").focus()
    for _ in range(6):
        page.keyboard.press("ArrowLeft")
    expect(part(page, "pen")).to_be_visible()
    assert verdicts(page) == ["–", "–", "–"]  # the pen is up: nothing is drawn
    page.keyboard.press("Space")
    expect(status(page)).to_have_text("Pen down.")
    for _ in range(12):
        page.keyboard.press("ArrowRight")
    page.keyboard.down("ArrowLeft")  # two arrows held: a diagonal
    for _ in range(9):
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Shift+ArrowDown")
    page.keyboard.up("ArrowLeft")
    page.keyboard.press("Space")
    expect(status(page)).to_contain_text("two-layer net says 7")
    page.keyboard.press("Tab")
    expect(page.locator("[data-example='3']")).to_be_focused()
    expect(part(page, "pen")).to_be_hidden()


@pytest.mark.parametrize("digit", ["3", "7"])
def test_an_example_is_recognised_by_all_three(page: Page, digit: str) -> None:
    page.click(f"[data-example='{digit}']")
    expect(status(page)).to_contain_text("two-layer net says " + digit)
    assert verdicts(page) == [digit] * 3
    expect(page).to_have_url(re.compile(rf"\?digit={digit}\*0$"))


def test_pressing_again_draws_another_variation_and_clear_forgets(page: Page) -> None:
    page.click("[data-example='3']")
    page.click("[data-example='3']")
    expect(page).to_have_url(re.compile(r"\?digit=3\*1$"))
    page.click("[data-clear]")
    expect(status(page)).to_have_text("Nothing drawn yet.")
    assert verdicts(page) == ["–", "–", "–"]
    assert "digit" not in page.url


def numbers(page: Page) -> list[str]:
    return page.locator(".dl-numbers").all_text_contents()


def test_the_url_brings_back_drawing_move_and_anchor(context: BrowserContext, base: str) -> None:
    page = start(context.new_page(), f"{base}/?other=1#weight-sweep")
    part(page, "canvas").scroll_into_view_if_needed()
    box = part(page, "canvas").bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + 170, box["y"] + 60, steps=9)
    page.mouse.move(box["x"] + 110, box["y"] + 190, steps=9)
    page.mouse.up()
    part(page, "right").fill("3")
    part(page, "down").fill("-2")
    expect(page).to_have_url(re.compile(r"\?other=1&digit=[\w-]+&shift=3_-2#weight-sweep$"))
    again = start(context.new_page(), page.url)
    assert numbers(again) == numbers(page)
    assert part(again, "rightText").text_content() == "3"
    assert part(again, "downText").text_content() == "−2"
    expect(status(again)).to_contain_text("moved 3 px right and 2 px up")


def test_nonsense_in_the_url_starts_an_empty_demo(context: BrowserContext, base: str) -> None:
    page = start(context.new_page(), f"{base}/?digit=%3Cb%3E&shift=x_99&w=abc&zoom=2")
    expect(status(page)).to_have_text("Nothing drawn yet.")
    assert part(page, "right").input_value() == "0"
    assert part(page, "down").input_value() == "6"


def test_a_moved_digit_changes_the_distances_to_the_means(page: Page) -> None:
    page.click("[data-example='3']")
    expect(status(page)).to_contain_text("mean images say 3")
    before = numbers(page)
    part(page, "right").focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    expect(status(page)).to_contain_text("moved 6 px right")
    assert all(new != old for new, old in zip(numbers(page), before, strict=True))


def test_a_prediction_is_answered_for_the_digit_on_the_canvas(page: Page) -> None:
    page.click("[data-guess='linear']")
    expect(part(page, "answer").first).to_contain_text("You say: linear stencil. Now draw")
    expect(page.locator("[data-guess='linear']")).to_have_attribute("aria-pressed", "true")
    page.click("[data-example='7']")
    expect(part(page, "answer").first).to_contain_text("Minds change: mean images")


def test_less_motion_draws_the_example_at_once(chromium: Browser, base: str) -> None:
    """The sliding marks stand still too."""
    page = chromium.new_page(reduced_motion="reduce", viewport={"width": 1280, "height": 1800})
    start(page, base)
    frames = page.evaluate(
        """async () => {
          const ink = () => document.querySelector('[data-part=canvas]').getContext('2d')
            .getImageData(0, 0, 224, 224).data.reduce((sum, v, i) => sum + (i % 4 ? 0 : v), 0);
          document.querySelector("[data-example='3']").click();
          const seen = [];
          for (let i = 0; i < 20; i++) {
            await new Promise(requestAnimationFrame);
            seen.push(ink());
          }
          return seen.slice(1);
        }"""
    )
    assert len(set(frames)) == 1
    assert frames[0] > 0
    track = page.locator(".dl-track b").first
    assert track.evaluate("node => getComputedStyle(node).transitionDuration") == "0s"
    page.close()


def test_without_scripts_the_pictures_and_their_words_stay(chromium: Browser, base: str) -> None:
    page = chromium.new_page(java_script_enabled=False)
    page.goto(base)
    expect(page.get_by_alt_text("What draw-a-digit shows")).to_be_visible()
    expect(page.get_by_alt_text("What weight-sweep shows")).to_be_visible()
    page.close()


def test_without_data_the_picture_stays_and_a_message_says_why(
    chromium: Browser, base: str
) -> None:
    page = chromium.new_page()
    page.goto(f"{base}/broken.html")
    expect(page.get_by_role("alert").first).to_contain_text("absent.json could not be read")
    expect(page.get_by_role("alert").first).to_contain_text("the server answered 404")
    expect(page.get_by_alt_text("What draw-a-digit shows")).to_be_visible()
    page.close()


def dot(page: Page, plot: str) -> tuple[float, float]:
    place = page.locator(f'svg[data-part="{plot}"] .dl-dot')
    return tuple(float(place.get_attribute(axis)) for axis in ("cx", "cy"))


def test_the_sweeps_slider_moves_both_marks_by_keyboard(page: Page) -> None:
    slider = part(page, "slider")
    before = dot(page, "accuracy"), dot(page, "loss")
    slider.focus()
    page.keyboard.press("End")
    after = dot(page, "accuracy"), dot(page, "loss")
    assert all(new[0] > old[0] for new, old in zip(after, before, strict=True))
    assert after[0][0] == after[1][0]  # both plots share the weight's axis
    text = slider.get_attribute("aria-valuetext")
    expect(status(page, "weight-sweep")).to_contain_text(f"Weight {text}: ")
    expect(page).to_have_url(re.compile(r"\?w=[-\d.]+$"))


def test_close_up_the_accuracy_is_flat_while_the_loss_slopes(page: Page) -> None:
    part(page, "zoom").check()
    slider = part(page, "slider")
    slider.focus()
    page.keyboard.press("Home")
    left = dot(page, "accuracy"), dot(page, "loss")
    page.keyboard.press("End")
    right = dot(page, "accuracy"), dot(page, "loss")
    assert left[0][1] == right[0][1]
    assert abs(left[1][1] - right[1][1]) > 100  # over most of the plot's height
    expect(page).to_have_url(re.compile(r"\?zoom=1&w=|\?w=[-\d.]+&zoom=1$"))


def test_the_curves_wait_for_an_answer_and_the_url_brings_them_back(
    context: BrowserContext, page: Page
) -> None:
    curve = page.locator('svg[data-part="loss"] .dl-line')
    expect(curve).to_be_hidden()
    page.click("[data-guess='both']")
    expect(curve).to_be_visible()
    expect(part(page, "answer").last).to_contain_text(
        "You say: both. Over 2,001 steps within ±0.01"
    )
    part(page, "slider").fill("100")
    expect(page).to_have_url(re.compile(r"\?w="))
    again = start(context.new_page(), page.url)
    expect(again.locator('svg[data-part="loss"] .dl-line')).to_be_visible()
    assert part(again, "slider").input_value() == "100"
    again.click("[data-trained]")
    assert part(again, "slider").input_value() == "300"


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_jumps_and_nothing_is_wider_than_the_screen(
    chromium: Browser, base: str, width: int
) -> None:
    """What stands below the demos stays where it was while the pictures were there."""
    page = chromium.new_page(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    page.route("**/*.json", lambda route: route.abort())
    page.goto(base)
    below = "document.querySelector('{}').getBoundingClientRect().top + scrollY"
    page.wait_for_selector("downhill-draw-a-digit[data-state=failed]")
    page.evaluate("document.querySelectorAll('.dl-error').forEach(note => note.remove())")
    pictures = page.evaluate(below.format("#weight-sweep"))
    page.unroute("**/*.json")
    page.goto(f"{base}/?digit=7*3&shift=-2_-1")
    page.wait_for_selector("downhill-draw-a-digit[data-state=ready]")
    page.locator("[data-guess='mlp']").click()
    assert page.evaluate(below.format("#weight-sweep")) == pytest.approx(pictures, abs=1)
    page.locator("downhill-weight-sweep").scroll_into_view_if_needed()
    page.wait_for_selector("downhill-weight-sweep[data-state=ready]")
    height = "document.querySelector('downhill-weight-sweep').getBoundingClientRect().height"
    before = page.evaluate(height)
    page.locator("[data-guess='accuracy']").click()
    part(page, "zoom").check()
    expect(status(page, "weight-sweep")).to_contain_text("right, loss")
    assert page.evaluate(height) == before
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_targets_are_large_enough_for_a_finger(page: Page) -> None:
    sizes = page.evaluate(
        """() => [...document.querySelectorAll('button, .dl-switch, input[type=range]')]
        .map(node => [node.textContent, node.getBoundingClientRect().height])"""
    )
    assert len(sizes) > 10
    assert all(height >= 44 for _, height in sizes), sizes
