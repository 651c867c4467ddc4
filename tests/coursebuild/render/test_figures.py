"""Pictures and videos as files."""

from __future__ import annotations

import base64
import io
import re
from typing import Any

from PIL import Image, ImageChops

from coursebuild.canonical import canonical_outputs
from coursebuild.render import figures, outputs
from coursebuild.render.assets import Assets
from coursebuild.render.bundles import DARK, FIGURE, one_scheme
from coursebuild.render.outputs import Page


def test_webp_keeps_every_pixel() -> None:
    picture = Image.radial_gradient("L").convert("RGB")
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    with Image.open(io.BytesIO(figures.webp(buffer.getvalue()))) as back:
        assert ImageChops.difference(back.convert("RGB"), picture).getbbox() is None


def test_a_picture_has_its_size_and_its_description(assets: Assets, make: Any) -> None:
    tag = figures.image(make.png(8, 4), 'a "red" square', assets, "../")
    assert 'width="8" height="4"' in tag
    assert 'alt="a &quot;red&quot; square"' in tag
    assert 'loading="lazy"' in tag
    assert (assets.site / tag.split('src="../')[1].split('"')[0]).exists()


def test_a_finer_picture_keeps_its_proportions(assets: Assets, make: Any) -> None:
    assert 'width="4" height="2"' in figures.image(make.png(8, 4), "x", assets, "", {"width": 4})


def test_the_first_thing_on_a_page_is_not_lazy(assets: Assets, make: Any) -> None:
    assert "lazy" not in figures.image(make.png(), "x", assets, "", lazy=False)


def test_jpeg_is_read_too() -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "JPEG")
    assert base64.b64encode(figures.webp(buffer.getvalue())).startswith(b"UklGR")


def film(assets: Assets, make: Any, alt: str = "a line turns") -> str:
    return figures.video(
        base64.b64encode(b"mp4" * 999).decode(), make.png(8, 4), alt, assets, "../"
    )


def test_a_video_waits_for_the_reader(assets: Assets, make: Any) -> None:
    """Nothing plays by itself, and nothing but the poster is loaded."""
    tag = film(assets, make)
    assert "autoplay" not in tag
    assert '<video controls preload="none" playsinline muted poster="../assets/made/' in tag
    assert 'width="8" height="4"' in tag


def test_a_video_and_its_poster_become_files(assets: Assets, make: Any) -> None:
    tag = film(assets, make)
    [poster, source, link] = re.findall(r'(?:poster|src|href)="\.\./(.+?)"', tag)
    assert source == link
    assert (assets.site / source).read_bytes() == b"mp4" * 999
    assert (source[-4:], poster[-5:]) == (".mp4", ".webp")
    with Image.open(assets.site / poster) as image:
        assert image.size == (8, 4)


def test_what_a_video_shows_stands_below_it_with_a_link_to_the_file(
    assets: Assets, make: Any
) -> None:
    tag = film(assets, make, 'a "red" line < 2')
    assert 'aria-label="a &quot;red&quot; line &lt; 2"' in tag
    assert "<figcaption>a &quot;red&quot; line &lt; 2 <a href=" in tag
    assert "download>Download the animation (3 KB)</a></figcaption>" in tag


def test_a_picture_with_a_twin_is_two_of_which_neither_is_fetched_at_once(
    assets: Assets, make: Any
) -> None:
    tags = figures.image(make.png(8, 4), "a line", assets, "", lazy=False, dark=make.png(9, 4))
    assert re.findall(r'class="(.+?)"', tags) == ["on-light", "on-dark"]
    assert tags.count('loading="lazy"') == tags.count('alt="a line"') == 2
    assert len(set(re.findall(r'src="(.+?)"', tags))) == 2


def test_twins_come_from_the_bundle_and_stay_out_of_downloads(page: Page, make: Any) -> None:
    bundle = {
        "image/png": make.png(),
        DARK: make.png(9, 4),
        FIGURE: {"alt": "a line that falls"},
        "text/plain": "Figure",
    }
    for alone in ({k: v for k, v in bundle.items() if k != DARK}, bundle):
        shown = outputs.render(make.shown(alone), page)
        assert ("on-dark" in shown) == (DARK in alone)
    notebook = one_scheme(make.notebook(make.shown(bundle)))
    assert set(notebook.cells[0].outputs[0].data) == set(bundle) - {DARK}


def test_no_picture_of_either_scheme_is_stored(make: Any) -> None:
    cell = make.shown({"image/png": make.png(), DARK: make.png(), "text/plain": "Figure"})
    [output] = canonical_outputs(cell.outputs)
    assert set(output.data) == {"text/plain"}
