"""Our optimiser against torch.optim.SGD."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from downhill.optim import SGD


def walk(make, gradients, start):
    """Places [steps + 1, d] of a parameter [d] that an optimiser moves, given its gradients."""
    p = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimiser, places = make([p]), [p.detach().clone()]
    for gradient in gradients:
        p.grad = torch.tensor(gradient, dtype=torch.float64)
        optimiser.step()
        optimiser.zero_grad()
        places.append(p.detach().clone())
    return torch.stack(places)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.floats(-10, 10), st.floats(-10, 10)), min_size=1, max_size=60),
    st.floats(1e-4, 1.0),
    st.floats(0.0, 0.99),
)
def test_every_step_is_that_of_torchs_sgd_with_momentum(gradients, lr, momentum):
    start = [1.0, -2.0]
    ours = walk(lambda p: SGD(p, lr, momentum), gradients, start)
    theirs = walk(lambda p: torch.optim.SGD(p, lr=lr, momentum=momentum), gradients, start)
    assert torch.allclose(ours, theirs, rtol=1e-9, atol=1e-9)


def test_a_network_trained_with_it_is_the_one_trained_with_torchs():
    torch.manual_seed(0)
    x, y = torch.randn(64, 5), torch.randn(64, 1)
    trained = []
    for make in (SGD, torch.optim.SGD):
        torch.manual_seed(1)
        model = torch.nn.Sequential(torch.nn.Linear(5, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1))
        optimiser = make(model.parameters(), lr=0.05, momentum=0.9)
        for _ in range(100):
            optimiser.zero_grad()
            torch.nn.functional.mse_loss(model(x), y).backward()
            optimiser.step()
        trained.append(torch.nn.utils.parameters_to_vector(model.parameters()))
    assert torch.allclose(*trained, atol=1e-5)


def test_without_momentum_it_is_plain_gradient_descent():
    places = walk(lambda p: SGD(p, lr=0.5), [(1.0, -2.0)] * 2, [0.0, 0.0])
    assert places.tolist() == [[0, 0], [-0.5, 1], [-1, 2]]


def test_on_an_even_slope_the_step_grows_to_one_over_one_minus_momentum():
    places = walk(lambda p: SGD(p, 1.0, 0.9), [(1.0,)] * 200, [0.0])
    assert (places[-2] - places[-1]).item() == pytest.approx(10.0, rel=1e-6)


def test_the_rate_may_be_changed_between_steps():
    p = torch.zeros(1, requires_grad=True)
    optimiser = SGD([p], lr=1.0)
    for lr in (1.0, 0.5):
        optimiser.lr = lr
        p.grad = torch.ones(1)
        optimiser.step()
    assert p.item() == -1.5


def test_a_parameter_without_gradient_stays_where_it_is():
    moving, resting = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    optimiser = SGD([moving, resting], lr=0.1, momentum=0.9)
    moving.sum().backward()
    optimiser.step()
    assert resting.tolist() == [1.0, 1.0]
    assert moving.tolist() == pytest.approx([0.9, 0.9])


def test_a_generator_of_parameters_serves_for_more_than_one_step():
    model = torch.nn.Linear(2, 1)
    optimiser = SGD(model.parameters(), lr=0.1)
    places = []
    for _ in range(2):
        model(torch.ones(1, 2)).sum().backward()
        optimiser.step()
        optimiser.zero_grad()
        places.append(model.bias.item())
    assert places[1] == pytest.approx(places[0] - 0.1)


def test_zeroing_clears_what_backward_would_add_to():
    p = torch.ones(3, requires_grad=True)
    optimiser = SGD([p], lr=0.1)
    p.sum().backward()
    optimiser.zero_grad()
    assert p.grad is None
