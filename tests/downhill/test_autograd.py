"""Lesson 05's scalar autograd against torch in float64, and against finite differences."""

import random

import pytest
import torch
import torch.nn.functional as F  # noqa: N812 - the name everybody gives it
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import nn

from downhill.autograd import Net, Value, as_value, fit_net, gradient_check, two_moons

# --- random expressions, in domains where nothing overflows or divides by zero ----------------

numbers = st.floats(-2, 2).map(lambda x: round(x, 3))
INPUTS = 3


def leaf():
    """A function of the inputs: one of them, or a constant."""
    constants = numbers.map(lambda number: lambda inputs: 0 * inputs[0] + number)
    return st.sampled_from([lambda inputs, i=i: inputs[i] for i in range(INPUTS)]) | constants


def extend(parts):
    """A step on top of smaller expressions. Each works on Values and on tensors alike."""
    two = st.tuples(parts, parts)
    squash = parts.map(lambda f: lambda x: squashed(f(x)))
    return st.one_of(
        two.map(lambda fg: lambda x: fg[0](x) + fg[1](x)),
        two.map(lambda fg: lambda x: fg[0](x) - fg[1](x)),
        two.map(lambda fg: lambda x: fg[0](x) * fg[1](x)),
        parts.map(lambda f: lambda x: -f(x)),
        # the shift keeps equal parts that cancel away from the kink, where rounding decides
        parts.map(lambda f: lambda x: (f(x) + 0.0123456).relu()),
        parts.map(lambda f: lambda x: (lambda y: y + y * y)(f(x))),  # a node used three times
        st.tuples(squash, st.integers(0, 3)).map(lambda fn: lambda x: fn[0](x) ** fn[1]),
        squash.map(lambda f: lambda x: (f(x) * 0.5).exp()),
        squash.map(lambda f: lambda x: (f(x) ** 2 + 0.5).log()),
        squash.map(lambda f: lambda x: (f(x) ** 2 + 1) ** -1),
        squash.map(lambda f: lambda x: (f(x) ** 2 + 1) ** 0.5),
    )


def squashed(y):
    """Into -3..3, so that powers and exponentials stay small."""
    number = abs(float(y.data))
    return y if number <= 3 else y * (3 / number)


def rooted(f):
    """An expression that depends on all inputs."""
    return lambda x: f(x) + (x[0] * x[1] - x[2]) * x[0]


expressions = st.recursive(leaf(), extend, max_leaves=12).map(rooted)
inputs = st.lists(numbers, min_size=INPUTS, max_size=INPUTS)


def slopes(f, numbers):
    leaves = [Value(number) for number in numbers]
    out = f(leaves)
    out.backward()
    return out.data, [leaf.grad for leaf in leaves]


def torch_slopes(f, numbers):
    leaves = [torch.tensor(number, dtype=torch.float64, requires_grad=True) for number in numbers]
    out = f(leaves)
    out.backward()
    return out.item(), [leaf.grad.item() for leaf in leaves]


def near(ours, theirs, tolerance=1e-6):
    return abs(ours - theirs) <= tolerance * max(1.0, abs(ours), abs(theirs))


@settings(max_examples=150, deadline=None)
@given(expressions, inputs)
def test_values_and_slopes_are_torchs(f, x):
    ours, our_slopes = slopes(f, x)
    theirs, their_slopes = torch_slopes(f, x)
    assert near(ours, theirs)
    assert all(near(a, b) for a, b in zip(our_slopes, their_slopes, strict=True))


@settings(max_examples=40, deadline=None)
@given(
    st.recursive(
        st.sampled_from([lambda x, i=i: x[i] for i in range(INPUTS)]),
        lambda parts: st.one_of(
            st.tuples(parts, parts).map(lambda fg: lambda x: fg[0](x) * fg[1](x) * 0.5),
            st.tuples(parts, parts).map(lambda fg: lambda x: fg[0](x) - fg[1](x)),
            parts.map(lambda f: lambda x: ((f(x) * 0.1) ** 2 + 1).log()),
            parts.map(lambda f: lambda x: ((f(x) ** 2 + 1) ** -1).exp()),
        ),
        max_leaves=8,
    ).map(rooted),
    inputs,
)
def test_slopes_of_smooth_expressions_are_those_of_nudging(f, x):
    value, found = slopes(f, x)
    assume(max(abs(value), *(abs(slope) for slope in found)) < 1e3)
    assert gradient_check(lambda *leaves: f(leaves), x, tol=1e-5) <= 1e-5


# --- the graph ---------------------------------------------------------------------------------


def test_a_number_used_twice_collects_along_both_paths():
    a, b = Value(3), Value(-1)
    ((a + b) * a).backward()
    assert (a.grad, b.grad) == (5, 3)


@pytest.mark.parametrize("times", [1, 2, 3, 10])
def test_a_number_added_to_itself_many_times(times):
    x = Value(2)
    sum([x] * times).backward()
    assert x.grad == times


def test_doubling_sixty_times_takes_sixty_steps_and_not_all_paths():
    first = out = Value(1)
    for _ in range(60):
        out = out + out
    out.backward()
    assert first.grad == 2.0**60


