"""Continue an order until it is finished or has to wait for the shopper. Safe to run at any time, concurrently."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.resilience import failpoints
from orders import catalog_client, payments_client
from orders.catalog_client import SoldOut
from orders.checkout.domain.order_state import Fact, State, Step, step
from orders.checkout.domain.order_values import OrderStatus
from orders.checkout.store import orders
from orders.checkout.store.rows import Order
from orders.checkout.usecases.prepare_order import prepare_order
from orders.checkout.usecases.record_fact import record
from orders.context import OrdersContext

Outcome = tuple[Fact | None, dict[str, Any] | None]

_OPEN = {OrderStatus.PLACED.value, OrderStatus.PENDING_PAYMENT.value}
# What a payment's status says where the event may still be on its way.
_PAYMENT_FACTS = {"captured": Fact.CAPTURED, "cancelled": Fact.PAYMENT_CANCELLED}
_PAID_IN_TIME = {"authorised": Fact.AUTHORISED, "capturing": Fact.AUTHORISED, "captured": Fact.CAPTURED}


async def advance_order(ctx: OrdersContext, order_id: UUID, state: State | None = None) -> None:
    """Do the step that the order's state requires, until no step is left.

    `state` is the order's state as the caller knows it; without it, the state is read first.

    Raises:
        Unavailable: another service did not answer; ask again later.
    """
    state = state or await _read_state(ctx, order_id)
    while state is not None and (wanted := step(state)) is not None:
        fact, data = await _perform(ctx, order_id, wanted)
        if fact is None:
            return
        state = await record(ctx, order_id, state, fact, data)
        await failpoints.point("orders.after_recorded")
        if step(state) is wanted:
            return


async def paid_or_expired(ctx: OrdersContext, order: Order) -> Fact:
    """Whether an order whose time is over is paid, or about to be, as the provider says; otherwise it is expired.

    Events alone do not decide it: after an outage they may be late, and everything paid would be given up.

    Raises:
        Unavailable: it is not known; ask again later.
    """
    if order.total == 0:
        return Fact.EXPIRED
    return _PAID_IN_TIME.get(await payments_client.looked_up_payment(ctx, order.id), Fact.EXPIRED)


async def _read_state(ctx: OrdersContext, order_id: UUID) -> State | None:
    """The stored state, after recording that the order has expired, or that another process may work on it."""
    async with ctx.db.read() as tx:
        order = await orders.find(tx, order_id)
    if order is None:
        return None
    state = order.state
    if order.expired and order.status in _OPEN:
        state = await record(ctx, order_id, state, await paid_or_expired(ctx, order))
    return await record(ctx, order_id, state, Fact.RESUMED)


async def _perform(ctx: OrdersContext, order_id: UUID, wanted: Step) -> Outcome:
    match wanted:
        case Step.PREPARE:
            return await _prepare(ctx, order_id)
        case Step.COMMIT_STOCK:
            return await _commit_stock(ctx, order_id)
        case Step.CAPTURE:
            status = await payments_client.capture(ctx, order_id)
            await failpoints.point("orders.after_capture")
            return _PAYMENT_FACTS.get(status), None
        case Step.VOID:
            return _PAYMENT_FACTS.get(await payments_client.void(ctx, order_id)), None
        case Step.RELEASE:
            ours = await catalog_client.release_stock(ctx, order_id)
            return (Fact.STOCK_RELEASED if ours else Fact.STOCK_SOLD), None


async def _prepare(ctx: OrdersContext, order_id: UUID) -> Outcome:
    async with ctx.db.read() as tx:
        order = await orders.find(tx, order_id)
    assert order is not None, "orders are never deleted"  # noqa: S101 -- narrows the type
    prepared = await prepare_order(ctx, order)
    return prepared.fact, prepared.data


async def _commit_stock(ctx: OrdersContext, order_id: UUID) -> Outcome:
    try:
        await catalog_client.commit_stock(ctx, order_id)
    except SoldOut as refused:
        return Fact.STOCK_LOST, {"lines": [{"sku": line.sku, "available": line.available} for line in refused.lines]}
    await failpoints.point("orders.after_commit_stock")
    return Fact.STOCK_COMMITTED, None
