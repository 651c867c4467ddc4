"""Pictures and videos in outputs, as files with a size, lazy, and always described."""

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
    dark: str = "",
) -> str:
    """<img> for a base64 picture of an output; two where it has a twin for the dark scheme.

    root: from the page to the root of the site ("../../"); size: width and height in CSS pixels,
    where the notebook says that the picture is finer than it shall be shown. Of twins, the style
    sheet shows one, by the scheme that the reader has chosen (which `media` does not know); so
    both are lazy: a browser does not fetch a lazy picture that is not displayed.
    """
    if dark:
        return _tag(encoded, alt, assets, root, size, True, "on-light") + _tag(
            dark, alt, assets, root, size, True, "on-dark"
        )
    return _tag(encoded, alt, assets, root, size, lazy)


def _tag(
    encoded: str,
    alt: str,
    assets: Assets,
    root: str,
    size: Mapping[str, Any] | None,
    lazy: bool,
    kind: str = "",
) -> str:
    url, width, height = _put(encoded, assets, root)
    if size and "width" in size:
        width, height = int(size["width"]), round(height * int(size["width"]) / width)
    scheme = f' class="{kind}"' if kind else ""
    loading = ' loading="lazy"' if lazy else ""
    return (
        f'<img{scheme} src="{url}" alt="{html.escape(alt)}" width="{width}" height="{height}"'
        f'{loading} decoding="async">'
    )


def video(encoded: str, poster: str, alt: str, assets: Assets, root: str) -> str:
    """<video> and <figcaption> for a base64 mp4 of an output; the reader starts it.

    poster: base64 picture of the same size. Nothing but the poster is loaded before the start.
    What the video shows stands below it for all: captions would have no sound to follow.
    """
    still, width, height = _put(poster, assets, root)
    film = base64.b64decode(encoded)
    url = root + assets.put(film, ".mp4")
    name = html.escape(alt)
    link = f'<a href="{url}" download>Download the animation ({len(film) / 1024:.0f} KB)</a>'
    return (
        f'<video controls preload="none" playsinline muted poster="{still}" '
        f'width="{width}" height="{height}" aria-label="{name}">'
        f'<source src="{url}" type="video/mp4"><p>Your browser shows no such video.</p></video>'
        f"<figcaption>{name} {link}</figcaption>"
    )


def _put(encoded: str, assets: Assets, root: str) -> tuple[str, int, int]:
    """A base64 picture as a file of the site: its URL, width and height."""
    picture = base64.b64decode(encoded)
    small = assets.cached("webp", digest(picture, repr(WEBP)), lambda: webp(picture))
    with Image.open(io.BytesIO(small)) as opened:
        width, height = opened.size
    return root + assets.put(small, ".webp"), width, height
