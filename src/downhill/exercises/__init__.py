"""Automatic checks of the lessons' exercises: `check("01.E1", answer)` says ✓ or gives a hint."""

# Importing a module registers its checks.
from downhill.exercises import (  # noqa: F401
    backprop,
    backprop_matrices,
    backprop_mutants,
    mnist_distances,
    mnist_networks,
    mnist_prototypes,
    mnist_shifts,
    sgd_accumulation,
    sgd_adam,
    sgd_descent,
    sgd_fits,
    sgd_loader,
    sgd_momentum,
)
from downhill.exercises.verdict import Verdict, check, grade, known

__all__ = ["Verdict", "check", "grade", "known"]
