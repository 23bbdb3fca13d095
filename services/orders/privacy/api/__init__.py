"""The endpoints of export and erasure."""
