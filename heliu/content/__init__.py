"""Segment + template → message."""
