"""Turns lessons into a site and proves what they say. No torch here."""
