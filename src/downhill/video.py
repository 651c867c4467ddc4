"""An animation as a small video, made by the ffmpeg that a Python package brings along."""

import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from downhill.errors import DownhillError

if TYPE_CHECKING:
    from matplotlib.animation import Animation
    from matplotlib.figure import Figure

LIMIT = 60 * 1024  # bytes: what a page may weigh for a video
DPI = 100
# Few bytes for flat colours; one thread and bitexact, so that equal frames give equal bytes;
# BT.709 said and meant, else browsers guess and the colours change when the video starts.
ENCODING = [
    *("-preset", "veryslow", "-tune", "animation", "-crf", "28", "-threads", "1"),
    *("-vf", "scale=out_color_matrix=bt709:out_range=tv", "-pix_fmt", "yuv420p"),
    *("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"),
    *("-movflags", "+faststart", "-map_metadata", "-1"),
    *("-fflags", "+bitexact", "-flags:v", "+bitexact"),
]


def of_animation(
    animation: "Animation", fps: float, after_frame: "Callable[[Figure], None]"
) -> bytes:
    """The animation as mp4 (H.264 without sound, even width and height).

    after_frame: called with the figure each time that a frame has been drawn. Raises
    DownhillError where the video weighs more than LIMIT or cannot be made.
    """
    import matplotlib as mpl
    from matplotlib.animation import FFMpegWriter

    class Writer(FFMpegWriter):
        def setup(self, fig: "Figure", outfile: str, dpi: float | None = None) -> None:
            super().setup(fig, outfile, dpi)
            fig.set_dpi(self.dpi)
            fig.canvas.draw_idle = lambda: None  # else each frame is drawn twice

        def grab_frame(self, **options: object) -> None:
            # Not savefig, as matplotlib's own writer: it goes through the ticks once more.
            self.fig.canvas.draw()
            self._proc.stdin.write(self.fig.canvas.buffer_rgba())
            # Axes that stay where they are: easier to follow, and ten times as fast to draw.
            self.fig.set_layout_engine("none")
            after_frame(self.fig)

    # Named "h264", the codec makes matplotlib take care of even sizes.
    writer = Writer(fps=fps, codec="h264", extra_args=ENCODING)
    try:
        with (
            tempfile.TemporaryDirectory(prefix="downhill-") as folder,
            mpl.rc_context({"animation.ffmpeg_path": _ffmpeg(), "savefig.bbox": None}),
        ):
            path = Path(folder) / "animation.mp4"
            animation.save(str(path), writer=writer, dpi=DPI)
            made = path.read_bytes()
    except subprocess.CalledProcessError as error:
        raise _failed((error.stderr or "").strip()) from None
    except OSError as error:  # ffmpeg cannot be started, or there is no room for its file
        raise _failed(error.strerror or str(error)) from None
    if len(made) > LIMIT:
        raise DownhillError(
            f"The video weighs {len(made) / 1024:.1f} KB, {LIMIT // 1024} KB at most: "
            f"{(len(made) - LIMIT) / 1024:.1f} KB too much",
            "show_animation()",
            "show fewer frames, make the figure smaller, or let less of it move",
        )
    return made


def _ffmpeg() -> str:
    """Path of the program."""
    try:
        import imageio_ffmpeg

        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError):  # RuntimeError: no program that runs on this machine
        raise DownhillError(
            "There is no ffmpeg to make a video with",
            "show_animation()",
            "pip install imageio-ffmpeg, or set IMAGEIO_FFMPEG_EXE to the path of your own ffmpeg",
        ) from None


def _failed(said: str) -> DownhillError:
    last = said.splitlines()[-1] if said else "it ended without a word"
    return DownhillError(
        f"ffmpeg did not make the video: {last}",
        "show_animation()",
        f"free some space in {tempfile.gettempdir()}"
        if "No space left" in said
        else "see whether ffmpeg runs at all, and whether every frame is drawn",
    )
