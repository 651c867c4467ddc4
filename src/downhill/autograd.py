"""The scalar autograd that lesson 05 builds, and the small network that it trains."""

import math
import random
from itertools import pairwise

import torch


def as_value(number):
    """A Value as it is, a plain number as a Value.

    Built in lesson 05.
    """
    return number if isinstance(number, Value) else Value(number)


class Value:
    """A number that remembers what it was computed from, so that slopes can flow back.

    Built in lesson 05.
    """

    def __init__(self, data, parents=(), slopes=(), op=""):
        self.data, self.grad = float(data), 0.0
        self.parents, self.slopes, self.op = parents, slopes, op

    def __repr__(self):
        return f"Value({self.data:.4g}, grad={self.grad:.4g})"

    def __add__(self, other):
        other = as_value(other)
        return Value(self.data + other.data, (self, other), (1.0, 1.0), "+")

    def __sub__(self, other):
        other = as_value(other)
        return Value(self.data - other.data, (self, other), (1.0, -1.0), "-")

    def __mul__(self, other):
        other = as_value(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data), "*")

    def __pow__(self, power):
        if not isinstance(power, int | float):
            raise TypeError(f"the power must be a plain number, not {type(power).__name__}")
        slope = power * self.data ** (power - 1) if power else 0.0
        return Value(self.data**power, (self,), (slope,), f"**{power}")

    def exp(self):
        result = math.exp(self.data)
        return Value(result, (self,), (result,), "exp")

    def log(self):
        return Value(math.log(self.data), (self,), (1 / self.data,), "log")

    def relu(self):
        on = self.data > 0
        return Value(self.data if on else 0.0, (self,), (float(on),), "relu")

    def __neg__(self):
        return self * -1

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __rsub__(self, other):
        return as_value(other) - self

    def backward(self):
        """Add the slope of self with respect to each leaf to that leaf's grad."""
        users, to_visit = {self: 0}, [self]  # how many nodes have used each node
        while to_visit:
            for parent in to_visit.pop().parents:
                if parent not in users:
                    users[parent] = 0
                    to_visit.append(parent)
                    if parent.parents:  # a node in between starts afresh; leaves add up
                        parent.grad = 0.0
                users[parent] += 1
        self.grad = 1.0
        ready = [self]
        while ready:
            node = ready.pop()
            for parent, slope in zip(node.parents, node.slopes, strict=True):
                parent.grad += slope * node.grad
                users[parent] -= 1
                if users[parent] == 0:  # everyone who used it has handed in a part
                    ready.append(parent)


def gradient_check(f, inputs, eps=1e-5, tol=1e-6):
    """Largest difference between the slopes of backward() and of central differences.

    f: one Value for each of the inputs (plain numbers) → one Value. Differences are relative where
    a slope exceeds 1. Raises ValueError if one is above tol.

    Built in lesson 05.
    """
    leaves = [Value(x) for x in inputs]
    f(*leaves).backward()
    worst = 0.0
    for place, leaf in enumerate(leaves):
        above, below = (
            f(*[Value(x + step * (i == place)) for i, x in enumerate(inputs)]).data
            for step in (eps, -eps)
        )
        measured = (above - below) / (2 * eps)
        difference = abs(leaf.grad - measured) / max(1.0, abs(leaf.grad), abs(measured))
        if not difference <= tol:  # nan is not below anything
            raise ValueError(
                f"input {place} = {inputs[place]}: backward says {leaf.grad:.6g}, "
                f"a nudge of {eps:g} says {measured:.6g}"
            )
        worst = max(worst, difference)
    return worst


def two_moons(n, seed):
    """Two interlocking half circles with some noise. → points [n, 2], labels [n] of 1.0 and 0.0.

    Built in lesson 05.
    """
    generator = torch.Generator().manual_seed(seed)
    labels = (torch.arange(n) % 2).float()
    angle = torch.pi * torch.rand(n, generator=generator)
    upper = torch.stack([angle.cos() - 0.5, angle.sin() - 0.25], dim=1)
    points = torch.where(labels[:, None] == 1, upper, -upper)
    return points + 0.1 * torch.randn(n, 2, generator=generator), labels


class Net:
    """A network of single Values with ReLU between its layers: widths (2, 8, 1), one output.

    Built in lesson 05.
    """

    def __init__(self, widths, seed):
        rng = random.Random(seed)
        self.layers = [
            [
                [*(Value(rng.gauss(0, (2 / n_in) ** 0.5)) for _ in range(n_in)), Value(0)]
                for _ in range(n_out)
            ]
            for n_in, n_out in pairwise(widths)
        ]

    def parameters(self):
        return [number for layer in self.layers for unit in layer for number in unit]

    def __call__(self, x):
        for depth, layer in enumerate(self.layers, start=1):
            x = [
                sum((w * v for w, v in zip(weights, x, strict=True)), start=bias)
                for *weights, bias in layer
            ]
            if depth < len(self.layers):
                x = [z.relu() for z in x]
        return x[0]


def fit_net(net, points, labels, steps, lr):
    """Gradient descent on the mean binary cross-entropy of all points. → loss before each step.

    points: lists of numbers, one each; labels: 1 or 0.

    Built in lesson 05.
    """
    losses = []
    for _ in range(steps):
        logits = [net(x) for x in points]
        loss = sum(((z * (1 - 2 * y)).exp() + 1).log() for z, y in zip(logits, labels, strict=True))
        loss = loss * (1 / len(points))
        for p in net.parameters():
            p.grad = 0.0
        loss.backward()
        for p in net.parameters():
            p.data -= lr * p.grad
        losses.append(loss.data)
    return losses
