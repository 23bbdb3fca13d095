"""Handlers by audience: the public, staff."""
