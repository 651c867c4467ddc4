"""Our schedule against torch's CosineAnnealingLR."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from downhill.schedule import cosine


@settings(deadline=None)
@given(st.floats(1e-4, 10.0), st.floats(0.0, 1.0), st.integers(1, 80))
def test_it_is_torchs_cosine_annealing(start, end, steps):
    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=start)
    theirs = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, T_max=steps, eta_min=end)
    for step in range(steps):
        expected = optimiser.param_groups[0]["lr"]
        assert cosine(start, end, step / steps) == pytest.approx(expected, rel=1e-6, abs=1e-9)
        optimiser.step()
        theirs.step()


def test_it_goes_from_start_to_end_through_the_middle():
    ends = [cosine(0.2, 0.1, fraction) for fraction in (0, 0.5, 1)]
    assert ends == pytest.approx([0.2, 0.15, 0.1])


@given(st.floats(0, 1), st.floats(0, 1))
def test_it_never_rises_on_the_way_down(one, other):
    earlier, later = sorted((one, other))
    assert cosine(1.0, 0.0, later) <= cosine(1.0, 0.0, earlier) + 1e-12
