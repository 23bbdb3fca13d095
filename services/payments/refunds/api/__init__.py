"""Handlers of refunds."""
