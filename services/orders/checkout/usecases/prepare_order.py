"""The part of the checkout that a shopper waits for: hold the stock, then open the payment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from chassis.problems import Unavailable
from chassis.resilience import failpoints
from orders import catalog_client, payments_client
from orders.catalog_client import SoldOut
from orders.checkout.domain.order_state import Fact
from orders.checkout.store.rows import Order
from orders.context import OrdersContext
from orders.payments_client import PaymentDetails
from orders.quantities import VariantQuantity


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
    """Reserve, then ask for a payment of what costs something.

    Raises:
        Unavailable: it is not known whether the stock is held.
    """
    try:
        lines = [VariantQuantity(line.variant_id, line.quantity) for line in order.lines]
        await catalog_client.reserve(ctx, order.id, lines, order.hold_seconds)
    except SoldOut as refused:
        data = {"lines": msgspec.to_builtins(refused.lines)}
        return Prepared(Fact.OUT_OF_STOCK, data)
    await failpoints.point("checkout.after_reserve")
    if order.total == 0:
        return Prepared(Fact.RESERVED)
    try:
        payment = await payments_client.open_payment(ctx, order)
    except payments_client.PaymentNotAvailable:
        return Prepared(Fact.RESERVED, available=False)
    except Unavailable:
        return Prepared(Fact.RESERVED)
    except payments_client.PaymentNotMade as refused:
        return Prepared(Fact.PAYMENT_REFUSED, {"reason": refused.reason})
    await failpoints.point("checkout.after_payment")
    return Prepared(Fact.PREPARED, None, payment)
