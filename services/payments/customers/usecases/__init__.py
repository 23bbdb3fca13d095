"""The use cases of saved customers, one a file."""
