"""Lesson 02: right answers in several styles pass; each typical wrong one gets its own hint."""

import random

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from hypothesis import given, settings
from hypothesis import strategies as st

from downhill.exercises import (
    grade,
    known,
    sgd_accumulation,
    sgd_adam,
    sgd_descent,
    sgd_fits,
    sgd_momentum,
    sgd_walks,
)

NO_HINT = "passed, though it should not have"


def hint_of(name, *answer):
    return grade(name, *answer).hint or NO_HINT


# --- right optimisers ------------------------------------------------------------------------


class Momentum:
    """In the style of the solution."""

    def __init__(self, parameters, lr, momentum=0.0, weight_decay=0.0):
        self.parameters = list(parameters)
        self.lr, self.momentum, self.weight_decay = lr, momentum, weight_decay
        self.velocities = [torch.zeros_like(p) for p in self.parameters]

    @torch.no_grad()
    def step(self):
        for p, v in zip(self.parameters, self.velocities, strict=True):
            if p.grad is None:
                continue
            v.mul_(self.momentum).add_(p.grad + self.weight_decay * p)
            p -= self.lr * v

    def zero_grad(self):
        for p in self.parameters:
            p.grad = None


class LazyMomentum(Momentum):
    """Velocities in a dictionary, made when first needed; gradients zeroed in place; by .data."""

    def __init__(self, *arguments, **settings):
        super().__init__(*arguments, **settings)
        self.memory = {}

    def step(self):
        for i, p in enumerate(self.parameters):
            if p.grad is not None:
                g = p.grad.data + self.weight_decay * p.data
                self.memory[i] = self.momentum * self.memory[i] + g if i in self.memory else g
                p.data = p.data - self.lr * self.memory[i]

    def zero_grad(self):
        for p in self.parameters:
            if p.grad is not None:
                p.grad.zero_()


class TorchMomentum(Momentum):
    def step(self):
        self.inner.param_groups[0]["lr"] = self.lr
        self.inner.step()

    def __init__(self, parameters, lr, momentum=0.0, weight_decay=0.0):
        super().__init__(parameters, lr)
        self.inner = torch.optim.SGD(
            self.parameters, lr=lr, momentum=momentum, weight_decay=weight_decay
        )


class Nesterov:
    def __init__(self, parameters, lr, momentum=0.9):
        self.parameters, self.lr, self.momentum = list(parameters), lr, momentum
        self.velocities = [0.0] * len(self.parameters)

    def step(self):
        with torch.no_grad():
            for i, p in enumerate(self.parameters):
                self.velocities[i] = self.momentum * self.velocities[i] + p.grad
                p -= self.lr * (p.grad + self.momentum * self.velocities[i])


class Adam:
    def __init__(self, parameters, lr, betas=(0.9, 0.999), eps=1e-8):
        self.parameters, self.lr, self.betas, self.eps = list(parameters), lr, betas, eps
        self.m = [torch.zeros_like(p) for p in self.parameters]
        self.s = [torch.zeros_like(p) for p in self.parameters]
        self.t = 0

    @torch.no_grad()
    def step(self):
        self.t += 1
        b1, b2 = self.betas
        for p, m, s in zip(self.parameters, self.m, self.s, strict=True):
            m.lerp_(p.grad, 1 - b1)
            s.mul_(b2).addcmul_(p.grad, p.grad, value=1 - b2)
            p.sub_(self.lr * (m / (1 - b1**self.t)) / ((s / (1 - b2**self.t)).sqrt() + self.eps))


@pytest.mark.parametrize("answer", [Momentum, LazyMomentum, TorchMomentum])
def test_momentum_in_any_style_passes(answer):
    verdict = grade("02.E1", answer)
    assert verdict.passed, verdict.hint
    assert "torch.optim.SGD" in verdict.note


def test_nesterov_and_adam_pass():
    verdict = grade("02.E2", Nesterov, Adam)
    assert verdict.passed, verdict.hint


# --- wrong optimisers ------------------------------------------------------------------------


@pytest.mark.parametrize("slip", sgd_momentum.MOMENTUM_SLIPS, ids=lambda slip: slip.name)
def test_each_momentum_slip_is_recognised(slip):
    assert hint_of("02.E1", slip.answer) == slip.hint


