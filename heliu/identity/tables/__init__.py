"""Who is who, in tables: what waits, what a change concerns, what is published."""
