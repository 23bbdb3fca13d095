"""What a shopper asks to order."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from chassis.values import Money
from orders.payment_methods import CARD
from orders.quantities import VariantQuantity


class OrderRequest(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Without `lines`, the cart. Its JSON is what an idempotency key is bound to: what has a default and is not sent is
    not in it, so that a request of before an update is still known after it.
    """

    email: str
    shipping_address: dict[str, Any] | None
    expected_total: Money
    lines: list[VariantQuantity] | None
    currency: str | None
    billing_address: dict[str, Any] | None = None
    vat_id: str | None = None
    shipping_method: UUID | None = None
    discount_codes: tuple[str, ...] = ()
    locale: str | None = None
    payment_method: str = CARD
