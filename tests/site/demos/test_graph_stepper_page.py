"""The graph stepper on its page: URL, no scripts, no data, motion, sizes, axe."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from demo_page import MARKS, start, still_stays_without_scripts
from graph_stepper_page import GRAPHS, NAME, part, pick, press, served_graphs
from playwright.sync_api import Browser, BrowserContext, Page, expect

pytestmark = MARKS


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served_graphs(tmp_path_factory.mktemp("graph")) as address:
        yield address


def test_the_url_brings_back_graph_inputs_and_step(context: BrowserContext, base: str) -> None:
    page = start(context.new_page(), f"{base}/?other=1#{NAME}")
    pick(page, "A value used twice")
    page.get_by_label("a", exact=True).fill("-0.5")
    press(page, "next", 6)
    expect(page).to_have_url(
        re.compile(rf"\?other=1&graph-pick=2&graph-in=-0\.5_-1_5&graph-step=6#{NAME}$")
    )
    again = start(context.new_page(), page.url)
    assert part(again, "now").text_content() == part(page, "now").text_content()
    assert part(again, "list").text_content() == part(page, "list").text_content()
    assert again.get_by_label("a", exact=True).input_value() == "-0.5"
    press(again, "reset")
    expect(again).to_have_url(re.compile(rf"\?other=1&graph-pick=2#{NAME}$"))


@pytest.mark.parametrize(
    "query",
    [
        "graph-pick=9&graph-in=1_2&graph-step=-3",
        "graph-pick=%3Cb%3E&graph-in=x__&graph-step=1e9",
        "graph-pick=0&graph-in=2_-3_Infinity&graph-step=2.5",
    ],
)
def test_nonsense_in_the_url_starts_at_the_beginning(
    context: BrowserContext, base: str, query: str
) -> None:
    page = start(context.new_page(), f"{base}/?{query}")
    expect(part(page, "now")).to_contain_text("Step 0 of")
    assert page.locator("[aria-pressed=true]").count() == 1


def test_a_step_beyond_the_last_is_the_last(context: BrowserContext, base: str) -> None:
    page = start(context.new_page(), f"{base}/?graph-step=99")
    expect(part(page, "now")).to_contain_text("Step 7 of 7")


def test_without_scripts_the_picture_and_its_words_stay(chromium: Browser, base: str) -> None:
    still_stays_without_scripts(chromium, base, NAME)


@pytest.mark.parametrize(
    ("file", "why"),
    [("broken", "the server answered 404"), ("wrong", "value of L is 4, recorded 5")],
)
def test_missing_or_wrong_data_leave_the_picture_and_say_why(
    chromium: Browser, base: str, file: str, why: str
) -> None:
    page = chromium.new_page()
    page.goto(f"{base}/{file}.html")
    expect(page.get_by_role("alert")).to_contain_text(why)
    expect(page.get_by_alt_text(f"What {NAME} shows")).to_be_visible()
    page.close()


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_pulses_run_along_the_lines_unless_less_motion_is_wanted(
    chromium: Browser, base: str, motion: str
) -> None:
    page = chromium.new_page(reduced_motion=motion)
    start(page, base)
    press(page, "next")
    expect(page.locator(".dl-pulse")).to_have_count(2)
    running = page.evaluate("document.getAnimations().length")
    assert running == (0 if motion == "reduce" else 2)
    page.close()


@pytest.mark.parametrize("width", [320, 360, 390, 768, 1280])
def test_nothing_jumps_and_nothing_is_wider_than_the_screen(
    chromium: Browser, base: str, width: int
) -> None:
    """The demo is as high as the still picture's place, at every step of every graph."""
    page = chromium.new_page(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    height = f"document.querySelector('downhill-{NAME} > :first-child').offsetHeight"
    page.goto(f"{base}/broken.html")
    page.wait_for_selector(f"downhill-{NAME}[data-state=failed]")
    heights = {page.evaluate(height)}
    start(page, f"{base}/?graph-pick=2&graph-in=-12.35_3.125_-17.77")
    for graph in GRAPHS:
        pick(page, graph["name"])
        part(page, "guess").fill("-1.5")
        page.get_by_role("button", name="Answer").click()
        heights |= set(
            page.evaluate(
                f"""() => Array.from({{ length: 14 }}, () => {{
                  document.querySelector('[data-do=next]').click();
                  return {height};
                }})"""
            )
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert len(heights) == 1, heights
    page.close()


def test_targets_are_large_enough_for_a_finger(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    sizes = page.evaluate(
        """() => [...document.querySelectorAll('button, input')].map((node) => {
          const { width, height } = node.getBoundingClientRect();
          return [node.textContent || node.type, width, height];
        })"""
    )
    assert len(sizes) == 3 + 3 + 3 + 4
    assert all(min(width, height) >= 44 for _, width, height in sizes), sizes


@pytest.mark.parametrize("scheme", ["default", "slate"])
def test_axe_finds_nothing_in_light_or_dark(
    context: BrowserContext, base: str, npm_package: Callable[[str], Path], scheme: str
) -> None:
    page = start(context.new_page(), f"{base}/?graph-pick=2&graph-step=8")
    page.evaluate(
        """(scheme) => {
          document.body.dataset.mdColorScheme = scheme;
          if (scheme !== 'slate') return;
          for (const [name, colour] of [['fg-color', '#dde4e3'], ['fg-color--light', '#aab6b6'],
            ['bg-color', '#101517']]) {
            document.body.style.setProperty(`--md-default-${name}`, colour);
          }
          document.body.style.setProperty('--md-code-bg-color', '#192022');
          document.body.style.background = '#101517';
          document.querySelectorAll('h1, h2').forEach((h) => { h.style.color = '#dde4e3'; });
        }""",
        scheme,
    )
    page.evaluate((npm_package("axe-core") / "axe.min.js").read_text(encoding="utf-8"))
    violations = page.evaluate("axe.run()")["violations"]
    assert not [(v["id"], [n["failureSummary"] for n in v["nodes"]]) for v in violations]
