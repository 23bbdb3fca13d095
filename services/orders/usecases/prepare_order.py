"""The part of the checkout that a shopper waits for: hold the stock, then open the payment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from chassis.problems import Unavailable
from chassis.resilience import failpoints
from orders import clients
from orders.clients import PaymentDetails, SoldOut
from orders.context import OrdersContext
from orders.domain.order_state import Fact
from orders.domain.pricing import VariantQuantity
from orders.store.orders import Order


@dataclass(frozen=True, slots=True)
class PayableOrder:
    """An order and its payment; None where it cannot be paid, or not yet. `available`: False while nobody can pay."""

    order: Order
    payment: PaymentDetails | None = None
    available: bool = True


@dataclass(frozen=True, slots=True)
class Prepared:
    """The outcome: a fact with its data; the payment where it is open, `available`: False where nobody can pay."""

    fact: Fact
    data: dict[str, Any] | None = None
    payment: PaymentDetails | None = None
    available: bool = True


async def prepare_order(ctx: OrdersContext, order: Order) -> Prepared:
    """Reserve, then ask for a payment.

    Raises:
        Unavailable: it is not known whether the stock is held.
    """
    try:
        await clients.reserve(ctx, order.id, [VariantQuantity(line.variant_id, line.quantity) for line in order.lines])
    except SoldOut as refused:
        data = {"lines": msgspec.to_builtins(refused.lines)}
        return Prepared(Fact.OUT_OF_STOCK, data)
    await failpoints.point("checkout.after_reserve")
    try:
        payment = await clients.open_payment(ctx, order)
    except clients.PaymentNotAvailable:
        return Prepared(Fact.RESERVED, available=False)
    except Unavailable:
        return Prepared(Fact.RESERVED)
    if payment is None:
        return Prepared(Fact.PAYMENT_REFUSED)
    await failpoints.point("checkout.after_payment")
    return Prepared(Fact.PREPARED, None, payment)
