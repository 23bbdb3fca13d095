"""What orders are looked for by, and how far a list has been read."""

from __future__ import annotations

import re
from datetime import datetime
from uuid import UUID

import msgspec

from orders.checkout import FulfilmentStatus, Life, PaymentStatus, number_as_typed

_NUMBER = re.compile("M-[2-9A-HJKMNP-TV-Z]{6}")


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """All that is given must hold; of several statuses, one. An `email` that ends with * is how an address begins.

    `placed_to` itself is not included.
    """

    number: str | None = None
    account_id: UUID | None = None
    attention: bool = False
    payment_status: tuple[PaymentStatus, ...] = ()
    fulfilment_status: tuple[FulfilmentStatus, ...] = ()
    life: tuple[Life, ...] = ()
    country: str | None = None
    currency: str | None = None
    placed_from: datetime | None = None
    placed_to: datetime | None = None
    text: str | None = None
    sku: str | None = None
    email: str | None = None
    tag: tuple[str, ...] = ()
    shipping_method: UUID | None = None
    payment_method: tuple[str, ...] = ()

    @property
    def given(self) -> list[str]:
        """The names of those that are given, for the audit log: what they are may be about people."""
        return [name for name in self.__struct_fields__ if getattr(self, name)]


class Place(msgspec.Struct, frozen=True):
    """Where a page ends: the next one begins behind this order."""

    placed_at: datetime
    order_id: UUID


def number_in(text: str) -> str | None:
    """The order number that a text may be, as somebody types one."""
    number = number_as_typed(text)
    return number if _NUMBER.fullmatch(number) else None
