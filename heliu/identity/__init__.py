"""Record → identity → profile."""
