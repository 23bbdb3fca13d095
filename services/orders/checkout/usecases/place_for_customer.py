"""Place an order for a customer, as staff do: by the same rules, under an id that they name, without limits."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from chassis.db import WriteTx
from chassis.problems import Unavailable
from orders.checkout.domain.order_request import OrderRequest
from orders.checkout.domain.order_values import OrderStatus
from orders.checkout.store import orders
from orders.checkout.store.new_order import RulesChanged
from orders.checkout.store.rows import Order
from orders.checkout.usecases.advance_order import advance_order
from orders.checkout.usecases.price_basket import price_basket
from orders.checkout.usecases.write_order import PRICINGS, Purchase, rules_change, write_order
from orders.context import OrdersContext
from orders.pricing import forget
from orders.shoppers import Shopper


@dataclass(frozen=True, slots=True)
class CustomerOrder:
    """`order_id`: a UUIDv7 that is this order's alone. `account_id`: the customer's; None: a guest. `hold_seconds`: how
    long there is to pay it; None: as the payment's method has it.
    """

    order_id: UUID
    by_staff: UUID
    account_id: UUID | None
    request: OrderRequest
    hold_seconds: int | None = None
    # What is done first in the transaction that writes the order; what it raises undoes all of it.
    first: Callable[[WriteTx], Awaitable[None]] | None = None


async def place_for_customer(ctx: OrdersContext, wanted: CustomerOrder) -> Order:
    """The order, its stock held and its payment open, or on its way there. Asked again, it is the same order, whatever
    is wanted then: also where the first try died half-way.

    Raises:
        As price_basket; DiscountUsedUp. OutOfStock is no exception once the order is written: it is `cancelled` then.
        Unavailable: ask again.
    """
    order = await _find(ctx, wanted.order_id) or await _write(ctx, wanted)
    if order.status == OrderStatus.PLACED.value:
        # What does not answer is asked again by the sweep.
        with suppress(Unavailable):
            await advance_order(ctx, order.id)
        order = await _find(ctx, order.id) or order
    return order


async def _find(ctx: OrdersContext, order_id: UUID) -> Order | None:
    async with ctx.db.read() as tx:
        return await orders.find(tx, order_id)


async def _write(ctx: OrdersContext, wanted: CustomerOrder) -> Order:
    shopper = Shopper(wanted.account_id, None, f"staff:{wanted.by_staff}")
    for _ in range(PRICINGS):
        basket = await price_basket(ctx, shopper, wanted.request, who=shopper.address)
        purchase = Purchase(
            *(shopper, wanted.request.email, basket, None),
            hold_seconds=wanted.hold_seconds,
            by_staff=wanted.by_staff,
            order_id=wanted.order_id,
            first=wanted.first,
        )
        with suppress(RulesChanged):
            return await _first_step(ctx, wanted.order_id, (await write_order(ctx, purchase)).order)
        forget(ctx)
    raise rules_change()


async def _first_step(ctx: OrdersContext, order_id: UUID, written: Order | None) -> Order:
    """Of what this try has written nobody else knows: sold out, it ends without a mail."""
    if written is not None:
        with suppress(Unavailable):
            await advance_order(ctx, written.id, written.state)
    found = await _find(ctx, order_id)
    assert found is not None, "orders are never deleted"  # noqa: S101 -- narrows the type
    return found
