"""The table of profiles."""

import json
import subprocess
import sys
from dataclasses import asdict

import pytest

from downhill import profiles
from downhill.errors import DownhillError


def test_without_a_variable_the_profile_is_offline(monkeypatch):
    monkeypatch.delenv("DOWNHILL_PROFILE", raising=False)
    assert profiles.current().name == "offline"
    monkeypatch.setenv("DOWNHILL_PROFILE", "")
    assert profiles.current().name == "offline"


@pytest.mark.parametrize("name", ["offline", "cpu", "gpu"])
def test_the_variable_chooses_the_profile(monkeypatch, name):
    monkeypatch.setenv("DOWNHILL_PROFILE", name)
    assert profiles.current() == profiles.PROFILES[name]


def test_an_unknown_profile_is_an_error_that_lists_the_three(monkeypatch):
    monkeypatch.setenv("DOWNHILL_PROFILE", "tpu")
    with pytest.raises(DownhillError, match=r"'tpu'.*DOWNHILL_PROFILE.*offline, cpu, gpu"):
        profiles.current()


def test_only_the_offline_profile_is_not_real():
    assert {p.name for p in profiles.PROFILES.values() if not p.real} == {"offline"}


def test_the_command_prints_the_table_as_json():
    done = subprocess.run(
        [sys.executable, "-m", "downhill.profiles"], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == {n: asdict(p) for n, p in profiles.PROFILES.items()}


def test_importing_the_library_loads_nothing_heavy():
    modules = "profiles, fetch, claims, plot, repro, demo, doctor, data"
    heavy = "{'torch', 'fastai', 'sklearn', 'matplotlib', 'IPython', 'pandas'}"
    code = f"import sys; from downhill import {modules}; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
