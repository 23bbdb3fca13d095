"""The rules of returns."""
