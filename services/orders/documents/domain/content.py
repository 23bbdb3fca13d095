"""What an invoice or a credit note says, frozen when it is written: amounts in minor units, no words of a language.

Prices may be with or without tax, as the shop shows them: `net` is always without, `gross` what is paid.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from orders.addresses import lines_of
from orders.checkout import Order
from orders.documents.domain.rows import DocumentLine, TaxSum, line_of, shipping_fields, shipping_of, tax_sums


class DocumentError(ValueError):
    """An order or a refund whose amounts do not add up: no document is made of it."""


class Party(msgspec.Struct, frozen=True):
    """Who sells, who buys, or where it goes to: `lines` as they are written on a letter, the name first."""

    lines: list[str]
    country: str | None = None
    vat_id: str | None = None
    contact: str | None = None


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """A document but for its number and day. `shipping`: at the highest of its rates; `more_shipping`: at the others.
    `rounding`: what the sum of the lines was rounded by. `invoice_number`: of the document that this one corrects.
    `time_zone`: where the shop was when it was written; older documents have none.
    """

    form: int = 1
    kind: str
    seller: Party
    buyer: Party
    ship_to: Party | None
    order_id: UUID
    order_number: str
    ordered_at: datetime
    paid_at: datetime | None
    currency: str
    lines: list[DocumentLine]
    shipping: DocumentLine | None
    more_shipping: list[DocumentLine] = []
    taxes: list[TaxSum]
    discount: int = 0
    tax_relief: int = 0
    rounding: int = 0
    net: int
    tax: int
    total: int
    tax_included: bool
    reverse_charge: bool
    invoice_number: str | None = None
    refund_id: UUID | None = None
    reason: str | None = None
    time_zone: str | None = None

    @property
    def shipped(self) -> list[DocumentLine]:
        """Shipping, a row for each rate."""
        return [self.shipping, *self.more_shipping] if self.shipping else []

    @property
    def rows(self) -> list[DocumentLine]:
        """All that adds up to the sums."""
        return [*self.lines, *self.shipped]


def invoice_of(order: Order, seller: Party) -> Content:
    """The invoice of a paid order. Raises DocumentError."""
    lines = [line_of(order, line) for line in order.lines]
    shipping = shipping_of(order)
    content = Content(
        kind="invoice",
        **_about(order, seller),
        lines=lines,
        **shipping_fields(shipping),
        taxes=tax_sums([*lines, *shipping]),
        discount=order.discount + order.shipping_discount,
        tax_relief=order.tax_relief,
        rounding=order.rounding,
        net=order.total - order.rounding - order.tax,
        tax=order.tax,
        total=order.total,
    )
    return checked(content)


def about(order: Order, seller: Party) -> Mapping[str, Any]:
    """What invoices and credit notes of an order have in common."""
    return _about(order, seller)


def checked(content: Content) -> Content:
    """The same content, if its lines, sums of taxes and total add up.

    Raises:
        DocumentError: they do not; the message says which.
    """
    rows = content.rows
    sums = {
        "net": sum(row.net for row in rows),
        "tax": sum(row.tax for row in rows),
        "total": sum(row.gross for row in rows) + content.rounding,
    }
    wrong = [name for name, found in sums.items() if found != getattr(content, name)]
    wrong += [f"line {row.position}" for row in rows if row.net + row.tax != row.gross or row.net < 0 or row.tax < 0]
    if (sum(each.tax for each in content.taxes), sum(each.net for each in content.taxes)) != (content.tax, content.net):
        wrong.append("taxes")
    if wrong:
        raise DocumentError(f"{content.kind} of {content.order_number} does not add up: {', '.join(wrong)}")
    return content


def party_of(address: Mapping[str, Any] | None, *, vat_id: str | None, email: str | None = None) -> Party:
    """Who stands in an address; of one who gave none, the e-mail address alone."""
    if address is None:
        return Party([email] if email else [], None, vat_id)
    return Party([str(address.get("name") or ""), *lines_of(address)], address.get("country"), vat_id, email)


def _about(order: Order, seller: Party) -> dict[str, Any]:
    billed = order.billing_address or order.shipping_address
    sent_elsewhere = order.shipping_address is not None and billed != order.shipping_address
    return {
        "seller": seller,
        "buyer": party_of(billed, vat_id=order.vat_id, email=order.email),
        "ship_to": party_of(order.shipping_address, vat_id=None) if sent_elsewhere else None,
        "order_id": order.id,
        "order_number": order.number,
        "ordered_at": order.placed_at,
        "paid_at": order.paid_at,
        "currency": order.currency,
        "tax_included": order.tax_included,
        "reverse_charge": order.reverse_charge,
    }
