"""Discounts: what they are, which of them count, and what they take off. No input or output."""
