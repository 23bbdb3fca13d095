"""Handlers by audience: the public, staff, other services."""
