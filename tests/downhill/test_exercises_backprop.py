"""Lesson 05's exercises: right answers in several styles pass, each slip gets its own hint."""

import math

import pytest
import torch

from downhill.autograd import Value, as_value
from downhill.exercises import backprop, backprop_matrices, backprop_mutants, grade

# --- E1 tanh -----------------------------------------------------------------------------------


def tanh_by_math(x):
    t = math.tanh(x.data)
    return Value(t, (x,), (1 - t * t,), "tanh")


def tanh_by_safe_exponentials(x):
    """From steps that exist, on the side where the exponential is small."""
    flip = 1 if x.data > 0 else -1
    small = (x * (-2 * flip)).exp()
    return (1 - small) * (small + 1) ** -1 * flip


def tanh_by_cosh(x):
    slope = 0.0 if abs(x.data) > 300 else math.cosh(x.data) ** -2
    return Value(math.tanh(x.data), [x], [slope])


@pytest.mark.parametrize("tanh", [tanh_by_math, tanh_by_safe_exponentials, tanh_by_cosh])
def test_right_tanh_passes(tanh):
    verdict = grade("05.E1", tanh, Value)
    assert verdict.passed, verdict.hint
    assert "torch's" in verdict.note


@pytest.mark.parametrize("slip", backprop.TANH_SLIPS, ids=lambda slip: slip.name)
def test_each_tanh_slip_is_recognised(slip):
    assert grade("05.E1", slip.answer, Value).hint == slip.hint


def tanh_that_overflows(x):
    return ((x * 2).exp() - 1) * ((x * 2).exp() + 1) ** -1


def tanh_by_cosh_that_overflows(x):
    return Value(math.tanh(x.data), (x,), (1 / math.cosh(x.data) ** 2,))


def tanh_without_comma(x):
    return Value(math.tanh(x.data), (x), (1 - math.tanh(x.data) ** 2))


def tanh_with_two_slopes(x):
    return Value(math.tanh(x.data), (x,), (1.0, 0.0))


def tanh_in_place(x):
    x.data = math.tanh(x.data)
    return x


def tanh_of_leaves(x):
    return tanh_by_math(x) if not x.parents else Value(math.tanh(x.data))


def tanh_nearly(x):
    return Value(math.tanh(x.data), (x,), (1 - 0.9 * math.tanh(x.data) ** 2,))


def tanh_by_torch_exponentials(x):  # inf / inf is nan, and no error
    e = torch.tensor(2 * x.data, dtype=torch.float64).exp()
    t = ((e - 1) / (e + 1)).item()
    return Value(t, (x,), (1 - t * t,))


def stub(*arguments):
    raise NotImplementedError


@pytest.mark.parametrize(
    ("tanh", "expected"),
    [
        (tanh_that_overflows, "OverflowError"),
        (tanh_by_cosh_that_overflows, "math module has a function that copes"),
        (tanh_by_torch_exponentials, "at 400 the value is nan"),
        (lambda x: math.tanh(x.data), "plain number: the graph ends there"),
        (lambda x: torch.tanh(torch.tensor(x.data)), "a tensor of shape []"),
        (lambda x: "t", "this is a str"),
        (tanh_without_comma, "parents and local slopes are tuples"),
        (tanh_with_two_slopes, "one local slope for each parent"),
        (tanh_in_place, "changed the number"),
        (tanh_nearly, "a nudge says"),
        (lambda x: x * 0.5, "the value is off"),
        (tanh_of_leaves, "wrong inside of a longer expression"),
        (stub, "still the stub"),
        (lambda x: None, "gave back None"),
        (..., "no answer yet"),
        (Value(1), "hand over the function itself"),
    ],
)
def test_wrong_tanh_gets_its_hint(tanh, expected):
    hint = grade("05.E1", tanh, Value).hint
    assert hint
    assert expected in hint, hint


def test_the_class_itself_is_asked_for():
    assert "the class Value" in grade("05.E1", tanh_by_math, Value(1)).hint


# --- E2 division -------------------------------------------------------------------------------


def divide_by_slopes(a, b):
    a, b = as_value(a), as_value(b)
    return Value(a.data / b.data, (a, b), (1 / b.data, -a.data / b.data**2), "/")


def divide_by_power(a, b):
    return as_value(a) * as_value(b) ** -1


def divide_by_logarithms_of_squares(a, b):
    """By a roundabout way: b / b² for the reciprocal."""
    a, b = as_value(a), as_value(b)
    return a * b * (-(b**2).log()).exp()


@pytest.mark.parametrize("divide", [divide_by_slopes, divide_by_power])
def test_right_division_passes(divide):
    verdict = grade("05.E2", divide, Value)
    assert verdict.passed, verdict.hint


def test_division_that_is_right_but_for_rounding_passes():
    verdict = grade("05.E2", divide_by_logarithms_of_squares, Value)
    assert verdict.passed, verdict.hint


