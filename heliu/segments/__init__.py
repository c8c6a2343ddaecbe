"""Profile + tag + rule → segment."""
