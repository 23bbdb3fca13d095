"""Whose data they are, what is open, and what becomes of each column."""
