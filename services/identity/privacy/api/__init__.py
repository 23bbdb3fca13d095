"""Endpoints of export and erasure."""
