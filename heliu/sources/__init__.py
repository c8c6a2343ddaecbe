"""Somebody's system → record: read, keep unchanged, quarantine what can't be read."""
