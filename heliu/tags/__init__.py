"""Profile + rule → tag."""
