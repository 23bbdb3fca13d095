"""The use cases of manual payments, one a file."""
