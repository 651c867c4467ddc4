"""Animations: a small video with a poster, its alt text, and a summary of some frames."""

import base64
import io
import json
import subprocess
import sys

import imageio_ffmpeg
import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.animation import FuncAnimation
from PIL import Image

from downhill import plot, summary, video
from downhill.errors import DownhillError
from downhill.mime import FIGURE, VIDEO

ALT = "A point climbs from the lower left to the upper right."


@pytest.fixture(autouse=True)
def style():
    mpl.use("agg")
    with mpl.rc_context():
        plot.style()
        yield
    plt.close("all")


@pytest.fixture
def shown(monkeypatch):
    """Bundles that were published."""
    bundles = []
    monkeypatch.setattr(plot, "publish", bundles.append)
    return bundles


def climb(frames=5, size=(3, 2), interval=100):
    fig, axes = plt.subplots(figsize=size)
    (point,) = axes.plot([0], [0], "o")
    axes.set(xlim=(0, 1), ylim=(0, 1))

    def draw(i):
        point.set_data([i / 10], [i / 10])
        return (point,)

    return FuncAnimation(fig, draw, frames=frames, interval=interval)


def noise(frames=30):
    fig, axes = plt.subplots(figsize=(6, 4))
    image = axes.imshow(np.zeros((40, 60)), vmin=0, vmax=1)
    rng = np.random.default_rng(0)
    return FuncAnimation(fig, lambda _: [image.set_data(rng.random((40, 60)))], frames=frames)


def facts(film):
    """What ffmpeg reads from an mp4, and its first frame."""
    program = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-f", "mp4", "-i"]
    decode = ["-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"]
    path = "cache:pipe:0"
    done = subprocess.run([*program, path, *decode], input=film, capture_output=True, check=True)
    return done.stderr.decode(), np.frombuffer(done.stdout, np.uint8)


@pytest.mark.parametrize("alt", ["", "  ", "A film."])
def test_an_animation_without_alt_text_is_an_error(alt):
    with pytest.raises(DownhillError, match=r"does not describe.*show_animation"):
        plot.show_animation(climb(), alt=alt)


def test_one_bundle_for_the_site_for_jupyter_and_for_the_regression_check(cell):
    bundles, error, _ = cell(
        "import matplotlib; matplotlib.use('agg')\n"
        "import matplotlib.pyplot as plt; from matplotlib.animation import FuncAnimation\n"
        "from downhill.plot import show_animation\n"
        "fig, ax = plt.subplots(figsize=(3, 2)); line, = ax.plot([0, 1], [0, 1])\n"
        "a = FuncAnimation(fig, lambda i: line.set_ydata([0, i]), frames=4, interval=250)\n"
        f"show_animation(a, alt={ALT!r}); print(plt.get_fignums())"
    )
    assert error is None
    [bundle] = bundles
    assert set(bundle) == {"image/png", VIDEO, FIGURE, "text/html", "text/plain"}
    assert bundle["text/plain"] == f"Animation, 1 s: {ALT}"
    assert bundle["text/html"].startswith("<video controls muted")
    assert f'src="data:video/mp4;base64,{bundle[VIDEO]}"' in bundle["text/html"]
    assert f'aria-label="{ALT}"' in bundle["text/html"]
    assert plt.get_fignums() == []


def test_the_video_is_what_every_browser_plays(shown):
    plot.show_animation(climb(size=(3.33, 2.11)), alt=ALT, fps=8)
    film = base64.b64decode(shown[0][VIDEO])
    said, _ = facts(film)
    assert "h264" in said
    assert "yuv420p" in said
    assert "332x210" in said  # of 333 × 211: H.264 halves the colours, so sizes are even
    assert "8 fps" in said
    assert film.index(b"moov") < film.index(b"mdat")  # it can start before all of it is there
    assert b"Lavf" not in film
    assert "creation_time" not in said


def test_the_poster_has_the_size_of_the_video_and_shows_the_last_frame(shown):
    plot.show_animation(climb(), alt=ALT)
    plot.show_animation(climb(), alt=ALT, poster=5)
    plot.show_animation(climb(), alt=ALT, poster=1)
    last, fifth, first = (each["image/png"] for each in shown)
    assert last == fifth != first
    with Image.open(io.BytesIO(last)) as image:
        assert image.size == (300, 200)


