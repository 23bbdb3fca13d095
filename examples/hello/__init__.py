"""A whole service in one file, to copy from."""
