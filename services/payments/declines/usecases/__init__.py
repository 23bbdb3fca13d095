"""The use cases of declines, one a file."""
