"""The doctor's findings. (Not test_doctor: the site builder has a module of that name too.)"""

import json
import subprocess
import sys

import pytest

from downhill import doctor, fetch


def by_name():
    return {finding.name: finding for finding in doctor.findings()}


def test_the_command_prints_a_list_of_findings(offline):
    done = subprocess.run(
        [sys.executable, "-m", "downhill.doctor"], capture_output=True, text=True, check=True
    )
    rows = json.loads(done.stdout)
    assert all(set(row) == {"name", "ok", "detail", "do"} for row in rows)
    assert all(row["do"] for row in rows if not row["ok"])
    assert {"Python", "torch", "fastai", "CUDA device"} < {row["name"] for row in rows}


def test_drawn_data_that_are_there_are_fine(offline):
    found = by_name()["data mnist_sample, profile offline"]
    assert found.ok
    assert found.detail == str(offline / "offline/mnist_sample")


def test_missing_and_damaged_real_data_come_with_what_to_do(offline, fastai_home):
    found = by_name()["data mnist_sample, profile cpu"]
    assert not found.ok
    assert found.do == "course data --profile cpu"
    folder = fastai_home / "data/mnist_sample"
    folder.mkdir(parents=True)
    assert by_name()["data mnist_sample, profile gpu"].do == (
        f"remove {folder}, then course data --profile gpu"
    )


def test_a_data_folder_that_cannot_be_read_is_a_finding(offline, tmp_path, monkeypatch):
    (tmp_path / "config.ini").mkdir()
    monkeypatch.setenv("FASTAI_HOME", str(tmp_path))
    monkeypatch.setattr(fetch, "problem", lambda *_, **__: (_ for _ in ()).throw(OSError("gone")))
    assert by_name()["data mnist_sample, profile cpu"].detail.startswith("gone")


def test_a_missing_package_and_another_version_are_findings(monkeypatch):
    assert not doctor._package("no-such-package-of-downhill").ok
    monkeypatch.setattr(doctor, "_pinned", lambda _: "0.0.1")
    found = doctor._package("fastai")
    assert not found.ok
    assert "the lessons describe 0.0.1" in found.detail


@pytest.mark.parametrize(
    ("lines", "pinned"),
    [
        (["torch", "fastai==2.8.12"], "2.8.12"),
        (["fastai==2.8.12; extra == 'x'"], "2.8.12"),
        ([], ""),
    ],
)
def test_the_version_wanted_is_the_pinned_one(monkeypatch, lines, pinned):
    monkeypatch.setattr(doctor, "requires", lambda _: lines)
    assert doctor._pinned("fastai") == pinned


def test_a_checkout_that_is_not_installed_pins_nothing(monkeypatch):
    def absent(_):
        raise doctor.PackageNotFoundError

    monkeypatch.setattr(doctor, "requires", absent)
    assert doctor._pinned("fastai") == ""


def test_the_gpu_finding_agrees_with_torch():
    import torch

    assert doctor._cuda().ok == torch.cuda.is_available()


def test_a_driver_without_a_device_is_not_a_gpu(monkeypatch):
    import torch

    monkeypatch.setattr(doctor.ctypes, "CDLL", lambda _: None)
    assert doctor._cuda().ok == torch.cuda.is_available()
    monkeypatch.setitem(sys.modules, "torch", None)
    assert "does not load" in doctor._cuda().detail
