"""docs/speed.md is what the results make: nobody types its numbers."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from speed_page import MISSING, PAGE, TRIED, page

FIXTURES = Path(__file__).parents[1] / "fixtures" / "speed"


def test_the_page_is_what_the_results_make() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "make speed"


def test_what_has_no_result_is_said_to_be_not_measured(tmp_path: Path) -> None:
    text = page(tmp_path)
    assert text.count(MISSING) == 3
    assert TRIED.read_text(encoding="utf-8").strip() in text
    shutil.copyfile(FIXTURES / "growth.json", tmp_path / "growth.json")
    assert page(tmp_path).count(MISSING) == 2


def test_results_of_real_runs_make_a_whole_page() -> None:
    text = page(FIXTURES)
    assert MISSING not in text
    for name in ("peers", "kernels", "growth"):
        results = json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))
        assert results["machine"]["processor"] in text
        assert results["commit"][:12] in text
        assert results["began"][:10] in text
        for package, version in results["versions"].items():
            assert f"{package} {version}" in text
    heads = re.findall(r"^\| .*\n\| ---", text, re.MULTILINE)
    assert len(heads) == len(re.findall(r"^#{2,3} .*\n\n(?:[^|#].*\n+)*\|", text, re.MULTILINE)) + 1
    assert "Cells that nbval calls different though nothing has changed: 30.\n" in text
    assert "nan" not in text
    widths = {len(row.split("|")) for row in text.splitlines() if row.startswith("|")}
    assert min(widths) > 5


def test_runs_that_failed_are_counted_on_the_page(tmp_path: Path) -> None:
    results = json.loads((FIXTURES / "peers.json").read_text(encoding="utf-8"))
    results["runs"].append({"tool": "papermill", "case": "cold", "round": 9, "failed": "no"})
    (tmp_path / "peers.json").write_text(json.dumps(results), encoding="utf-8")
    assert "failed three times and are not in the tables: 1." in page(tmp_path)