@pytest.mark.parametrize("slip", sgd_adam.NESTEROV_SLIPS, ids=lambda slip: slip.name)
def test_each_nesterov_slip_is_recognised(slip):
    assert hint_of("02.E2", slip.answer, Adam) == f"Nesterov: {slip.hint}"


@pytest.mark.parametrize("slip", sgd_adam.ADAM_SLIPS, ids=lambda slip: slip.name)
def test_each_adam_slip_is_recognised(slip):
    assert hint_of("02.E2", Nesterov, slip.answer) == f"Adam: {slip.hint}"


class Recorded(Momentum):
    def step(self):
        for p, v in zip(self.parameters, self.velocities, strict=True):
            v.mul_(self.momentum).add_(p.grad)
            p -= self.lr * v


class Rebound(Momentum):
    def step(self):
        for p, v in zip(self.parameters, self.velocities, strict=True):
            v.mul_(self.momentum).add_(p.grad)
            p = p - self.lr * v


class OneUse(Momentum):
    def __init__(self, parameters, *arguments, **settings):
        super().__init__(parameters, *arguments, **settings)
        self.parameters = parameters if isinstance(parameters, list) else iter(())


class GradientAsMemory(Momentum):
    """The velocity is the tensor that backward() made."""

    def step(self):
        with torch.no_grad():
            for i, p in enumerate(self.parameters):
                if self.velocities[i].any():
                    self.velocities[i].mul_(self.momentum).add_(p.grad)
                else:
                    self.velocities[i] = p.grad
                self.velocities[i].add_(self.weight_decay * p)
                p -= self.lr * self.velocities[i]


class GradientAsVelocity(Momentum):
    def __init__(self, *arguments, **settings):
        super().__init__(*arguments, **settings)
        self.velocities = [None] * len(self.parameters)

    def step(self):
        with torch.no_grad():
            for i, p in enumerate(self.parameters):
                if p.grad is None:
                    continue
                old = self.velocities[i]
                g = p.grad if not self.weight_decay else p.grad + self.weight_decay * p
                self.velocities[i] = g if old is None else self.momentum * old + g
                p -= self.lr * self.velocities[i]

    def zero_grad(self):
        for p in self.parameters:
            if p.grad is not None:
                p.grad.zero_()


class NoneUnguarded(Momentum):
    def step(self):
        with torch.no_grad():
            for p, v in zip(self.parameters, self.velocities, strict=True):
                v.mul_(self.momentum).add_(p.grad + self.weight_decay * p)
                p -= self.lr * v


class NoneDecays(Momentum):
    def step(self):
        with torch.no_grad():
            for p, v in zip(self.parameters, self.velocities, strict=True):
                g = p.grad if p.grad is not None else 0.0
                v.mul_(self.momentum).add_(g + self.weight_decay * p)
                p -= self.lr * v


class KeepsGradients(Momentum):
    def zero_grad(self):
        pass


class ZeroesParameters(Momentum):
    def zero_grad(self):
        for p in self.parameters:
            p.grad = None
            p.data.zero_()


class Forgets(Momentum):
    def zero_grad(self):
        super().zero_grad()
        for v in self.velocities:
            v.zero_()


class NoZeroGrad(Momentum):
    zero_grad = None


class DefaultMomentum(Momentum):
    def __init__(self, parameters, lr, momentum=0.9, weight_decay=0.0):
        super().__init__(parameters, lr, momentum, weight_decay)


class TiedToOneShape(Momentum):
    def __init__(self, *arguments, **settings):
        super().__init__(*arguments, **settings)
        self.velocities = [torch.zeros(3) for _ in self.parameters]


class FromOnes(Momentum):
    def __init__(self, *arguments, **settings):
        super().__init__(*arguments, **settings)
        self.velocities = [torch.ones_like(p) for p in self.parameters]


class Stub:
    def __init__(self, parameters, lr, momentum=0.0, weight_decay=0.0):
        raise NotImplementedError

    def step(self):
        raise NotImplementedError


