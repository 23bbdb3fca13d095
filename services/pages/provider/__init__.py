"""Reads of the catalog and the shop."""
