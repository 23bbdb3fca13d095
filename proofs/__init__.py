"""Proofs of the promises, each against a whole running store: load, fault, check."""