E1_WRONG = {
    "under torch.no_grad": Recorded,
    "new tensor that name": Rebound,
    "is an iterator": OneUse,
    "changed a gradient": GradientAsMemory,
    "velocity and gradient are one tensor": GradientAsVelocity,
    "Here: step raised TypeError": NoneUnguarded,
    "Yours moved": NoneDecays,
    "there is still a gradient": KeepsGradients,
    "moved the parameters": ZeroesParameters,
    "with it all memory": Forgets,
    "`zero_grad` is still open": NoZeroGrad,
    "with lr=0.1 it leaves torch's path": DefaultMomentum,
    "step raised RuntimeError": TiedToOneShape,
    "leaves torch's path at step 1": FromOnes,
    "is still the stub": Stub,
    "hand over the class itself": Momentum([], 0.1),
    "no answer yet": ...,
}


@pytest.mark.parametrize("expected", E1_WRONG)
def test_wrong_momentum_gets_its_hint(expected):
    assert expected in hint_of("02.E1", E1_WRONG[expected])


class CountsFromZero(Adam):
    @torch.no_grad()
    def step(self):
        self.t -= 1
        super().step()


class RootOfNegative(Adam):
    @torch.no_grad()
    def step(self):
        for p, m in zip(self.parameters, self.m, strict=True):
            m.lerp_(p.grad, 0.1)
            p -= self.lr * m / m.sqrt()


class KeepsCorrection(Adam):
    """Writes the corrected averages back."""

    @torch.no_grad()
    def step(self):
        super().step()
        for m in self.m:
            m /= 1 - self.betas[0] ** self.t


E2_WRONG = {
    "Nesterov: there is no answer yet": (..., Adam),
    "Adam: there is no answer yet": (Nesterov, ...),
    "Adam: with lr=0.1, betas": (Nesterov, CountsFromZero),
    "a root of something negative": (Nesterov, RootOfNegative),
    "leaves torch's path at step 2": (Nesterov, KeepsCorrection),
}


@pytest.mark.parametrize("expected", E2_WRONG)
def test_wrong_nesterov_or_adam_gets_its_hint(expected):
    assert expected in hint_of("02.E2", *E2_WRONG[expected])


@settings(max_examples=10, deadline=None)
@given(st.floats(0.01, 0.2), st.floats(0, 0.95), st.floats(0, 0.5))
def test_our_reference_updates_equal_torch(lr, momentum, decay):
    course = sgd_walks.Course({"lr": lr, "momentum": momentum, "weight_decay": decay})
    ours = sgd_walks.walk(Momentum, course)
    theirs = sgd_walks.walk(sgd_walks.from_torch(torch.optim.SGD), course)
    assert torch.allclose(ours, theirs, rtol=1e-4, atol=1e-5)


# --- E3: accumulation ------------------------------------------------------------------------


def by_shares(model, x, y, loss_func, size):
    model.zero_grad()
    total = 0.0
    for xb, yb in zip(x.split(size), y.split(size), strict=True):
        loss = loss_func(model(xb), yb) * len(xb) / len(x)
        loss.backward()
        total += loss.item()
    return total


def by_scaling_afterwards(model, x, y, loss_func, size):
    for p in model.parameters():
        p.grad = torch.zeros_like(p)
    total = torch.zeros(())
    for start in range(0, len(x), size):
        part = slice(start, start + size)
        loss = loss_func(model(x[part]), y[part]) * len(x[part])
        loss.backward()
        total += loss.detach()
    for p in model.parameters():
        p.grad /= len(x)
    return total / len(x)


def by_autograd(model, x, y, loss_func, size):
    parameters = list(model.parameters())
    sums, total = [torch.zeros_like(p) for p in parameters], 0.0
    for xb, yb in zip(x.split(size), y.split(size), strict=True):
        loss = loss_func(model(xb), yb)
        for s, g in zip(sums, torch.autograd.grad(loss, parameters), strict=True):
            s += g * len(xb)
        total += loss.item() * len(xb)
    for p, s in zip(parameters, sums, strict=True):
        p.grad = s / len(x)
    return total / len(x)


@pytest.mark.parametrize("answer", [by_shares, by_scaling_afterwards, by_autograd])
def test_accumulation_in_any_style_passes(answer):
    verdict = grade("02.E3", answer)
    assert verdict.passed, verdict.hint


