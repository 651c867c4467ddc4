"""Automatic checks of the lessons' exercises: `check("01.E1", answer)` says ✓ or gives a hint."""

# Importing a module registers its checks.
from downhill.exercises import (  # noqa: F401
    backprop,
    backprop_matrices,
    backprop_mutants,
    finetune_adapter,
    finetune_fade,
    finetune_norms,
    finetune_thaw,
    finetune_torch,
    finetune_transplant,
    mnist_distances,
    mnist_networks,
    mnist_prototypes,
    mnist_shifts,
    pets_budget,
    pets_cross_entropy,
    pets_lists,
    pets_species,
    pets_squares,
    pets_suspects,
    pets_temperature,
    sgd_accumulation,
    sgd_adam,
    sgd_descent,
    sgd_fits,
    sgd_loader,
    sgd_momentum,
)
from downhill.exercises.verdict import Verdict, check, grade, known

__all__ = ["Verdict", "check", "grade", "known"]
