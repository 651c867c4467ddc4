"""A demo's data as the last run of its lesson gave them to the page."""

import json
from pathlib import Path

EXECUTED = Path(__file__).parents[2] / "build/executed"


def published(lesson: str, demo: str) -> dict:
    """Data of a demo: lesson 02_sgd, demo line-fit. Fails where the lesson has not been run."""
    runs = sorted(EXECUTED.glob(f"*/{lesson}.ipynb"), key=lambda path: path.stat().st_mtime)
    assert runs, f"{lesson} has not been executed yet: course run {lesson[:2]}"
    for cell in json.loads(runs[-1].read_text())["cells"]:
        for output in cell.get("outputs", []):
            bundle = output.get("data", {}).get("application/vnd.downhill.demo+json", {})
            if bundle.get("demo") == demo:
                return bundle["data"]
    raise AssertionError(f"{lesson} shows no demo {demo}")
