"""The optimiser that lesson 02 builds; the same definition, for lessons that come after."""

import torch


class SGD:
    """Stochastic gradient descent with momentum: v ← momentum · v + gradient, p ← p − lr · v.

    parameters: tensors with requires_grad; lr: the learning rate, may be changed between steps;
    momentum: 0 ≤ momentum < 1, and 0 is plain gradient descent. The same as torch.optim.SGD.

    Built in lesson 02.
    """

    def __init__(self, parameters, lr, momentum=0.0):
        self.parameters = list(parameters)  # a list: a module's generator runs out after one pass
        self.lr, self.momentum = lr, momentum
        self.velocities = [torch.zeros_like(p) for p in self.parameters]

    def step(self):
        """Move every parameter that has a gradient."""
        with torch.no_grad():
            for p, v in zip(self.parameters, self.velocities, strict=True):
                if p.grad is not None:
                    v.mul_(self.momentum).add_(p.grad)
                    p -= self.lr * v

    def zero_grad(self):
        """Forget the gradients; backward() would add to them."""
        for p in self.parameters:
            p.grad = None
