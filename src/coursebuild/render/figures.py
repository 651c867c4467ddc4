"""Pictures in outputs, as files with a size, lazy, and always described."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Mapping
from typing import Any

from PIL import Image

from .assets import Assets, digest

# quality is the effort of the lossless coder here; higher settings cost a second per picture
WEBP: dict[str, Any] = {"lossless": True, "quality": 80, "method": 4}


def webp(picture: bytes) -> bytes:
    """PNG or JPEG → lossless WebP: the same pixels in a third of the bytes."""
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(picture)) as image:
        image.save(buffer, "WEBP", **WEBP)
    return buffer.getvalue()


def image(
    encoded: str,
    alt: str,
    assets: Assets,
    root: str,
    size: Mapping[str, Any] | None = None,
    lazy: bool = True,
) -> str:
    """<img> for a base64 picture of an output.

    root: from the page to the root of the site ("../../"); size: width and height in CSS pixels,
    where the notebook says that the picture is finer than it shall be shown.
    """
    picture = base64.b64decode(encoded)
    small = assets.cached("webp", digest(picture, repr(WEBP)), lambda: webp(picture))
    with Image.open(io.BytesIO(small)) as opened:
        width, height = opened.size
    if size and "width" in size:
        width, height = int(size["width"]), round(height * int(size["width"]) / width)
    url = root + assets.put(small, ".webp")
    loading = ' loading="lazy"' if lazy else ""
    return (
        f'<img src="{url}" alt="{html.escape(alt)}" width="{width}" height="{height}"'
        f'{loading} decoding="async">'
    )
