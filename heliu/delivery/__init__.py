"""Message → delivery."""
