"""What staff do with notes and groups, one a file."""