@pytest.mark.parametrize("slip", sgd_accumulation.GRADIENT_SLIPS, ids=lambda slip: slip.name)
def test_each_accumulation_slip_is_recognised(slip):
    assert hint_of("02.E3", slip.answer).endswith(slip.hint)


def all_at_once(model, x, y, loss_func, size):
    model.zero_grad()
    loss = loss_func(model(x), y)
    loss.backward()
    return loss.item()


def twice(model, x, y, loss_func, size):
    loss = by_shares(model, x, y, loss_func, size)
    for xb in x.split(size):
        model(xb)
    return loss


def and_step(model, *arguments):
    loss = by_shares(model, *arguments)
    with torch.no_grad():
        for p in model.parameters():
            p -= p.grad
    return loss


def no_backward(model, x, y, loss_func, size):
    return loss_func(model(x[:size]), y[:size]).item()


def random_part(model, x, y, loss_func, size):
    by_shares(model, x, y, loss_func, size)
    next(model.parameters()).grad[0] = 7
    return 0.0


def giving(what):
    """Gradients right, and another loss given back: what(losses of the parts, their sizes, n)."""

    def accumulate_gradients(model, x, y, loss_func, size):
        model.zero_grad()
        losses, counts = [], []
        for xb, yb in zip(x.split(size), y.split(size), strict=True):
            loss = loss_func(model(xb), yb)
            (loss * len(xb) / len(x)).backward(retain_graph=True)
            losses.append(loss)
            counts.append(len(xb))
        return what(torch.stack(losses), torch.tensor(counts), len(x))

    return accumulate_gradients


E3_WRONG = {
    "at once": all_at_once,
    "Each item needs one pass": twice,
    "the parameters moved": and_step,
    "no gradient afterwards": no_backward,
    "times as long": random_part,
    "carries its graph": giving(lambda losses, counts, n: (losses * counts).sum() / n),
    "sum of the parts' means": giving(lambda losses, counts, n: losses.sum().item()),
    "mean of the parts' means": giving(lambda losses, counts, n: losses.mean().item()),
    "last part only": giving(lambda losses, counts, n: losses[-1].item()),
    "last part, scaled": giving(lambda losses, counts, n: (losses * counts)[-1].item() / n),
    "sum over all items": giving(lambda losses, counts, n: (losses * counts).sum().item()),
    "you give back 99": giving(lambda losses, counts, n: 99),
    "one number; this is a list": giving(lambda losses, counts, n: []),
    "gave back None": giving(lambda losses, counts, n: None),
}


@pytest.mark.parametrize("expected", E3_WRONG)
def test_wrong_accumulation_gets_its_hint(expected):
    assert expected in hint_of("02.E3", E3_WRONG[expected])


# --- E4: a sine ------------------------------------------------------------------------------

GRID = torch.linspace(-torch.pi, torch.pi, 201)[:, None]


def tanh_net(x, parameters):
    W1, b1, W2, b2 = parameters
    return torch.tanh(x @ W1 + b1) @ W2 + b2


def relu_net(x, parameters):
    W1, b1, W2, b2 = parameters
    return (x @ W1 + b1).clamp_min(0) @ W2 + b2


def linear_net(x, parameters):
    W1, b1, W2, b2 = parameters
    return (x @ W1 + b1) @ W2 + b2


def fitted(network, x=GRID, hidden=60, line=None):
    """Random first layer, second layer by least squares to sin x: no training needed."""
    generator = torch.Generator().manual_seed(3)
    W1 = torch.randn(1, hidden, generator=generator)
    b1 = torch.rand(hidden, generator=generator) * 6 - 3
    parts = network(x, (W1, b1, torch.eye(hidden), torch.zeros(hidden)))
    parts = torch.cat([parts, torch.ones(len(x), 1)], 1).double()
    right = (x.sin() if line is None else line(x)).double()
    best = torch.linalg.solve(
        parts.T @ parts + 1e-6 * torch.eye(hidden + 1), parts.T @ right
    ).float()
    return [W1, b1, best[:-1], best[-1]]


