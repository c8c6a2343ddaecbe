"""API clients that sources and channels share."""