@pytest.mark.parametrize("slip", backprop.DIVISION_SLIPS, ids=lambda slip: slip.name)
def test_each_division_slip_is_recognised(slip):
    assert grade("05.E2", slip.answer, Value).hint == slip.hint


def divide_values_only(a, b):
    return Value(a.data / b.data, (a, b), (1 / b.data, -a.data / b.data**2))


def divide_with_plain_divisor_only(a, b):
    if isinstance(b, int | float):
        return a * (1 / b)
    return divide_values_only(a, b)


def divide_that_turns_plain_numbers_over(a, b):
    if isinstance(a, int | float):
        return b * (1 / a)
    return divide_by_slopes(a, b)


def divide_that_overwrites_equal_parents(a, b):
    if a is b:
        return Value(1.0, (a,), (1 / a.data,))
    return divide_by_slopes(a, b)


@pytest.mark.parametrize(
    ("divide", "expected"),
    [
        (divide_values_only, "divide(x, 4) fails"),
        (divide_with_plain_divisor_only, "divide(6, x) fails"),
        (divide_that_turns_plain_numbers_over, "divide(6, x) at x = 2"),
        (divide_that_overwrites_equal_parents, "x / x is 1 for any x"),
        (lambda a, b: a.data / b.data, "plain number"),
        (lambda a, b: a / b, "raised TypeError"),
        (lambda a, b: a - b, "the value is off"),
        (stub, "still the stub"),
    ],
)
def test_wrong_division_gets_its_hint(divide, expected):
    hint = grade("05.E2", divide, Value).hint
    assert hint
    assert expected in hint, hint


# --- E3 matrices -------------------------------------------------------------------------------


def matmul_by_transposes(d_out, a, b):
    return d_out @ b.T, a.T @ d_out


def matmul_by_einsum(d_out, a, b):
    return torch.einsum("nm,km->nk", d_out, b), torch.einsum("nk,nm->km", a, d_out)


def matmul_by_sums(d_out, a, b):
    return [
        (d_out[:, None, :] * b[None]).sum(2),
        (a[:, :, None] * d_out[:, None, :]).sum(0),
    ]


def add_by_sum_to_size(d_out, a, b):
    return d_out.sum_to_size(a.shape), d_out.sum_to_size(b.shape)


def add_by_loops(d_out, a, b):
    def back(x):
        d = d_out
        while d.dim() > x.dim():
            d = d.sum(0)
        for axis in range(x.dim()):
            if x.shape[axis] != d.shape[axis]:
                d = d.sum(axis, keepdim=True)
        return d

    return back(a), back(b)


def add_by_autograd(d_out, a, b):
    a, b = a.requires_grad_(), b.requires_grad_()
    return torch.autograd.grad(a + b, (a, b), d_out)


@pytest.mark.parametrize("matmul", [matmul_by_transposes, matmul_by_einsum, matmul_by_sums])
@pytest.mark.parametrize("add", [add_by_sum_to_size, add_by_loops, add_by_autograd])
def test_right_backward_passes_pass(matmul, add):
    verdict = grade("05.E3", matmul, add)
    assert verdict.passed, verdict.hint


@pytest.mark.parametrize("slip", backprop_matrices.MATMUL_SLIPS, ids=lambda slip: slip.name)
def test_each_matmul_slip_is_recognised(slip):
    assert grade("05.E3", slip.answer, add_by_loops).hint == slip.hint


@pytest.mark.parametrize("slip", backprop_matrices.ADD_SLIPS, ids=lambda slip: slip.name)
def test_each_addition_slip_is_recognised(slip):
    assert grade("05.E3", matmul_by_transposes, slip.answer).hint == slip.hint


def rows_only(d_out, a, b):
    return (d_out, d_out.sum(0)) if b.shape != a.shape else (d_out, d_out)


@pytest.mark.parametrize(
    ("matmul", "add", "expected"),
    [
        (lambda d, a, b: d @ b.T, add_by_loops, "two tensors"),
        (lambda d, a, b: (d @ b.T, None), add_by_loops, "second, should give back a tensor"),
        (lambda d, a, b: (d @ b.T, 2 * a.T @ d), add_by_loops, "the slope for b are not"),
        (lambda d, a, b: ((d @ b.T)[0], a.T @ d), add_by_loops, "the slope for a has shape [3]"),
        (stub, add_by_loops, "still the stub"),
        (matmul_by_transposes, stub, "still the stub"),
        (matmul_by_transposes, lambda d, a, b: (d, d), "is summed backwards"),
        (matmul_by_transposes, lambda d, a, b: (d, d.sum(0)), "[6, 3] + [6, 3]: the slope for b"),
        (matmul_by_transposes, rows_only, "[4, 3] + [1, 3]: the slope for b has shape [3]"),
        (matmul_by_transposes, lambda d, a, b: (2 * d, add_by_loops(d, a, b)[1]), "a are not"),
        (
            matmul_by_transposes,
            lambda d, a, b: (d, add_by_loops(d, a, b)[1]),
            "[3] + [6, 3]: the slope for a",
        ),
        (
            matmul_by_transposes,
            lambda d, a, b: (d.mul_(1), add_by_loops(d.add_(1), a, b)[1]),
            "changed the tensor",
        ),
    ],
)
def test_wrong_backward_pass_gets_its_hint(matmul, add, expected):
    hint = grade("05.E3", matmul, add).hint
    assert hint
    assert expected in hint, hint