@pytest.mark.parametrize("network", [tanh_net, relu_net])
def test_sine_with_tanh_or_relu_passes(network):
    parameters = [p.requires_grad_() for p in fitted(network)]
    verdict = grade("02.E4", network, parameters)
    assert verdict.passed, verdict.hint
    assert "181 parameters" in verdict.note


def zeros():
    return [torch.zeros(s) for s in ((1, 20), (20,), (20, 1), (1,))]


def constant():
    W1, b1, _, _ = fitted(tanh_net)
    return [W1, b1, torch.full((60, 1), 1e-6), torch.zeros(1)]


def alike():
    return [torch.full((1, 20), 0.5), torch.zeros(20), torch.full((20, 1), 0.1), torch.zeros(1)]


E4_WRONG = {
    "no answer yet": (..., fitted(tanh_net)),
    "`parameters` is still open": (tanh_net, ...),
    "should be a list of tensors": (tanh_net, torch.zeros(3)),
    "should give [201, 1]": (lambda x, p: tanh_net(x, p)[:, 0], fitted(tanh_net)),
    "nan or infinity": (tanh_net, [p * torch.nan for p in fitted(tanh_net)]),
    "the same curve": (lambda x, p: tanh_net(x, fitted(tanh_net)), fitted(tanh_net)),
    "all zeros": (tanh_net, zeros()),
    "each prediction met each target": (tanh_net, constant()),
    "straight line": (linear_net, fitted(linear_net)),
    "began alike": (tanh_net, alike()),
    "The middle fits": (tanh_net, fitted(tanh_net, GRID[GRID.abs() < 1][:, None])),
    "One half of the curve": (tanh_net, fitted(tanh_net, GRID[GRID > 0][:, None])),
    "not much better than a straight line": (
        tanh_net,
        fitted(tanh_net, line=lambda x: 0.3 * x.sin()),
    ),
    "on its way": (tanh_net, fitted(tanh_net, line=lambda x: 0.9 * x.sin())),
}


@pytest.mark.parametrize("expected", E4_WRONG)
def test_wrong_sine_gets_its_hint(expected):
    assert expected in hint_of("02.E4", *E4_WRONG[expected])


# --- E5: Huber -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def line():
    generator = torch.Generator().manual_seed(5)
    X = torch.ones(100, 2)
    X[:, 0].uniform_(-1, 1, generator=generator)
    return X, X @ torch.tensor([3.0, 2.0]) + 0.3 * torch.randn(100, generator=generator)


def huber_by_where(preds, y, delta=1.0):
    e = (preds - y).abs()
    return torch.where(e < delta, e**2 / 2, delta * (e - delta / 2)).mean()


def huber_by_clamp(preds, y, delta=1.0):
    e = (preds - y).abs()
    inside = e.clamp(max=delta)
    return (inside * (e - inside / 2)).mean()


def robust_line(X, y, delta=1.0):
    a = torch.zeros(2, requires_grad=True)
    for _ in range(400):
        huber_by_where(X @ a, y, delta).backward()
        with torch.no_grad():
            a -= 0.5 * a.grad
            a.grad = None
    return a


@pytest.mark.parametrize("huber", [huber_by_where, huber_by_clamp])
@pytest.mark.parametrize("fit", [robust_line, lambda *a: sgd_fits.best_line(*a)[:, None]])
def test_huber_and_robust_line_pass(huber, fit, line):
    verdict = grade("02.E5", huber, fit, *line)
    assert verdict.passed, verdict.hint


@pytest.mark.parametrize("slip", sgd_fits.HUBER_SLIPS, ids=lambda slip: slip.name)
def test_each_huber_slip_is_recognised(slip, line):
    assert hint_of("02.E5", slip.answer, robust_line, *line) == slip.hint


def unequal_at_zero(preds, y, delta=1.0):
    e = ((preds - y) ** 2).sqrt()  # the slope of a root is infinite at 0
    return torch.where(e < delta, e**2 / 2, delta * (e - delta / 2)).mean()


def least_squares(X, y, delta=1.0):
    return torch.linalg.lstsq(X, y[:, None]).solution


