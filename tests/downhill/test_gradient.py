"""The gradient by trying must agree with torch's, and say so where it cannot be computed."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from downhill.gradient import finite_difference_gradient

numbers = st.floats(-2, 2, allow_nan=False, width=32)
shapes = st.lists(st.integers(1, 3), max_size=3).map(tuple)  # () is a single number


def asked(f, p):
    """The gradient by torch."""
    p = p.clone().requires_grad_()
    f(p).backward()
    return p.grad


@settings(max_examples=50, deadline=None)
@given(coefficients=st.lists(numbers, min_size=1, max_size=5), at=numbers)
def test_the_slope_of_a_polynomial_is_its_derivative(coefficients, at):
    found = finite_difference_gradient(
        lambda x: sum(c * x**power for power, c in enumerate(coefficients)),
        torch.tensor(at, dtype=torch.float64),
    )
    exact = sum(power * c * at ** (power - 1) for power, c in enumerate(coefficients) if power)
    assert found.shape == ()
    assert abs(found.item() - exact) < 1e-6


@settings(max_examples=50, deadline=None)
@given(shape=shapes, seed=st.integers(0, 1000))
def test_every_number_of_a_tensor_has_the_slope_that_torch_finds(shape, seed):
    generator = torch.Generator().manual_seed(seed)
    p = torch.randn(shape, dtype=torch.float64, generator=generator)
    weights = torch.randn(shape, dtype=torch.float64, generator=generator)

    def f(p):
        return (torch.sin(p) * weights).sum() + torch.exp(-(p**2)).mean() + p.sum() ** 2

    found = finite_difference_gradient(f, p)
    assert found.dtype == torch.float64
    torch.testing.assert_close(found, asked(f, p), atol=1e-6, rtol=1e-6)


@settings(max_examples=30, deadline=None)
@given(curvature=st.floats(0.1, 4), at=numbers, eps=st.floats(1e-3, 1))
def test_a_parabola_is_exact_at_every_length_of_the_move(curvature, at, eps):
    p = torch.tensor([at], dtype=torch.float64)
    found = finite_difference_gradient(lambda w: (curvature / 2 * w**2).sum(), p, eps)
    assert abs(found.item() - curvature * at) < 1e-9


def test_a_layer_by_trying_matches_backward():
    torch.manual_seed(0)
    layer = torch.nn.Linear(3, 2).double()
    x, y = torch.randn(5, 3, dtype=torch.float64), torch.randn(5, 2, dtype=torch.float64)

    def loss(weight):
        return torch.nn.functional.mse_loss(x @ weight.T + layer.bias, y)

    torch.nn.functional.mse_loss(layer(x), y).backward()
    found = finite_difference_gradient(loss, layer.weight)
    torch.testing.assert_close(found, layer.weight.grad, atol=1e-8, rtol=1e-6)
    assert not found.requires_grad  # though the bias in loss() does


def test_a_transposed_tensor_keeps_its_shape_and_order():
    p = torch.arange(6, dtype=torch.float64).view(2, 3).T
    found = finite_difference_gradient(lambda p: (p**2).sum(), p)
    torch.testing.assert_close(found, 2 * p)


def test_p_is_left_as_it_was():
    p = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
    finite_difference_gradient(lambda p: p.sum(), p)
    assert p.tolist() == [1.0, 2.0]
    assert p.grad is None


def test_whole_numbers_are_refused_by_name():
    with pytest.raises(TypeError, match=r"p is torch\.int64.*p\.double\(\)"):
        finite_difference_gradient(lambda p: p.sum(), torch.tensor([1, 2]))