def test_a_chain_of_20000_nodes_needs_no_recursion():
    first = out = Value(0)
    for _ in range(20_000):
        out = out + 1
    out.backward()
    assert (first.grad, out.data) == (1, 20_000)


def test_a_node_waits_for_users_at_different_distances():
    x = Value(2)
    y = x * 3
    (y + (y * 5 + 1) * 7).backward()
    assert x.grad == 3 * (1 + 5 * 7)


def test_leaves_add_up_over_passes_as_torchs_do():
    ours, theirs = Value(1), torch.tensor(1.0, requires_grad=True)
    for passes in (1, 2, 3):
        (ours * 2 * 3).backward()
        (theirs * 2 * 3).backward()
        assert ours.grad == theirs.grad.item() == 6 * passes


def test_second_pass_over_the_same_graph_adds_the_slopes_once_more():
    x = Value(3)
    y = (x + 1) ** 2 * x
    y.backward()
    once = x.grad
    y.backward()
    assert x.grad == 2 * once


def test_backward_of_a_leaf_is_one():
    x = Value(4)
    x.backward()
    assert x.grad == 1


def test_numbers_may_stand_on_either_side():
    x = Value(2)
    out = 3 + x * 2 - (1 - x) + 4 * x - 5
    out.backward()
    assert (out.data, x.grad) == (3 + 4 + 1 + 8 - 5, 2 + 1 + 4)


def test_as_value_keeps_values_and_wraps_numbers():
    x = Value(1)
    assert as_value(x) is x
    assert as_value(2).data == 2.0


def test_relu_has_slope_0_at_0_as_torch_has():
    x = Value(0)
    x.relu().backward()
    assert x.grad == 0


def test_zeroth_power_of_zero_has_slope_0():
    x = Value(0)
    (x**0).backward()
    assert x.grad == 0


def test_a_power_that_is_a_value_is_refused_by_name():
    with pytest.raises(TypeError, match="plain number, not Value"):
        Value(2) ** Value(3)


def test_repr_shows_value_and_slope():
    assert repr(Value(1.5)) == "Value(1.5, grad=0)"


# --- gradient_check -----------------------------------------------------------------------------


def test_gradient_check_names_the_input_whose_slope_is_wrong():
    def wrong(a, b):
        return a + Value(b.data**2, (b,), (b.data,), "square")

    with pytest.raises(ValueError, match=r"input 1 = 3.*backward says 3.*says 6"):
        gradient_check(wrong, [1.0, 3.0])


def test_gradient_check_refuses_nan():
    def lost(a):
        return Value(a.data, (a,), (float("nan"),))

    with pytest.raises(ValueError, match="nan"):
        gradient_check(lost, [1.0])


def test_gradient_check_is_relative_for_large_slopes():
    assert gradient_check(lambda x: x**4, [100.0]) < 1e-6


# --- the small network --------------------------------------------------------------------------


def test_two_moons_are_the_same_each_time_and_half_of_each_class():
    points, labels = two_moons(40, seed=1)
    again, _ = two_moons(40, seed=1)
    assert points.shape == (40, 2)
    assert labels.sum() == 20
    assert torch.equal(points, again)
    assert not torch.equal(points, two_moons(40, seed=2)[0])


def test_net_has_a_weight_for_each_input_and_a_bias_for_each_unit():
    assert len(Net((2, 8, 1), seed=0).parameters()) == 33
    assert len(Net((3, 4, 5, 1), seed=0).parameters()) == 16 + 25 + 6


def test_net_leaves_pythons_random_numbers_alone():
    random.seed(1)
    before = random.getstate()
    Net((2, 3, 1), seed=0)
    assert random.getstate() == before


def test_net_refuses_a_point_of_the_wrong_width():
    with pytest.raises(ValueError, match="zip"):
        Net((2, 3, 1), seed=0)([1.0, 2.0, 3.0])


def test_fit_net_takes_torchs_steps():
    points, labels = two_moons(12, seed=0)
    net = Net((2, 4, 3, 1), seed=0)
    layers = []
    for layer in net.layers:
        weights = torch.tensor([[v.data for v in unit] for unit in layer], dtype=torch.float64)
        linear = nn.Linear(weights.shape[1] - 1, len(weights), dtype=torch.float64)
        with torch.no_grad():
            linear.weight.copy_(weights[:, :-1])
            linear.bias.copy_(weights[:, -1])
        layers += [linear, nn.ReLU()]
    model = nn.Sequential(*layers[:-1])
    expected = []
    for _ in range(5):
        scores = model(points.double())[:, 0]
        loss = F.binary_cross_entropy_with_logits(scores, labels.double())
        model.zero_grad()
        loss.backward()
        with torch.no_grad():
            for p in model.parameters():
                p -= 0.5 * p.grad
        expected.append(loss.item())
    found = fit_net(net, points.tolist(), labels.tolist(), steps=5, lr=0.5)
    assert found == pytest.approx(expected, rel=1e-9)
