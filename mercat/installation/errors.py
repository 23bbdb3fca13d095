"""The error that commands show to their user."""

from __future__ import annotations


class CommandError(Exception):
    """A command cannot do what it was asked. The message says why and what to do; it is printed without a traceback."""