def test_wrong_huber_and_lines_get_their_hints(line):
    X, y = line
    right = huber_by_where
    cases = {
        "one loss for each item": (lambda p, t, d: F.huber_loss(p, t, reduction="none"), ...),
        "should give back a scalar": (lambda p, t, d: 3.0, ...),
        "should be": (lambda p, t, d: (p - t).mean(), ...),
        "no gradient can flow": (lambda *a: right(*a).detach(), ...),
        "nan at 0": (unequal_at_zero, ...),
        "no answer yet": (right, ...),
        "this is the least-squares line": (right, least_squares),
        "changed places: column 0": (right, lambda *a: robust_line(*a).flip(0)),
        "without the outlier": (right, lambda X, y, d: least_squares(*line)),
        "the least is": (right, lambda X, y, d: torch.zeros(2)),
        "should give back [2]": (right, lambda X, y, d: torch.zeros(3)),
        "nan or infinity": (right, lambda X, y, d: torch.zeros(2) * torch.nan),
    }
    for expected, answer in cases.items():
        assert expected in hint_of("02.E5", *answer, X, y), expected


# --- E6: a loader ----------------------------------------------------------------------------


class Loader:
    def __init__(self, x, y, batch_size, shuffle=True, drop_last=False, generator=None):
        self.x, self.y, self.batch_size = x, y, batch_size
        self.shuffle, self.drop_last, self.generator = shuffle, drop_last, generator

    def order(self):
        if not self.shuffle:
            return torch.arange(len(self.x))
        return torch.randperm(len(self.x), generator=self.generator)

    def __iter__(self):
        for batch in self.order().split(self.batch_size):
            if len(batch) == self.batch_size or not self.drop_last:
                yield self.x[batch], self.y[batch]

    def __len__(self):
        whole, left = divmod(len(self.x), self.batch_size)
        return whole + (left > 0 and not self.drop_last)


class ListLoader(Loader):
    """All batches of an epoch made at once, from slices of sorted random keys."""

    def order(self):
        if not self.shuffle:
            return torch.arange(len(self.x))
        return torch.rand(len(self.x), generator=self.generator).argsort()

    def __iter__(self):
        order, size = self.order(), self.batch_size
        end = len(order) // size * size if self.drop_last else len(order)
        return iter(
            [
                [self.x[order[i : i + size]], self.y[order[i : i + size]]]
                for i in range(0, end, size)
            ]
        )


@pytest.mark.parametrize("answer", [Loader, ListLoader])
def test_loader_in_any_style_passes(answer):
    verdict = grade("02.E6", answer)
    assert verdict.passed, verdict.hint


def test_torchs_own_loader_passes():
    class Wrapped:
        def __init__(self, x, y, batch_size, shuffle=True, drop_last=False, generator=None):
            self.inner = torch.utils.data.DataLoader(
                torch.utils.data.TensorDataset(x, y),
                batch_size,
                shuffle=shuffle,
                drop_last=drop_last,
                generator=generator,
            )

        def __iter__(self):
            return iter(self.inner)

        def __len__(self):
            return len(self.inner)

    verdict = grade("02.E6", Wrapped)
    assert verdict.passed, verdict.hint


def loader_with(**methods):
    return type("Loader", (Loader,), methods)


def inverted(self, *arguments, drop_last=False, **settings):
    Loader.__init__(self, *arguments, drop_last=not drop_last, **settings)


def never_drops(self, *arguments, drop_last=False, **settings):
    Loader.__init__(self, *arguments, **settings)


def always_drops(self, *arguments, drop_last=False, **settings):
    Loader.__init__(self, *arguments, drop_last=True, **settings)


def drops_full_ones(self):
    batches = list(Loader.__iter__(loader_of(self, drop_last=False)))
    return iter(batches[:-1] if self.drop_last else batches)


def loader_of(self, **changes):
    other = object.__new__(Loader)
    other.__dict__.update(self.__dict__ | changes)
    return other


def empty_tail(self):
    yield from Loader.__iter__(self)
    if len(self.x) % self.batch_size == 0 and not self.drop_last:
        yield self.x[:0], self.y[:0]


def order_at_the_start(self, *arguments, **settings):
    Loader.__init__(self, *arguments, **settings)
    self.fixed = Loader.order(self)


