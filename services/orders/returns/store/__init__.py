"""Returns in the database."""