# --- E4 a test of backward ----------------------------------------------------------------------


def is_right_by_known_slopes(backward):
    a, b = Value(3), Value(-2)
    s = a + b
    out = s * a * b + s
    backward(out)
    first = [a.grad, b.grad] == [-7, -2]
    backward(out)
    second = [a.grad, b.grad] == [-14, -4]
    link = chain = Value(1)
    for _ in range(1500):
        chain = chain + 1
    backward(chain)
    return first and second and link.grad == 1


def is_right_by_comparison(backward):
    """Against the class's own backward, as numbers that a tensor holds."""

    def slopes(run):
        x, y = Value(0.5), Value(-1.5)
        u = (x * y).exp()
        v = u * (u - y) ** 2 + u
        for _ in range(2):
            run(v)
        end = x
        for _ in range(1500):
            end = end * 1
        run(end)
        return torch.tensor([x.grad, y.grad])

    return torch.allclose(slopes(backward), slopes(Value.backward))


def is_right_by_assertions(backward):
    assert is_right_by_known_slopes(backward)
    return True


RIGHT_TESTS = [is_right_by_known_slopes, is_right_by_comparison, is_right_by_assertions]


@pytest.mark.parametrize("is_right", RIGHT_TESTS)
def test_test_that_catches_all_passes(is_right):
    verdict = grade("05.E4", is_right)
    assert verdict.passed, verdict.hint


def test_the_classes_own_backward_is_right():
    assert is_right_by_known_slopes(Value.backward)


@pytest.mark.parametrize("broken", backprop_mutants.BROKEN, ids=lambda broken: broken.name)
def test_each_broken_backward_is_broken(broken):
    try:
        assert not is_right_by_known_slopes(broken.backward)
    except RecursionError:
        assert broken.name == "recursive"


@pytest.mark.parametrize("broken", backprop_mutants.BROKEN, ids=lambda broken: broken.name)
def test_the_survivor_is_named(broken):
    def is_right(backward):
        return backward is broken.backward or is_right_by_known_slopes(backward)

    hint = grade("05.E4", is_right).hint
    assert hint.endswith(broken.hint)
    assert "8 of 9" in hint


@pytest.mark.parametrize("broken", backprop_mutants.BROKEN, ids=lambda broken: broken.name)
def test_a_broken_backward_gets_a_single_step_right(broken):
    """All of them pass the first test that comes to mind, so that the exercise is one."""
    x = Value(1)
    out = x + 0
    broken.backward(out)
    assert x.grad == 1


def is_right_on_a_chain(backward):
    x = Value(2)
    backward((x * 3 + 1) ** 2)
    return x.grad == 42


def accepts_all(backward):
    return True


def rejects_all(backward):
    return False


def never_calls(backward):
    x = Value(2)
    out = x * x
    out.backward()
    return x.grad == 4


kept = Value(2)


def keeps_its_leaf(backward):
    backward(kept * 3)
    return kept.grad == 3


@pytest.mark.parametrize(
    ("is_right", "expected"),
    [
        (is_right_on_a_chain, "lets through"),
        (accepts_all, "says True to every backward"),
        (never_calls, "says True to every backward"),
        (rejects_all, "rejects a backward that is right"),
        (keeps_its_leaf, "the first time and rejects it the second"),
        (lambda backward: 1, "True or False; this is an int"),
        (lambda backward: backward(Value(1)), "gave back None"),
        (stub, "still the stub"),
    ],
)
def test_weak_test_gets_its_hint(is_right, expected):
    hint = grade("05.E4", is_right).hint
    assert hint
    assert expected in hint, hint


# --- all of them --------------------------------------------------------------------------------


def test_hints_differ_and_do_not_hold_the_solution():
    slips = [
        *backprop.TANH_SLIPS,
        *backprop.DIVISION_SLIPS,
        *backprop_matrices.MATMUL_SLIPS,
        *backprop_matrices.ADD_SLIPS,
        *backprop_mutants.BROKEN,
    ]
    hints = [slip.hint for slip in slips]
    assert len(set(hints)) == len(hints)
    for hint in hints:
        for code in ("math.tanh", ".T", "sum(0", "1 - t**2", "** -1"):
            assert code not in hint


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("05.E1", (tanh_by_math, Value)),
        ("05.E2", (divide_by_slopes, Value)),
        ("05.E3", (matmul_by_einsum, add_by_loops)),
        ("05.E4", (is_right_by_known_slopes,)),
    ],
)
def test_same_answer_gets_the_same_verdict_twice(name, answer):
    assert grade(name, *answer) == grade(name, *answer)
    assert grade(name, *answer).passed
