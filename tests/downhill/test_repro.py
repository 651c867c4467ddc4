"""Seeds, the device, intervals."""

import random

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from downhill.errors import DownhillError
from downhill.profiles import PROFILES
from downhill.repro import default_device, rate, set_seed, wilson_interval

COUNTS = st.integers(1, 100_000).flatmap(
    lambda n: st.tuples(st.integers(0, n), st.just(n), st.floats(0.5, 0.999))
)


@given(COUNTS)
def test_the_interval_equals_scipys(counts):
    k, n, confidence = counts
    reference = binomtest(k, n).proportion_ci(confidence, method="wilson")
    assert wilson_interval(k, n, confidence) == pytest.approx(
        (reference.low, reference.high), abs=1e-9
    )


@given(COUNTS)
def test_the_interval_holds_the_rate_and_stays_between_0_and_1(counts):
    k, n, confidence = counts
    low, high = wilson_interval(k, n, confidence)
    assert 0 <= low <= k / n <= high <= 1
    assert low < high


@given(COUNTS)
def test_failures_mirror_successes(counts):
    k, n, confidence = counts
    low, high = wilson_interval(k, n, confidence)
    assert wilson_interval(n - k, n, confidence) == pytest.approx((1 - high, 1 - low), abs=1e-9)


@pytest.mark.parametrize(("k", "n"), [(-1, 10), (11, 10), (0, 0)])
def test_impossible_counts_are_refused(k, n):
    with pytest.raises(ValueError, match=f"k={k}, n={n}"):
        wilson_interval(k, n)


@pytest.mark.parametrize("confidence", [0.0, 1.0, 95])
def test_a_confidence_in_percent_is_refused(confidence):
    with pytest.raises(ValueError, match="between 0 and 1"):
        wilson_interval(1, 2, confidence)


def test_a_rate_comes_with_its_n_and_interval():
    assert rate(1939, 2038) == "95.1 % (1,939 of 2,038; 95 % interval 94.1–96.0 %)"
    assert rate(torch.tensor(3), torch.tensor(4)).startswith("75.0 % (3 of 4; ")


def test_one_seed_gives_the_same_numbers_everywhere():
    def draw():
        set_seed(7)
        return random.random(), np.random.rand(), torch.rand(2).tolist()

    assert draw() == draw()


def test_the_cpu_profiles_use_the_cpu(monkeypatch):
    for name in ("offline", "cpu"):
        monkeypatch.setenv("DOWNHILL_PROFILE", name)
        assert default_device() == torch.device("cpu")


def test_a_lesson_without_a_gpu_has_the_cpu_in_every_profile(monkeypatch):
    monkeypatch.setenv("DOWNHILL_NO_GPU", "1")
    for name in PROFILES:
        monkeypatch.setenv("DOWNHILL_PROFILE", name)
        assert default_device() == torch.device("cpu")


@pytest.mark.skipif(torch.cuda.is_available(), reason="shows what happens without a CUDA device")
def test_without_a_gpu_the_gpu_profile_is_an_error(monkeypatch):
    monkeypatch.setenv("DOWNHILL_PROFILE", "gpu")
    with pytest.raises(DownhillError, match=r"No CUDA device.*DOWNHILL_PROFILE=cpu"):
        default_device()
