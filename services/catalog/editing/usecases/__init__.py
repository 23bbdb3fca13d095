"""What staff do here, one a file."""
