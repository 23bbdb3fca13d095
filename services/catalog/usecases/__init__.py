"""The use cases of the catalog, one a file."""
