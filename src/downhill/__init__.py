"""Downhill: what the lessons of the course import. Light: nothing here loads torch."""

__version__ = "0.1.0"
