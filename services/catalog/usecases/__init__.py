"""What the catalog does, one use case a file."""
