"""Counts → artifact, HTML page."""
