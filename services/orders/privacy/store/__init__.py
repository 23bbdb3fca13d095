"""SQL of export and erasure."""
