"""One person: told why they are one, handed out whole, or forgotten."""
