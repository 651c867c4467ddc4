"""What this machine has for the lessons: `python -m downhill.doctor` prints JSON."""

import ctypes
import json
import platform
import sys
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, requires, version

from downhill import fetch, profiles
from downhill.errors import DownhillError


@dataclass(frozen=True)
class Finding:
    """One line of the doctor. do: what to do about it; "" where all is well."""

    name: str
    ok: bool
    detail: str
    do: str = ""


def findings() -> list[Finding]:
    """Python, torch, fastai, CUDA and the data of each profile."""
    return [
        _python(),
        _package("torch"),
        _package("torchvision"),
        _package("fastai"),
        _cuda(),
        *(_data(profile, name) for profile in profiles.PROFILES.values() for name in fetch.SOURCES),
    ]


def _python() -> Finding:
    ok = sys.version_info >= (3, 12)
    return Finding("Python", ok, platform.python_version(), "" if ok else "install Python 3.12")


def _package(name: str) -> Finding:
    """Installed, and where the course asks for one version, that version."""
    try:
        found = version(name)
    except PackageNotFoundError:
        return Finding(name, False, "not installed", "make .venv")
    wanted = _pinned(name)
    if wanted and found != wanted:
        return Finding(name, False, f"{found}, the lessons describe {wanted}", "make .venv")
    return Finding(name, True, found)


def _pinned(name: str) -> str:
    """The exact version the course asks for, or ""; also "" in a checkout not installed."""
    try:
        lines = requires("downhill") or []
    except PackageNotFoundError:
        return ""
    for line in lines:
        if line.startswith(f"{name}=="):
            return line.removeprefix(f"{name}==").split(";")[0].strip()
    return ""


def _cuda() -> Finding:
    """A GPU that torch can use. Without a driver, torch (seconds to load) is not asked."""
    advice = "only the profile gpu needs one: use cpu or offline, or install the NVIDIA driver"
    library = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"
    try:
        ctypes.CDLL(library)
    except OSError:
        return Finding("CUDA device", False, "no NVIDIA driver", advice)
    try:
        import torch
    except ImportError as error:
        return Finding("CUDA device", False, f"torch does not load: {error}", "make .venv")
    if not torch.cuda.is_available():
        return Finding("CUDA device", False, "a driver, but no device for torch", advice)
    return Finding("CUDA device", True, torch.cuda.get_device_name(0))


def _data(profile: profiles.Profile, dataset: str) -> Finding:
    name = f"data {dataset}, profile {profile.name}"
    folder = fetch.folder_of(dataset, real=profile.real)
    try:
        wrong = fetch.problem(dataset, real=profile.real)
    except (OSError, DownhillError) as error:
        wrong = str(error)
    if not wrong:
        return Finding(name, True, str(folder))
    do = f"course data --profile {profile.name}"
    if profile.real and folder.exists():
        do = f"remove {folder}, then {do}"
    return Finding(name, False, f"{wrong}: {folder}", do)


if __name__ == "__main__":
    print(json.dumps([asdict(finding) for finding in findings()], indent=1, ensure_ascii=False))
