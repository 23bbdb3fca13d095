"""Other programs, which hold an API key in place of an access token: what tells them from people."""

from __future__ import annotations

from chassis.problems import Forbidden

# What their bearer token begins with, and the role of who holds one (chassis.sessions.api_keys).
API_KEY_PREFIX = "mk_"
API_KEY_ROLE = "api-key"


def programs_refused() -> Forbidden:
    """What is one customer's asks for a person: an API key has no cart and no orders."""
    return Forbidden("This is for people who are signed in: an API key opens what staff do, by its rights.")