def used_up(self, *arguments, **settings):
    Loader.__init__(self, *arguments, **settings)
    self.batches = Loader.__iter__(self)


def reseeded(self):
    if self.generator:
        self.generator.manual_seed(42)
    return Loader.order(self)


def seeds_everything(self):
    if self.generator:
        torch.manual_seed(torch.randint(0, 2**31, (), generator=self.generator).item())
        return torch.randperm(len(self.x))
    return Loader.order(self)


def torn(self):
    for (xb, _), (_, yb) in zip(Loader.__iter__(self), Loader.__iter__(self), strict=True):
        yield xb, yb if not self.shuffle else yb.flip(0)


def shuffles_batches(self):
    batches = torch.arange(len(self.x)).split(self.batch_size)
    chosen = torch.randperm(len(batches), generator=self.generator)
    return torch.cat([batches[i] for i in chosen]) if self.shuffle else Loader.order(self)


def endless(self):
    while True:
        yield self.x[:4], self.y[:4]


def counts_epochs(self):
    """A seed of its own for each epoch, whatever generator is handed over."""
    self.epochs = getattr(self, "epochs", 0) + 1
    own = torch.Generator().manual_seed(self.epochs)
    return torch.randperm(len(self.x), generator=own) if self.shuffle else Loader.order(self)


