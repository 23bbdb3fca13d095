"""Addresses, filters, prices and texts of pages, without the network."""
