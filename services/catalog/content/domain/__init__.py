"""Addresses of pages, without a database."""
