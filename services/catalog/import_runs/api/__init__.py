"""Endpoints for staff: files to import, and their runs."""
