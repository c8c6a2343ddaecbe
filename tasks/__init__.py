"""Steps: one file per stage, safe to repeat; database, settings, retries."""
