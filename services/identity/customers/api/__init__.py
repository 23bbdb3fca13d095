"""Endpoints for staff: accounts, their notes and groups."""
