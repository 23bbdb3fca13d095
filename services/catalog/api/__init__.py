"""Handlers by audience: parse, call one use case, answer."""
