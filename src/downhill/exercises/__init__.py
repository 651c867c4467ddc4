"""Automatic checks of the lessons' exercises: `check("01.E1", answer)` says ✓ or gives a hint."""

from downhill.exercises.verdict import Verdict, check, grade, known

__all__ = ["Verdict", "check", "grade", "known"]