E6_WRONG = {
    "wrong way round": loader_with(__init__=inverted),
    "are missing": loader_with(__init__=always_drops),
    "is it used at all": loader_with(__init__=never_drops),
    "is to stay": loader_with(__iter__=drops_full_ones),
    "no empty one after them": loader_with(__iter__=empty_tail),
    "come as [5, 5]": loader_with(__iter__=lambda s: iter(zip(s.x.split(5), s.y.split(5)))),  # noqa: B905
    "in the order they have in x": loader_with(
        order=lambda s: torch.randperm(len(s.x), generator=s.generator)
    ),
    "does not give all items again": loader_with(
        __init__=used_up, __iter__=lambda self: self.batches
    ),
    "write `__len__`": type(
        "Loader",
        (),
        {"__init__": Loader.__init__, "__iter__": Loader.__iter__, "order": Loader.order},
    ),
    "counts items": loader_with(__len__=lambda self: len(self.x)),
    "Which way is the division rounded": loader_with(
        __len__=lambda self: len(self.x) // self.batch_size
    ),
    "drop_last=True: 2 batches come": loader_with(
        __len__=lambda self: -(-len(self.x) // self.batch_size)
    ),
    "without putting any back": loader_with(
        order=lambda s: torch.randint(len(s.x), (len(s.x),)) if s.shuffle else Loader.order(s)
    ),
    "in the order of x": loader_with(order=lambda s: torch.arange(len(s.x))),
    "shuffle items, not batches": loader_with(order=shuffles_batches),
    "when the loader is made": loader_with(
        __init__=order_at_the_start, order=lambda self: self.fixed
    ),
    "the generator that was handed over": loader_with(
        order=lambda s: torch.randperm(len(s.x)) if s.shuffle else Loader.order(s)
    ),
    "global random numbers": loader_with(order=seeds_everything),
    "let it run on": loader_with(order=reseeded),
    "two different seeds": loader_with(order=counts_epochs),
    "torn apart": loader_with(__iter__=torn),
    "does not end": loader_with(__iter__=endless),
    "should be a pair": loader_with(__iter__=lambda s: iter(s.x.split(s.batch_size))),
    "should have [b, 2] and [b]": loader_with(__iter__=lambda s: iter(zip(s.x, s.y, strict=True))),
    "needs a method `__iter__`": type("Loader", (), {"__init__": Loader.__init__}),
    "hand over the class itself": Loader(torch.zeros(2), torch.zeros(2), 1),
    "no answer yet": ...,
}


@pytest.mark.parametrize("expected", E6_WRONG)
def test_wrong_loader_gets_its_hint(expected):
    assert expected in hint_of("02.E6", E6_WRONG[expected])


# --- E7: a square function -------------------------------------------------------------------


def minimise_by_autograd(f, start, lr, steps):
    x = torch.tensor(start, requires_grad=True)
    path = [x.item()]
    for _ in range(steps):
        f(x).backward()
        with torch.no_grad():
            x -= lr * x.grad
        x.grad = None
        path.append(x.item())
    return torch.tensor(path)


def minimise_by_trying(f, start, lr, steps, eps=1e-4):
    path = [start]
    for _ in range(steps):
        x = path[-1]
        path.append(x - lr * (f(x + eps) - f(x - eps)) / (2 * eps))
    return path


def limit(a):
    return 1 / a


@pytest.mark.parametrize("minimise", [minimise_by_autograd, minimise_by_trying])
@pytest.mark.parametrize("largest", [limit, lambda a: torch.tensor(2 / (2 * a))])
def test_descent_by_autograd_or_by_trying_passes(minimise, largest):
    verdict = grade("02.E7", minimise, largest)
    assert verdict.passed, verdict.hint


@pytest.mark.parametrize("slip", sgd_descent.PATH_SLIPS, ids=lambda slip: slip.name)
def test_each_descent_slip_is_recognised(slip):
    assert hint_of("02.E7", slip.answer, limit) == slip.hint


def known_by_heart(f, start, lr, steps):
    return sgd_descent.right_path(sgd_descent.square, start, lr, steps)


E7_WRONG = {
    "one number": (lambda *a: minimise_by_autograd(*a)[-1], limit),
    "is the start among them": (lambda *a: minimise_by_autograd(*a)[1:], limit),
    "wanted are the start": (lambda *a: torch.zeros(3), limit),
    "other things than numbers": (lambda *a: ["a"], limit),
    "point 1 should be": (known_by_heart, limit),
    "no answer yet": (minimise_by_autograd, ...),
    "should be a number": (minimise_by_autograd, lambda a: "0.1"),
    "is the *best* lr": (minimise_by_autograd, lambda a: 0.5 / a),
    "slope of the slope": (minimise_by_autograd, lambda a: 2 / a),
    "this grows with a": (minimise_by_autograd, lambda a: 2 * a),
    "*smaller* the steps": (minimise_by_autograd, lambda a: a),
    "on the other side": (minimise_by_autograd, lambda a: 4 / a),
    "multiplies the distance": (minimise_by_autograd, lambda a: 0.1),
}


@pytest.mark.parametrize("expected", E7_WRONG)
def test_wrong_descent_gets_its_hint(expected):
    assert expected in hint_of("02.E7", *E7_WRONG[expected])


# --- all of them -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def answers(line):
    return {
        "02.E1": (Momentum,),
        "02.E2": (Nesterov, Adam),
        "02.E3": (by_shares,),
        "02.E4": (tanh_net, fitted(tanh_net)),
        "02.E5": (huber_by_where, robust_line, *line),
        "02.E6": (Loader,),
        "02.E7": (minimise_by_autograd, limit),
    }


def test_every_exercise_of_the_lesson_has_a_check(answers):
    assert [name for name in known() if name.startswith("02.")] == sorted(answers)


@pytest.mark.parametrize("name", [f"02.E{i}" for i in range(1, 8)])
def test_checks_are_repeatable_and_leave_random_state(name, answers):
    before = torch.get_rng_state(), random.getstate(), np.random.get_state()[1].tolist()
    first = grade(name, *answers[name])
    assert first.passed, first.hint
    assert first == grade(name, *answers[name])
    after = torch.get_rng_state(), random.getstate(), np.random.get_state()[1].tolist()
    assert torch.equal(before[0], after[0])
    assert before[1:] == after[1:]


def test_hints_differ_within_an_exercise_and_do_not_hold_the_solution():
    for slips in (
        sgd_momentum.MOMENTUM_SLIPS,
        sgd_adam.NESTEROV_SLIPS,
        sgd_adam.ADAM_SLIPS,
        sgd_accumulation.GRADIENT_SLIPS,
        sgd_fits.HUBER_SLIPS,
        sgd_descent.PATH_SLIPS,
    ):
        hints = [slip.hint for slip in slips]
        assert len(set(hints)) == len(hints)
        for hint in hints:
            for code in ("torch.where", ".clone()", "len(xb)", "randperm", "** 0.5", "1 / a"):
                assert code not in hint
