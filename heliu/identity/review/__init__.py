"""Humans' words on who is who: what is asked, what was said, what it changes."""
