"""Get an archive and unpack it: resumed, verified, never half there."""

import hashlib
import shutil
import tarfile
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from downhill.errors import DownhillError

TRIES = 3  # a connection that breaks is taken up again this often
TIMEOUT = 20  # seconds without a byte
CHUNK = 1 << 13  # bytes; what has come of a chunk when the connection breaks is lost

Progress = Callable[[int, int], None]  # (done, in all; 0 where that is not known)
Check = tuple[int, str]  # size in bytes, MD5 of the first MiB: what fastai keeps of an archive


def fingerprint(file: Path) -> Check:
    """Size and MD5 of the first MiB, as fastdownload computes them."""
    with file.open("rb") as archive:
        return file.stat().st_size, hashlib.md5(archive.read(1 << 20)).hexdigest()


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold the lock file: a second process waits. Where the system has no flock, nothing waits."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w") as lock:
        with suppress(ImportError):
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def download(url: str, file: Path, check: Check | None, progress: Progress | None = None) -> None:
    """Download url to file, going on from file.part where an earlier run left one.

    check: what the whole file must be; None where nobody knows. Raises DownhillError, one line;
    the part stays for the next run, unless it is wrong.
    """
    part = file.with_name(file.name + ".part")
    file.parent.mkdir(parents=True, exist_ok=True)
    expected = check[0] if check else 0
    for attempt in range(TRIES):
        try:
            reason = _receive(url, part, expected, progress)
        except OSError:  # a full disk: give back what it took
            part.unlink(missing_ok=True)
            raise
        if not reason:
            break
        if attempt + 1 < TRIES:
            time.sleep(0.5 * attempt)
    else:
        have = part.stat().st_size if part.exists() else 0
        raise DownhillError(
            f"Could not download {file.name} ({reason}; {have:,} bytes so far)",
            url,
            "connect this machine to the network and run it again: it goes on from there; "
            "the profile offline needs no download",
        )
    if check and fingerprint(part) != check:
        size = part.stat().st_size
        part.unlink()
        raise DownhillError(
            f"{file.name} is not as fastai knows it ({size:,} bytes, {expected:,} expected)",
            url,
            "run it again; if it happens again, a proxy on the way changes what it passes on",
        )
    part.replace(file)


def _receive(url: str, part: Path, expected: int, progress: Progress | None) -> str:
    """Add what is missing to the part; the reason why it is not whole, or ""."""
    import requests

    have = part.stat().st_size if part.exists() else 0
    if expected and have == expected:
        return ""
    if have > expected > 0:
        part.unlink()
        have = 0
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    try:
        with requests.get(url, headers=headers, stream=True, timeout=TIMEOUT) as reply:
            if reply.status_code == 416:  # nothing after our last byte: it was another file
                part.unlink()
                return "the file on the server has changed"
            if not reply.ok:
                return f"the server answers {reply.status_code} {reply.reason}"
            if reply.status_code != 206 or not _continues(reply.headers, have):
                have = 0  # the server sends it whole
            total = have + int(reply.headers.get("Content-Length") or 0)
            with part.open("ab" if have else "wb") as out:
                for chunk in reply.iter_content(CHUNK):
                    out.write(chunk)
                    have += len(chunk)
                    if progress is not None:
                        progress(have, expected or total)
    except requests.RequestException as error:
        return _reason(error)
    if have < (expected or total):
        return "the connection ended early"
    return ""


def _continues(headers: Mapping[str, str], have: int) -> bool:
    """Whether a 206 reply starts at the byte that was asked for."""
    return headers.get("Content-Range", "").startswith(f"bytes {have}-")


def _reason(error: Exception) -> str:
    """Two or three words for an exception of requests, whose own texts fill a screen."""
    import requests

    for kind, words in (
        (requests.exceptions.SSLError, "the secure connection failed"),
        (requests.exceptions.ProxyError, "the proxy refuses"),
        (requests.exceptions.Timeout, "no answer in time"),
        (requests.exceptions.ChunkedEncodingError, "the connection ended early"),
        (requests.exceptions.ConnectionError, "no connection"),
    ):
        if isinstance(error, kind):
            return words
    return type(error).__name__


def unpack(archive: Path, target: Path, problem: Callable[[Path], str]) -> None:
    """Unpack a .tgz whose one top folder is target's name, and put it at target in one step.

    problem: says what is wrong with the unpacked folder, or "". A killed run leaves only a hidden
    folder that the next one removes; a damaged archive is removed.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    room = target.with_name(f".{target.name}.unpacking")
    shutil.rmtree(room, ignore_errors=True)
    room.mkdir()
    try:
        try:
            with tarfile.open(archive) as tar:
                tar.extractall(room, filter="data")
            wrong = problem(room / target.name)
        except (tarfile.TarError, EOFError, zlib.error, ValueError) as error:
            wrong = f"it breaks off or is damaged: {error}"
        if wrong:
            archive.unlink()
            raise DownhillError(
                f"{archive.name} is not whole ({wrong})",
                str(archive),
                "it has been removed: run it again to download it anew",
            )
        (room / target.name).rename(target)
    finally:
        shutil.rmtree(room, ignore_errors=True)
