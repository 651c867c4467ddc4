"""For all tests: no timing decides one, so Hypothesis has no deadline."""

from hypothesis import settings

settings.register_profile("course", deadline=None)
settings.load_profile("course")
