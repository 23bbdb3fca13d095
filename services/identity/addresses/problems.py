"""Errors of address books."""

from __future__ import annotations

from chassis.problems import Conflict


class TooManyAddresses(Conflict):
    """409: the address book is full.

    What to do: Delete an address that is not needed any more.
    """

    type, title = "too-many-addresses", "The address book is full"
