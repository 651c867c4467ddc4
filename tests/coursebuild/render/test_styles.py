"""The style sheet of the site: one file, without what no page needs."""

from __future__ import annotations

from pathlib import Path

from coursebuild.render import styles


def test_comments_and_blank_lines_go_and_rules_stay() -> None:
    css = "/* Why. */\n\n.a { color: red }\n  /* two\n lines */ .b { margin: 0 }\n"
    assert styles.plain(css) == ".a { color: red }\n.b { margin: 0 }\n"


def test_the_palette_keeps_the_schemes_and_loses_colours_that_no_page_names(tmp_path: Path) -> None:
    folder = tmp_path / "assets" / "stylesheets"
    folder.mkdir(parents=True)
    palette = folder / "palette.0.min.css"
    scheme = "[data-md-color-scheme=slate]{color-scheme:dark}"
    of_pink = "[data-md-color-scheme=slate][data-md-color-primary=pink]{--md-typeset-a-color:pink}"
    either = "[data-md-color-accent=red],[data-md-color-primary=custom]{--x:red}"
    palette.write_text(
        f"@media screen{{{scheme}{of_pink}}}[data-md-color-accent=red]{{--x:#f00}}{either}"
    )
    styles.lighten(tmp_path)
    left = "[data-md-color-primary=custom]{--x:red}"
    assert palette.read_text() == f"@media screen{{{scheme}}}{left}"
