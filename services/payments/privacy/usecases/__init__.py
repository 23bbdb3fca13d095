"""The use cases of export and erasure, one a file."""
