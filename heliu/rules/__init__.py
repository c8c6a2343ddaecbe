"""The rule language tags and segments share."""
