"""Mark an order as paid, whose money came by bank transfer or in cash."""

from __future__ import annotations

from uuid import UUID

from chassis import audit
from chassis.resilience import failpoints
from chassis.values import Money
from orders.checkout import Order, append_event, find_order
from orders.context import OrdersContext
from orders.edits import receipts
from orders.edits.store import orders as store
from orders.fulfilment import known_order, locked_order


async def receive_money(ctx: OrdersContext, order_id: UUID, amount: Money, reference: str, staff: UUID) -> Order:
    """The order as it is then: it becomes paid in a moment, by the payment's events. The same again changes nothing.

    Raises:
        NotFound, Unavailable (whether it is marked is unknown: ask again), and what receipts.receive raises.
    """
    async with ctx.db.read() as tx:
        await known_order(tx, order_id)
    await receipts.receive(ctx, order_id, amount, reference, staff)
    # Should the process die here, the payment is received all the same; the repeat writes the entry.
    await failpoints.point("orders.money_received")
    async with ctx.db.write() as tx:
        order = await locked_order(tx, order_id)
        if await store.noted(tx, order_id, "money_received", "reference", reference):
            return order
        told = {"amount": amount.amount, "currency": amount.currency, "reference": reference}
        await append_event(tx, order_id, "money_received", told, actor=staff)
        # The reference may name the customer: the history keeps it, and loses it with the person.
        paid = {"amount": amount.amount, "currency": amount.currency}
        await audit.record(tx, "order.money_received", f"order:{order_id}", after=paid)
        return await find_order(tx, order_id) or order
