"""Demos: a custom element with its data beside it, and a still picture where scripts are off."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

from . import figures
from .assets import Assets
from .bundles import DARK, DEMO
from .problem import PageError

NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")

# What a demo's style asks of the page around it.
OUTSIDE = re.compile(r"(?:\[data-md-color-scheme=[^\]]+\]|\.md-typeset|\.home-demo) (?!:scope)")


def element(data: dict[str, Any], assets: Assets, root: str, lazy: bool = True) -> str:
    """<downhill-NAME> for a demo bundle.

    data: the MIME bundle of the output; root: from the page to the root of the site; lazy: the
    still picture may wait until a reader comes near, as script and data always do.
    """
    demo = data[DEMO]
    if not NAME.fullmatch(str(demo["demo"])):  # it becomes the name of an element
        raise PageError(
            f"“{demo['demo']}” is no name of a demo",
            "a demo's output",
            "use small letters, digits and hyphens",
        )
    text = json.dumps(demo["data"], separators=(",", ":"))
    url = root + assets.put(text.encode(), ".json")
    still = ""
    if "image/png" in data:
        picture, dark = data["image/png"], data.get(DARK, "")
        still = figures.image(picture, demo["alt"], assets, root, lazy=lazy, dark=dark)
    else:
        still = f"<p>{html.escape(demo['alt'])}</p>"
    tag = f"downhill-{demo['demo']}"
    return (
        f'<div class="downhill-demo"><{tag} data-src="{url}">'
        f'<figure class="nb-fig">{still}</figure></{tag}></div>'
    )


def scoped(docs: Path, name: str, assets: Assets) -> str:
    """URL of a demo's style that touches this demo only.

    Two demos may give one name to two things, which matters only where both are on one page.
    """
    style = (docs / "demos" / f"{name}.css").read_text(encoding="utf-8")
    # Within @scope a selector begins below the demo, unless it says where the demo is in it.
    style = re.sub(rf"\bdownhill-{name}\b", ":scope", style)
    style = OUTSIDE.sub(r"\g<0>:where(:scope) ", style)
    return assets.put(f"@scope (downhill-{name}) {{\n{style}}}\n".encode(), ".css")
