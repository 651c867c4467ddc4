"""The policy of a page, and what stops a build; in a browser: tests/site/test_policy.py."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest
from mkdocs.config import load_config

from coursebuild.render import policy
from coursebuild.render.policy import Policy
from coursebuild.render.problem import PageError

HEAD = '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>t</title>{}</head>'
SCOPE = re.compile(r"<script>(__md_scope=.*?)</script>", re.DOTALL)


def made(tmp_path: Path, preview: bool = False) -> Policy:
    """A policy with the theme as mkdocs.yml has it: Material's own templates."""
    (tmp_path / "docs").mkdir(exist_ok=True)
    config_file = tmp_path / "mkdocs.yml"
    config_file.write_text("site_name: T\ntheme: {name: material, font: false}\nplugins: []\n")
    config = load_config(str(config_file))
    return Policy(config.theme.get_env(), config, preview)


def page(body: str = "", head: str = "") -> str:
    return f"{HEAD.format(head)}<body>{body}</body></html>"


def theme_script(tmp_path: Path, base: str = "../..") -> str:
    """The inline script with which Material's pages begin, for a page so deep."""
    env = load_config(str(tmp_path / "mkdocs.yml")).theme.get_env()
    text = env.get_template("partials/javascripts/base.html").render(
        config={"extra": {}}, base_url=base
    )
    found = SCOPE.search(text)
    assert found
    return found[1]


def test_a_script_of_the_theme_is_allowed_by_its_hash(tmp_path: Path) -> None:
    given = made(tmp_path)
    for base in (".", "../..", "/downhill"):
        script = theme_script(tmp_path, base)
        result = given.apply(page(f"<script>{script}</script>"), "x.md")
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"script-src 'self' 'sha256-{digest}'" in result
    assert given.headers().count("'sha256-") == 3  # the headers allow what any page needs


def test_a_script_that_only_begins_as_the_themes_does_stops_the_build(tmp_path: Path) -> None:
    given = made(tmp_path)
    for script in (theme_script(tmp_path) + ";alert(1)", theme_script(tmp_path, '",alert(1),"')):
        with pytest.raises(PageError, match=r"an inline script.*lessons/x\.ipynb"):
            given.apply(page(f"<script>{script}</script>"), "lessons/x.ipynb")


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script>",
        '<script type="module">alert(1)</script>',
        '<script type="importmap">{}</script>',
        '<p onclick="alert(1)">x</p>',
        '<svg ONLOAD="alert(1)"></svg>',
        '<a href=" javascript:alert(1)">x</a>',
        '<a href="data:text/html,x">x</a>',
        '<iframe src="/"></iframe>',
        '<object data="x"></object>',
        "<style>p { color: red }</style>",
        '<img src="https://example.test/x.png" alt="">',
        '<img src="//example.test/x.png" alt="">',
        '<script src="https://example.test/x.js"></script>',
        '<link rel="stylesheet" href="https://example.test/x.css">',
    ],
)
def test_what_a_browser_would_block_stops_the_build(tmp_path: Path, body: str) -> None:
    with pytest.raises(PageError, match=r"a page has .*x\.md.*put scripts and styles into files"):
        made(tmp_path).apply(page(body), "x.md")


def test_what_is_needed_stays(tmp_path: Path) -> None:
    body = (
        '<script src="a.js"></script><script type="application/json">{"a": 1}</script>'
        '<a href="https://example.test/">x</a><p style="--lines: 3">x</p><a href="mailto:a@b">x</a>'
        '<img src="data:image/png;base64,AAAA" alt="">'
    )
    head = '<link rel="canonical" href="https://example.test/x/">'
    given = page(body, head)
    result = made(tmp_path).apply(given, "x.md")
    bare = policy.META.sub("", result).replace('<meta name="referrer" content="no-referrer">', "")
    assert bare == given


def test_the_policy_stands_before_everything_it_is_for(tmp_path: Path) -> None:
    result = made(tmp_path).apply(page(), "x.md")
    assert '<meta charset="utf-8"><meta http-equiv="Content-Security-Policy"' in result
    found = policy.META.search(result)
    assert found
    assert "unsafe-eval" not in found[0]
    assert re.findall(r"[\w-]+ 'unsafe-inline'", found[0]) == ["style-src-attr 'unsafe-inline'"]


def test_a_page_without_a_charset_stops_the_build(tmp_path: Path) -> None:
    with pytest.raises(PageError, match="charset"):
        made(tmp_path).apply("<!doctype html><html><head></head><body></body></html>", "x.md")


def test_a_preview_may_reload_itself_and_is_checked_all_the_same(tmp_path: Path) -> None:
    given = made(tmp_path, preview=True)
    assert "script-src 'self' 'unsafe-inline';" in given.apply(page(), "x.md")
    with pytest.raises(PageError):
        given.apply(page("<script>alert(1)</script>"), "x.md")


def test_the_headers_say_what_a_meta_element_cannot(tmp_path: Path) -> None:
    given = made(tmp_path)
    given.write(tmp_path)
    lines = (tmp_path / "_headers").read_text().splitlines()
    assert lines[0] == "/*"
    told = dict(line.strip().split(": ", 1) for line in lines[1:])
    assert told["Content-Security-Policy"].endswith("; frame-ancestors 'self'")
    assert told["X-Content-Type-Options"] == "nosniff"
    assert told["Referrer-Policy"] == "no-referrer"
    assert "camera=()" in told["Permissions-Policy"]
    assert all(len(line) < 2000 for line in lines)  # what these hosts read of one


def test_a_page_for_files_takes_the_files_beside_it(tmp_path: Path) -> None:
    wider = policy.for_file(made(tmp_path).apply(page("<p>'self'</p>"), "x.md"))
    assert "script-src 'self' file:;" in wider
    assert "worker-src 'self' file: blob:;" in wider
    assert "<p>'self'</p>" in wider
