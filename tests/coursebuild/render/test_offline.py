"""The list of files that a reader can save."""

from __future__ import annotations

import json
from pathlib import Path

from coursebuild.render import offline

REPOSITORY = Path(__file__).parents[3]


def site(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")
    offline.write(root)
    return root


def listed(root: Path) -> dict[str, str]:
    whole = json.loads((root / offline.LIST).read_text(encoding="utf-8"))
    return {name: kept for name, kept, _ in whole["files"]}


def version(root: Path) -> str:
    return str(json.loads((root / offline.VERSION).read_text(encoding="utf-8"))["version"])


def test_what_pages_need_is_listed_and_nothing_else(tmp_path: Path) -> None:
    needed = {"index.html", "a/index.html", "a/a-student.ipynb", "assets/made/1.json", "404.html"}
    others = {"a/a.ipynb", "sitemap.xml.gz", "assets/x.js.map", "sw.js", "downloads/course.zip"}
    assert set(listed(site(tmp_path, *needed, *others))) == needed


def test_the_version_changes_with_any_file_and_only_then(tmp_path: Path) -> None:
    first = version(site(tmp_path, "index.html", "a/index.html"))
    offline.write(tmp_path)
    assert version(tmp_path) == first
    (tmp_path / "a" / "index.html").write_text("other", encoding="utf-8")
    offline.write(tmp_path)
    assert version(tmp_path) != first


def test_equal_files_of_different_types_are_kept_apart(tmp_path: Path) -> None:
    (tmp_path / "a.js").touch()
    (tmp_path / "a.css").touch()
    offline.write(tmp_path)
    assert len(set(listed(tmp_path).values())) == 2


def test_the_scripts_know_the_form_of_the_list() -> None:
    for script in ("docs/sw.js", "docs/assets/saved.js"):
        text = (REPOSITORY / script).read_text(encoding="utf-8")
        assert f"FORMAT = {offline.FORMAT};" in text
