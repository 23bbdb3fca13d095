"""The one error of this command that a person reads."""

from __future__ import annotations


class Refusal(Exception):
    """What happened and what to do next, in words for the person at the terminal."""
