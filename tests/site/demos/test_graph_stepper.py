"""The graph stepper in a real Chromium: forward, backward, prediction, mouse, touch, keyboard."""

import re
from collections.abc import Iterator

import pytest
from demo_page import MARKS, start
from graph_stepper_page import part, pick, press, served_graphs
from playwright.sync_api import BrowserContext, Page, expect

pytestmark = MARKS


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served_graphs(tmp_path_factory.mktemp("graph")) as address:
        yield address


def test_forward_then_backward_one_node_at_a_time(page: Page) -> None:
    now = part(page, "now")
    expect(now).to_contain_text("Inputs: a = 2, b = −3, c = 4.")
    press(page, "next")
    expect(now).to_contain_text("Step 1 of 7 · forward")
    expect(now).to_contain_text("2 × (−3) = −6")
    press(page, "next", 3)
    expect(now).to_contain_text("gradient at L = 1")
    press(page, "next", 3)
    expect(now).to_contain_text("q = a × b: gradient coming in −4")
    expect(now).to_contain_text("to a: local slope b = −3")
    expect(now).to_contain_text("−4 × (−3) = 12")
    press(page, "next")  # at the end: nothing more
    expect(part(page, "list").locator("li")).to_have_count(7)
    press(page, "back", 2)
    expect(part(page, "list").locator("li")).to_have_count(5)
    expect(now).to_contain_text("Step 5 of 7 · backward")
    press(page, "reset")
    expect(now).to_contain_text("Step 0 of 7")


def test_two_parts_add_up_where_a_node_is_used_twice(page: Page) -> None:
    pick(page, "A value used twice")
    press(page, "next", 7)
    h = page.locator(".dl-node").nth(2)
    expect(h).to_contain_text("5 + …")
    expect(part(page, "svg")).to_have_attribute(
        "aria-label", re.compile("h = a × b is −2, gradient 5 so far")
    )
    press(page, "next")
    expect(h).to_contain_text("5 + (−4) = 1")
    expect(part(page, "now")).to_contain_text("a second part for h: they add up")
    expect(part(page, "list")).to_contain_text("and 5 + (−4) = 1 in all")
    press(page, "next")
    expect(h.locator(".dl-grad")).to_have_text("1")


@pytest.mark.parametrize(
    ("graph", "guess", "verdict"),
    [
        ("A chain", "12", "You say 12. The gradient at a is 12: right."),
        ("A chain", "-12", "You say −12. The gradient at a is 12: right but for the sign."),
        ("A chain", "7", "You say 7. The gradient at a is 12. The steps below say why."),
        ("A value used twice", "5", "You say 5. That is one of the parts that arrive at h."),
        ("A value used twice", "-4", "The gradient at h is 1: the parts add up."),
    ],
)
def test_a_prediction_is_answered_when_the_gradient_arrives(
    page: Page, graph: str, guess: str, verdict: str
) -> None:
    pick(page, graph)
    part(page, "guess").fill(guess)
    page.get_by_role("button", name="Answer").click()
    answer = part(page, "answer")
    expect(answer).to_contain_text("The way back will tell")
    press(page, "next", 6)
    expect(answer).to_contain_text("The way back will tell")
    press(page, "next", 2)
    expect(answer).to_contain_text(verdict)


def test_an_answer_without_a_number_asks_for_one_and_show_me_goes_there(page: Page) -> None:
    page.get_by_role("button", name="Answer").click()
    expect(part(page, "answer")).to_contain_text("Type a number first")
    press(page, "reveal")
    expect(part(page, "answer")).to_contain_text("The gradient at a is 12. Change an input")
    expect(part(page, "now")).to_contain_text("Step 7 of 7")


def test_a_changed_input_changes_the_whole_graph(page: Page) -> None:
    pick(page, "One neuron")
    press(page, "reveal")
    bias = page.get_by_label("b", exact=True)
    bias.fill("-4")  # the ReLU is silent
    expect(part(page, "svg")).to_have_attribute(
        "aria-label", re.compile(r"w, gradient 0;|w is 1\.5, gradient 0;")
    )
    expect(part(page, "answer")).to_contain_text("The gradient at w is 0.")
    press(page, "back", 2)
    expect(part(page, "now")).to_contain_text("to z: local slope 0, z is not above 0")
    bias.fill("")  # nothing: the last number stays
    expect(bias).to_have_attribute("aria-invalid", "true")
    expect(part(page, "list")).to_contain_text("3 + (−4) = −1")
    bias.blur()
    expect(bias).to_have_value("-4")
    bias.fill("12345")
    bias.blur()
    expect(bias).to_have_value("100")
    press(page, "reset")
    expect(page.get_by_label("b", exact=True)).to_have_value("-1")


def test_everything_can_be_done_with_the_keyboard(page: Page) -> None:
    page.locator("[data-pick='0']").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[data-pick='1']")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    expect(part(page, "answer")).to_contain_text("You say 1.")
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.type("3")  # a: tabbing into a field selects what is in it
    expect(part(page, "now")).to_contain_text("a = 3")
    for _ in range(4):
        page.keyboard.press("Tab")
    expect(page.locator("[data-do=next]")).to_be_focused()
    for _ in range(12):
        page.keyboard.press("Space")
    expect(page.locator("[data-do=next]")).to_be_focused()  # at the end it keeps the focus
    expect(page.locator("[data-do=next]")).to_have_attribute("aria-disabled", "true")
    expect(part(page, "list").locator("li")).to_have_count(9)
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(part(page, "past")).to_be_focused()  # scrolls with the arrow keys


def test_a_finger_steps_on_a_phone(context: BrowserContext, base: str) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 800})
    start(page, base)
    page.get_by_role("button", name="One neuron").tap()
    page.locator("[data-do=next]").tap()
    expect(part(page, "now")).to_contain_text("1.5 × 2 = 3")
    first, last = page.locator(".dl-node").first, page.locator(".dl-node").last
    assert last.bounding_box()["y"] > first.bounding_box()["y"] + 300  # layers go down


def test_play_goes_to_the_end_and_pause_stops_it(page: Page) -> None:
    page.clock.install()
    play = part(page, "play")
    play.click()
    expect(play).to_have_text("Pause")
    page.clock.run_for(2_500)
    expect(part(page, "now")).to_contain_text("Step 2 of 7")
    play.click()
    page.clock.run_for(20_000)
    expect(part(page, "now")).to_contain_text("Step 2 of 7")
    play.click()
    page.clock.run_for(20_000)
    expect(part(page, "now")).to_contain_text("Step 7 of 7")
    expect(play).to_have_text("Play")
