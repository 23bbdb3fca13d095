"""Who applies an event about something at the provider that is no payment intent, by the type of the object.

A room registers its own in app.py, so that what receives events knows none of the rooms.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from payments.context import PaymentsContext

Handler = Callable[[PaymentsContext, str, str], Awaitable[None]]
"""Applies the stored event of this id about the object of this id; raises Unavailable to be called again later."""


class CaseHandlers(dict[str, Handler]):
    """The handlers by Stripe's type of the object: "refund", "charge", "dispute"."""
