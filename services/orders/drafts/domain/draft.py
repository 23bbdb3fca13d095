"""A draft: what a customer is to be offered, as staff have put it together so far."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from chassis.values import Money
from orders.checkout import OrderRequest
from orders.payment_methods import CARD
from orders.quantities import VariantQuantity

# Of a shop, not sent yet.
MOST_DRAFTS = 1_000


class DraftStatus(StrEnum):
    """Whether it can be changed, or is an order."""

    OPEN = "open"
    SENT = "sent"


class DraftFields(msgspec.Struct, frozen=True, kw_only=True):
    """What staff choose. `account_id`: the customer's; None: a guest. `note`: words in the mail with the pay link."""

    account_id: UUID | None = None
    email: str | None = None
    currency: str
    lines: tuple[VariantQuantity, ...] = ()
    shipping_address: dict[str, Any] | None = None
    billing_address: dict[str, Any] | None = None
    vat_id: str | None = None
    shipping_method: UUID | None = None
    discount_codes: tuple[str, ...] = ()
    payment_method: str = CARD
    locale: str | None = None
    note: str | None = None

    @property
    def missing(self) -> list[str]:
        """Fields without which it cannot be sent, whatever is in it."""
        return [name for name in ("email", "lines") if not getattr(self, name)]

    def request(self, expected_total: Money) -> OrderRequest:
        """What checkout is asked for. Of a draft that lacks nothing."""
        return OrderRequest(
            email=self.email or "",
            shipping_address=self.shipping_address,
            expected_total=expected_total,
            lines=list(self.lines),
            currency=self.currency,
            billing_address=self.billing_address,
            vat_id=self.vat_id,
            shipping_method=self.shipping_method,
            discount_codes=self.discount_codes,
            locale=self.locale,
            payment_method=self.payment_method,
        )


class OrderOfDraft(msgspec.Struct, frozen=True):
    """The order that a draft became; `total` in minor units."""

    number: str
    status: str
    total: int


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A draft as it is stored. `order`: what it became; None: it was not sent."""

    id: UUID
    version: int
    fields: DraftFields
    created_by: UUID
    created_at: datetime
    updated_at: datetime
    sent_at: datetime | None
    sent_by: UUID | None
    order: OrderOfDraft | None

    @property
    def status(self) -> DraftStatus:
        """Whether it is an order."""
        return DraftStatus.OPEN if self.order is None else DraftStatus.SENT
