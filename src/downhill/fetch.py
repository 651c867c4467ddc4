"""Get the data of a profile: `python -m downhill.fetch --profile P [DATASET …]`.

Loads neither torch nor fastai: when everything is there it takes a fraction of a second. Real
data go where fastai looks, so that `untar_data` finds them.
"""

import argparse
import ast
import configparser
import errno
import hashlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from downhill import manifest, profiles
from downhill.errors import DownhillError
from downhill.profiles import Profile
from downhill.sources import SOURCES, Source

Report = Callable[[int, int], None]  # (done, in all)


def home() -> Path:
    """The folder of what this package draws: DOWNHILL_HOME, or the user's cache."""
    if given := os.environ.get("DOWNHILL_HOME"):
        return Path(given).expanduser().absolute()
    from platformdirs import user_cache_path

    return user_cache_path("downhill", appauthor=False)


def fastai_folder(key: str) -> Path:
    """Where fastai keeps "data" or "archive": FASTAI_HOME and its config.ini decide."""
    base = Path(os.environ.get("FASTAI_HOME", "~/.fastai")).expanduser().absolute()
    config = configparser.ConfigParser()
    config.read_dict({"DEFAULT": {"data": "data", "archive": "archive"}})
    config.read(base / "config.ini", encoding="utf8")
    return base / config["DEFAULT"][key]


def folder_of(dataset: str, *, real: bool) -> Path:
    """Where the real or the drawn data set is, whether it is there or not."""
    source = _source(dataset)
    return fastai_folder("data") / source.folder if real else home() / "offline" / source.folder


def problem(dataset: str, *, real: bool) -> str:
    """Why the data set cannot be used as it lies there; "" where it can."""
    folder = folder_of(dataset, real=real)
    with _one_line(folder):
        if not folder.is_dir():
            return "not there"
        if real:
            return _source(dataset).problem(folder)
        whole = manifest.check(folder, _manifest(folder), _drawing(dataset))
        return "" if whole else "damaged, or drawn by another version"


def get(dataset: str, *, real: bool, report: Report | None = None) -> Path:
    """The folder of the data set, got or drawn where it is missing. Raises DownhillError."""
    folder = folder_of(dataset, real=real)
    if not problem(dataset, real=real):
        return folder
    with _one_line(folder):
        if real:
            _download(_source(dataset), folder, report)
        else:
            _draw(dataset, folder, report)
    return folder


def _source(dataset: str) -> Source:
    try:
        return SOURCES[dataset]
    except KeyError:
        raise DownhillError(
            f"No data set is called {dataset!r}", do=f"use one of: {', '.join(SOURCES)}"
        ) from None


def _drawing(dataset: str) -> str:
    """What the drawing depends on: its code. Drawn again when that changes."""
    code = [Path(__file__).with_name(name).read_bytes() for name in _source(dataset).drawing]
    return hashlib.sha256(b"".join(code)).hexdigest()


def _artist(dataset: str) -> Callable[[Path, Report | None], None]:
    """What draws the data set into a folder."""
    if dataset == "pets":
        from downhill.drawn_pets import draw_pets

        return draw_pets
    from downhill import digits

    return digits.draw_sample if dataset == "mnist_sample" else digits.draw_ten


def _manifest(folder: Path) -> Path:
    return home() / "manifests" / f"{folder.name}.json"


def _draw(dataset: str, folder: Path, report: Report | None) -> None:
    """Draw in a folder of its own, note what was drawn, then rename: half a set is never seen."""
    from downhill.download import locked

    room = home() / "partial" / folder.name
    with locked(home() / "partial" / f"{folder.name}.lock"):
        if not problem(dataset, real=False):
            return  # another process drew it while this one waited
        shutil.rmtree(room, ignore_errors=True)
        room.mkdir(parents=True)
        try:
            _artist(dataset)(room, report)
            manifest.write(_manifest(folder), manifest.survey(room, _drawing(dataset)))
            folder.parent.mkdir(parents=True, exist_ok=True)
            if folder.exists():
                shutil.rmtree(folder)
            room.rename(folder)
        finally:
            shutil.rmtree(room, ignore_errors=True)


def _download(source: Source, folder: Path, report: Report | None) -> None:
    from downhill.download import download, fingerprint, locked, unpack

    archive = fastai_folder("archive") / source.url.rpartition("/")[2]
    check = known_archives().get(source.url)
    with locked(archive.with_name(archive.name + ".lock")):  # fastdownload's own lock
        if folder.exists():
            if wrong := source.problem(folder):
                raise DownhillError(
                    f"{source.name} is not whole ({wrong})",
                    str(folder),
                    "remove that folder and run it again",
                )
            return
        if archive.exists() and check and fingerprint(archive) != check:
            archive.unlink()
        if not archive.exists():
            download(source.url, archive, check, report)
        unpack(archive, folder, source.problem)


def known_archives() -> dict[str, tuple[int, str]]:
    """fastai's own table of archives: URL → (size, MD5 of the first MiB)."""
    package = find_spec("fastai")
    if package is None or not package.submodule_search_locations:
        return {}
    table = Path(package.submodule_search_locations[0]) / "data" / "download_checks.py"
    return ast.literal_eval(table.read_text()) if table.is_file() else {}


@contextmanager
def _one_line(folder: Path) -> Iterator[None]:
    """What the system refuses, said in one line."""
    try:
        yield
    except OSError as error:
        place = error.filename or str(folder)
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise DownhillError(
                "The disk is full", place, "free some space (100 MB are enough) and run it again"
            ) from error
        raise DownhillError(
            f"The data folder cannot be used ({error.strerror or error})",
            place,
            "make it readable and writable, or set DOWNHILL_HOME (drawn data) or FASTAI_HOME "
            "(real data) to one that is",
        ) from error


def main(arguments: list[str] | None = None) -> int:
    """The command. 0: everything needed is there; 1: one line on stderr says why not."""
    parser = argparse.ArgumentParser(prog="python -m downhill.fetch", description=__doc__)
    parser.add_argument("--profile", help=f"one of {', '.join(profiles.PROFILES)}")
    parser.add_argument("dataset", nargs="*", help=f"of {', '.join(SOURCES)}; default: all")
    options = parser.parse_args(arguments)
    try:
        profile = profiles.named(options.profile) if options.profile else profiles.current()
        for dataset in options.dataset or SOURCES:
            _get_or_warn(profile, dataset)
    except DownhillError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted — nothing half-written stays; run it again to go on", file=sys.stderr)
        return 130
    return 0


def _get_or_warn(profile: Profile, dataset: str) -> None:
    """Get one data set; where it is optional and cannot be had, say so and draw its stand-in."""
    source = _source(dataset)
    try:
        if problem(dataset, real=profile.real):
            with _bar(dataset) as report:
                get(dataset, real=profile.real, report=report)
            print(f"{dataset}: ready in {folder_of(dataset, real=profile.real)}")
    except DownhillError as error:
        if not profile.real or source.required:
            raise
        print(f"Warning: {error}; UCI digits stand in for {dataset}", file=sys.stderr)
        if problem(dataset, real=False):
            get(dataset, real=False)


@contextmanager
def _bar(title: str) -> Iterator[Report | None]:
    """A progress bar on a terminal; silence in logs."""
    if os.environ.get("CI") or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(title, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total or None)


if __name__ == "__main__":
    sys.exit(main())
