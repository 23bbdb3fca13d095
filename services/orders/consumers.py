"""Consumers of the events of payments and identity. A handler changes rows; the next step starts after the commit."""

from __future__ import annotations

from typing import Any

from chassis.db import WriteTx
from chassis.inbox import Consumer
from chassis.outbox import Event
from chassis.sessions import revocations
from orders.checkout import Fact, OrderStatus, Payment, Reason, State, Stock, enqueue_give_up, lock_state, record_event
from orders.events import (
    AccountEmailVerified,
    PaymentAuthorised,
    PaymentCancelled,
    PaymentCaptured,
    PaymentDeclined,
    PaymentRestored,
)
from orders.joining import JOIN, JoinOrders
from orders.refunds import follow as follow_refunds

payments = Consumer("payments")
follow_refunds(payments)
identity = revocations.consumer()

# The state in which each event finds most orders.
_WAITING = State(OrderStatus.PENDING_PAYMENT, Payment.OPEN, Stock.HELD)
_CAPTURING = State(OrderStatus.STOCK_COMMITTED, Payment.AUTHORISED, Stock.COMMITTED)
_EXPIRING = State(OrderStatus.CANCELLING, Payment.OPEN, Stock.HELD, Reason.EXPIRED)


@payments.on(PaymentAuthorised)
async def authorised(ctx: Any, tx: WriteTx, _event: Event, data: PaymentAuthorised) -> None:
    """The money is reserved at the provider: the order is paid for."""
    await record_event(ctx, tx, data.order_id, _WAITING, Fact.AUTHORISED)


@payments.on(PaymentDeclined)
async def declined(ctx: Any, tx: WriteTx, _event: Event, data: PaymentDeclined) -> None:
    """A card was declined: the order stays open for another one."""
    await record_event(ctx, tx, data.order_id, _WAITING, Fact.DECLINED, {"code": data.code, "message": data.message})


@payments.on(PaymentCaptured)
async def captured(ctx: Any, tx: WriteTx, _event: Event, data: PaymentCaptured) -> None:
    """The money was taken."""
    await record_event(ctx, tx, data.order_id, _CAPTURING, Fact.CAPTURED)


@payments.on(PaymentCancelled)
async def cancelled(ctx: Any, tx: WriteTx, _event: Event, data: PaymentCancelled) -> None:
    """The payment was cancelled: nothing will be taken."""
    await record_event(ctx, tx, data.order_id, _EXPIRING, Fact.PAYMENT_CANCELLED, {"reason": data.reason})


@payments.on(PaymentRestored)
async def restored(ctx: Any, tx: WriteTx, _event: Event, data: PaymentRestored) -> None:
    """A database went back in time: an order that is not known here must not be paid."""
    if await lock_state(tx, data.order_id) is None:
        await enqueue_give_up(ctx, tx, data.order_id)


@identity.on(AccountEmailVerified)
async def email_verified(ctx: Any, tx: WriteTx, _event: Event, data: AccountEmailVerified) -> None:
    """An address is known to be its owner's: the orders that they placed as a guest join the account."""
    await ctx.jobs.enqueue(tx, JOIN, JoinOrders(data.account_id, waits=True))
