"""Handlers by audience, and the models of the API."""
