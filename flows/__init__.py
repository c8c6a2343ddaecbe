"""Stories: what happens, in order."""
