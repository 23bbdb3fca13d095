"""What a mail tells beside the order, and how the shop looks in it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

# Those that checkout sends, once an order; and those about a parcel, a refund, a return or the order, once for each.
ORDER_KINDS = ("confirmation", "cancelled", "stock_lost", "placed")
ABOUT_KINDS = (
    *("placed", "payment_link", "shipped", "refunded", "cancelled_by_shop"),
    *("return_approved", "return_refused", "return_received"),
)
# Mails about an order go to another address from now on: told to the old one, and to the new one.
MOVE_KINDS = ("email_changed", "email_new")
KINDS = (*dict.fromkeys((*ORDER_KINDS, "link", *ABOUT_KINDS, *MOVE_KINDS)),)
# What an order waits for its payment with.
UNPAID_KINDS = ("placed", "payment_link")


class MailFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What happened. `pieces`: position of a line, and how many of it; `amount`: minor units of the order's currency;
    `note`: words of staff to the customer; `until`: when it has to be paid; `at`: when it happened;
    `instructions`: what the shop says about how to pay.
    """

    pieces: tuple[tuple[int, int], ...] = ()
    amount: int | None = None
    note: str | None = None
    carrier: str | None = None
    tracking_number: str | None = None
    tracking_url: str | None = None
    until: datetime | None = None
    at: datetime | None = None
    instructions: str | None = None


class Brand(msgspec.Struct, frozen=True):
    """How the shop looks: its name, colour, logo and address, the language of orders that name none, its time zone."""

    name: str = "Mercat"
    colour: str = "#222222"
    logo_url: str = ""
    address: tuple[str, ...] = ()
    language: str = "en"
    time_zone: str = "UTC"


class About(msgspec.Struct, frozen=True):
    """Send a mail of a kind about something of an order: `subject` is its id."""

    order_id: UUID
    kind: str
    subject: UUID
    facts: MailFacts
