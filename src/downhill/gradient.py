"""The gradient found by trying: slow, needs no calculus, and checks every other way to get one."""

import torch


def finite_difference_gradient(f, p, eps=1e-4):
    """Slope of f at p by central differences, two calls of f for each number in p.

    f: tensor → one number. p: any shape, better float64 than float32 → a tensor of that shape.
    Raises TypeError for whole numbers.

    Built in lesson 02.
    """
    if not p.is_floating_point():
        raise TypeError(f"p is {p.dtype}: a short move needs decimals, so use p.double()")
    flat = p.detach().flatten()
    slopes = torch.zeros_like(flat)
    with torch.no_grad():
        for i in range(len(flat)):
            move = torch.zeros_like(flat)
            move[i] = eps
            up, down = f((flat + move).view(p.shape)), f((flat - move).view(p.shape))
            slopes[i] = (up - down) / (2 * eps)
    return slopes.view(p.shape)
