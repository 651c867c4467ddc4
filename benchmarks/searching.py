"""How long the search of the whole course takes to answer, in the page: 50 ms or less is wanted.

    .venv/bin/python benchmarks/searching.py [WORD…]

Types each word letter by letter, as a reader does, and measures from each message to the search's
worker to the worker's answer: the time of the first word's first letter is that of loading the
index, and is told apart. Prints the median and the worst of each word; exit 1 where a median is
above 50 ms. Needs Chromium and `make site`.
"""

import argparse
import shutil
import statistics
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "site"))

SITE = ROOT / "build" / "site"
WORDS = ["gradient", "loss.backward", "learning rate", "softmax", "zero_grad", "confusion matrix"]
WANTED = 50.0  # ms
QUERY, RESULT = 2, 3  # Material's messages, as in docs/assets/search.js
CLOCK = f"""
window.answers = []; window.questions = [];
const Own = window.Worker;
window.Worker = class extends Own {{
  constructor(...given) {{
    super(...given);
    this.addEventListener("message", ({{ data }}) => {{
      if (data.type === {RESULT}) window.answers.push(performance.now() - window.questions.at(-1));
    }});
  }}
  postMessage(message, ...rest) {{
    if (message.type === {QUERY}) window.questions.push(performance.now());
    super.postMessage(message, ...rest);
  }}
}};
"""


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("words", nargs="*", default=WORDS, metavar="WORD")
    given = arguments.parse_args()
    if not SITE.is_dir():
        sys.exit("say first: make site")
    from conftest import ARGUMENTS, Compressing, serve
    from playwright.sync_api import sync_playwright

    medians = []
    for base in serve(SITE, Compressing):
        with sync_playwright() as playwright:
            path = shutil.which("chromium") or shutil.which("google-chrome")
            page = playwright.chromium.launch(executable_path=path, args=ARGUMENTS).new_page()
            page.add_init_script(CLOCK)
            page.goto(base, wait_until="networkidle")
            page.keyboard.press("/")
            page.keyboard.type("t")
            page.locator(".md-search-result__link").first.wait_for()
            print(f"first letter, index and all: {page.evaluate('Math.max(...answers)'):.0f} ms")
            for word in given.words:
                page.keyboard.press("Control+A")
                page.keyboard.press("Backspace")
                page.wait_for_timeout(300)
                page.evaluate("answers.length = 0")
                page.keyboard.type(word, delay=250)  # each letter is answered before the next
                page.wait_for_timeout(500)
                times = page.evaluate("answers")
                medians.append(statistics.median(times))
                print(f"{word}: median {medians[-1]:.0f} ms, worst {max(times):.0f} ms")
    return int(max(medians) > WANTED)


if __name__ == "__main__":
    sys.exit(main())
