"""Handlers of manual payments: for staff, and for the service orders."""