def test_the_first_frame_of_the_video_is_the_first_of_the_animation(shown):
    plot.show_animation(climb(), alt=ALT, poster=1)
    _, pixels = facts(base64.b64decode(shown[0][VIDEO]))
    with Image.open(io.BytesIO(shown[0]["image/png"])) as image:
        drawn = np.asarray(image.convert("RGB"), float)
    assert np.abs(pixels.reshape(drawn.shape) - drawn).mean() < 3  # of 255


def test_the_same_frames_give_the_same_bytes(shown):
    for _ in range(2):
        plot.show_animation(climb(), alt=ALT)
    assert shown[0] == shown[1]


def test_a_wide_figure_becomes_7_inches(shown):
    plot.show_animation(climb(frames=2, size=(14, 4)), alt=ALT)
    with Image.open(io.BytesIO(shown[0]["image/png"])) as image:
        assert image.size == (700, 200)


def test_the_summary_tells_of_the_first_the_middle_and_the_last_frame(shown):
    plot.show_animation(climb(frames=11, interval=200), alt=f" {ALT} ")
    described = shown[0][FIGURE]
    assert (described["alt"], described["frames"], described["seconds"]) == (ALT, 11, 2.2)
    assert [each["frame"] for each in described["at"]] == [1, 6, 11]
    assert [each["axes"][0]["lines"][0]["last"] for each in described["at"]] == [
        [0, 0],
        [0.5, 0.5],
        [1, 1],
    ]
    assert "alt" not in described["at"][0]
    json.dumps(described, allow_nan=False)


def test_one_frame_is_described_once():
    one = summary.of_animation([{"alt": ALT, "axes": []}], ALT, 0.1)
    assert one["at"] == [{"frame": 1, "axes": []}]


def test_a_frame_that_is_not_there_cannot_be_the_poster(shown):
    for poster in (0, 6):
        with pytest.raises(DownhillError, match=rf"no frame {poster}.*choose one of 1 to 5"):
            plot.show_animation(climb(), alt=ALT, poster=poster)
    assert not shown
    assert plt.get_fignums() == []


def test_a_video_that_is_too_heavy_says_by_how_much_and_what_to_do(shown):
    too_heavy = r"weighs \d+\.\d KB, 60 KB at most: \d+\.\d KB too much.*fewer frames"
    with pytest.raises(DownhillError, match=too_heavy):
        plot.show_animation(noise(), alt=ALT)
    assert not shown
    assert plt.get_fignums() == []


def test_without_ffmpeg_there_is_one_clear_error(monkeypatch):
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)  # importing it fails
    with pytest.raises(DownhillError, match=r"no ffmpeg.*pip install imageio-ffmpeg"):
        plot.show_animation(climb(), alt=ALT)


def test_a_path_that_is_no_ffmpeg_is_named(monkeypatch):
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", "/nowhere/ffmpeg")
    with pytest.raises(DownhillError, match="No such file or directory"):
        plot.show_animation(climb(), alt=ALT)


@pytest.mark.parametrize("said", ["av_interleaved: No space left on device", ""])
def test_an_ffmpeg_that_fails_is_quoted(monkeypatch, tmp_path, said):
    """A disk that is full, as ffmpeg says it; and one that dies without a word."""
    program = tmp_path / "ffmpeg"
    program.write_text(f"#!/bin/sh\necho '{said}' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(program))
    clear = r"No space left on device.*free some space" if said else "without a word.*whether"
    with pytest.raises(DownhillError, match=clear):
        plot.show_animation(climb(), alt=ALT)


def test_what_the_drawing_itself_raises_stays_as_it_is():
    fig, _ = plt.subplots()
    animation = FuncAnimation(fig, lambda i: 1 / (2 - i), frames=4)
    with pytest.raises(ZeroDivisionError):
        plot.show_animation(animation, alt=ALT)
    assert plt.get_fignums() == []


def test_an_animation_of_a_line_fit_fits_with_room_to_spare():
    """Lesson 02's kind: points, a line that turns, a curve that grows."""
    fig, (left, right) = plt.subplots(1, 2, figsize=(7, 3.2))
    left.scatter(*np.random.default_rng(0).random((2, 100)))
    (line,), (curve,) = left.plot([0, 1], [0, 0]), right.plot([], [])
    right.set(xlim=(0, 60), ylim=(0, 1))

    def draw(i):
        line.set_ydata([0, i / 60])
        curve.set_data(range(i), np.exp(-np.arange(i) / 20))
        left.set_title(f"step {i}")

    film = video.of_animation(FuncAnimation(fig, draw, frames=60), 10, lambda _: None)
    assert len(film) < video.LIMIT * 0.75
